import { isFault } from '../../domain/fault.js';
import type { StepRecord } from '../../domain/journal.js';
import type { JsonObject } from '../../domain/json.js';
import type { Material } from '../../domain/material.js';
import type { Crypto } from '../../domain/ports.js';
import type { Probe, Right, StepContext, StepHandler, StepResult } from '../../domain/rotator.js';
import { numberIn } from './records.js';

/**
 * Makes material and stores it as pending before anything outside changes. Pending is one path per secret: fields `value` and `rotation`.
 *
 * @param generate makes the value from the step's params; called once per intent, its result exists in Vault and nowhere else.
 */
export function stageHandler(generate: (params: JsonObject, crypto: Crypto) => Material): StepHandler {
  return {
    effect: true,
    rights: (_step, pendingPath): readonly Right[] => [
      { system: 'vault', kind: 'data', path: pendingPath, capabilities: ['create', 'read', 'update'] },
      { system: 'vault', kind: 'metadata', path: pendingPath, capabilities: ['read'] },
      { system: 'vault', kind: 'destroy', path: pendingPath, capabilities: ['update'] },
    ],
    async prepare({ ports, pendingPath }) {
      return { cas: (await ports.kv.metadata(pendingPath))?.currentVersion ?? 0 };
    },
    perform: (context, record) => perform(context, record, generate),
    probe,
  };
}

async function perform(
  context: StepContext,
  record: StepRecord,
  generate: (params: JsonObject, crypto: Crypto) => Material,
): Promise<StepResult> {
  const { ports, pendingPath, open } = context;
  const value = generate(context.step.params, ports.crypto);
  const written = await ports.kv.write(pendingPath, { value, rotation: open.rotation }, numberIn(record.intent, 'cas'));
  return { result: 'done', receipt: { version: written.version, fingerprint: context.fingerprint(value) } };
}

/**
 * A tombstone under the recorded cas: if it lands, the earlier write has not landed and never will; if it conflicts, what stands there
 * tells by its rotation id whose it is.
 */
async function probe(context: StepContext, record: StepRecord): Promise<Probe> {
  const { ports, pendingPath, open } = context;
  try {
    await ports.kv.write(pendingPath, { rotation: 'none' }, numberIn(record.intent, 'cas'));
    return { state: 'absent' };
  } catch (error) {
    if (!isFault(error) || error.details.kind !== 'conflict') throw error;
  }
  const found = await ports.kv.read(pendingPath);
  const value = found?.fields['value'];
  if (found === null || value === undefined || found.fields['rotation']?.expose() !== open.rotation)
    return { state: 'absent' };
  return { state: 'present', receipt: { version: found.version, fingerprint: context.fingerprint(value) } };
}
