import type { Diagnostic } from '../domain/diagnostic.js';
import type { StateCodec } from '../executor/state.js';
import { type DecodeFailure, type Decoded, encodeHistory, encodeJournal, loadCodecs } from '../formats/codecs.js';

/** Reads and writes what lies in Vault; a text that is refused becomes a diagnostic that says what to do. */
export async function stateCodec(): Promise<StateCodec> {
  const codecs = await loadCodecs();
  return {
    encodeJournal,
    encodeHistory,
    decodeJournal: (text) => orDiagnostic(codecs.decodeJournal(text), 'the journal'),
    decodeHistory: (text) => orDiagnostic(codecs.decodeHistory(text), 'a history entry'),
  };
}

function orDiagnostic<T>(decoded: Decoded<T>, what: string): T | Diagnostic {
  return decoded.ok ? decoded.value : refusal(decoded, what);
}

function refusal({ reason, summary, problems }: DecodeFailure, what: string): Diagnostic {
  if (reason === 'newerFormat')
    return {
      severity: 'error',
      code: 'KT5002',
      summary: `${what} was written by another keyturn: ${summary}`,
      action: 'Use the keyturn that wrote it, or a newer one',
    };
  const first = problems[0];
  const detail =
    first === undefined ? {} : { detail: `${first.pointer === '' ? 'the whole' : first.pointer} ${first.message}` };
  return {
    severity: 'error',
    code: 'KT5003',
    summary: `${what} cannot be read: ${summary}`,
    ...detail,
    action: 'Look at its earlier KV versions and write the last good one again',
  };
}
