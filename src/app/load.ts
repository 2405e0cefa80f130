import { readPolicyFolder } from '../adapters/files/policies.js';
import type { Diagnostic } from '../domain/diagnostic.js';
import { sortDiagnostics } from '../domain/diagnostic.js';
import type { Inventory } from '../domain/policy.js';
import { loadValidator } from '../formats/validator.js';
import { parsePolicies } from '../policy/parse.js';
import { rotatorsByKind } from './rotators.js';
import type { Runtime } from './runtime.js';

/** A policies folder as it was read. */
export interface Loaded {
  /** Absent where there is an error. */
  readonly inventory?: Inventory;
  readonly diagnostics: readonly Diagnostic[];
  /** File -> text, for the frames. */
  readonly sources: ReadonlyMap<string, string>;
  readonly files: number;
  readonly secrets: number;
}

/** The folder that is read: the flag, KEYTURN_POLICIES, `policies`. */
export function policiesFolder(runtime: Runtime, flag: string | undefined): string {
  return flag ?? runtime.env['KEYTURN_POLICIES'] ?? 'policies';
}

/** Reads, checks and normalises every policy. Needs no network. */
export async function loadPolicies(runtime: Runtime, folder: string): Promise<Loaded> {
  const kinds = [...rotatorsByKind((text) => runtime.crypto.sha256(text)).values()];
  const { files, problems } = await readPolicyFolder(folder, runtime.cwd);
  const validate = await loadValidator(kinds);
  const { inventory, diagnostics, sources, documents } = parsePolicies(files, kinds, validate);
  const unread = problems.map(
    ({ summary }): Diagnostic => ({
      severity: 'error',
      code: 'KT1014',
      summary,
      action: 'Name the policies folder with --policies, or run keyturn init to make one',
    }),
  );
  return {
    ...(inventory === undefined || unread.length > 0 ? {} : { inventory }),
    diagnostics: sortDiagnostics([...unread, ...(unread.length > 0 && files.length === 0 ? [] : diagnostics)]),
    sources,
    files: files.length,
    secrets: documents.filter(({ role }) => role === 'policy').length,
  };
}
