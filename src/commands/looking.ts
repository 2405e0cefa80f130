import type { Failure } from '../app/failure.js';
import { failure } from '../app/failure.js';
import { type CommonFlags, type Looked, look, prepare, type Prepared } from '../app/prepare.js';
import type { Runtime } from '../app/runtime.js';
import type { Diagnostic } from '../domain/diagnostic.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { secretId, type SecretId } from '../domain/ids.js';
import type { VaultRole } from '../domain/policy.js';
import { EVERYTHING, type Selection } from '../planner/input.js';
import { selectIds } from '../planner/select.js';
import { afterASecond, printDiagnostics, printFailure, type SpeakFlags } from './print.js';

/** Flags of everything that looks at an inventory. */
export interface LookFlags extends CommonFlags, SpeakFlags {
  readonly target?: readonly string[];
  readonly exclude?: readonly string[];
  readonly at?: number | undefined;
  readonly ignoreWindow?: boolean;
  readonly ignoreFreeze?: string | undefined;
  readonly overLimit?: boolean;
}

export interface LookRequest {
  readonly role: VaultRole;
  readonly allJournals?: boolean;
  readonly forced?: readonly SecretId[];
  readonly recover?: readonly SecretId[];
}

export interface Seen {
  readonly prepared: Prepared;
  readonly looked: Looked;
}

/** Prepares, looks, hands over, and closes the connections whatever happens. */
export async function withLook(
  runtime: Runtime,
  flags: LookFlags,
  request: LookRequest,
  use: (seen: Seen) => Promise<ExitReason>,
): Promise<ExitReason> {
  const prepared = await prepare(runtime, flags, request.role);
  if (!prepared.ok) return printFailure(runtime, flags, prepared);
  try {
    const looked = await observed(runtime, prepared, flags, request);
    if (!looked.ok) return printFailure(runtime, flags, looked);
    if (flags.json !== true) printDiagnostics(runtime, flags, prepared.warnings, prepared.sources);
    return await use({ prepared, looked });
  } finally {
    await prepared.connection.close();
  }
}

async function observed(
  runtime: Runtime,
  prepared: Prepared,
  flags: LookFlags,
  request: LookRequest,
): Promise<Looked | Failure> {
  const selection = selectionOf(flags, request);
  const wrong = unknownNames(prepared, selection);
  if (wrong.length > 0) return failure('usage', wrong);
  const quiet = afterASecond(runtime, `Looking at ${prepared.inventory.policies.length} secrets ...`);
  try {
    const now = flags.at ?? runtime.clock.now();
    return await look(runtime, prepared, { selection, now, allJournals: request.allJournals === true });
  } finally {
    quiet();
  }
}

function selectionOf(flags: LookFlags, { forced = [], recover = [] }: LookRequest): Selection {
  const { target = [], exclude = [], ignoreWindow = false, ignoreFreeze, overLimit = false } = flags;
  const only = [...forced, ...recover];
  return {
    ...EVERYTHING,
    targets: only.length > 0 ? only : target,
    excludes: exclude,
    forced,
    recover,
    ignoreWindow,
    overLimit,
    ...(ignoreFreeze === undefined ? {} : { ignoreFreeze }),
  };
}

/** Patterns that name nothing are mistakes of the command line. */
function unknownNames({ inventory }: Prepared, { targets, excludes, recover }: Selection): readonly Diagnostic[] {
  const ids = [...inventory.policies.map((policy) => policy.id), ...recover];
  return [...selectIds(ids, targets).diagnostics, ...selectIds(ids, excludes).diagnostics];
}

/** The id of the command line, or the usage error that it is none. */
export function idArgument(runtime: Runtime, flags: SpeakFlags, text: string): SecretId | undefined {
  const id = secretId(text);
  if (id !== undefined) return id;
  const summary = `\`${text}\` is not an id of a secret`;
  const action = 'Ids are segments of a-z, 0-9 and "-" joined by "/"; list them with: keyturn status';
  printFailure(runtime, flags, failure('usage', [{ severity: 'error', code: 'KT2120', summary, action }]));
  return undefined;
}
