import type { Diagnostic } from '../domain/diagnostic.js';
import type { FaultDetails } from '../domain/fault.js';
import { isFault } from '../domain/fault.js';
import type { SecretId } from '../domain/ids.js';
import type { Revision } from '../domain/plan.js';
import type { Inventory } from '../domain/policy.js';
import type { Kv } from '../domain/ports.js';
import type { Rotator } from '../domain/rotator.js';
import type { StatePaths } from '../domain/state-paths.js';
import type { Instant } from '../domain/time.js';
import { listOpen, readJournal, type StateCodec, StateProblem } from '../executor/state.js';
import { observe } from '../observer/observe.js';
import type { JournalRead, PlanInput, Selection } from '../planner/input.js';
import { journalsNeeded } from '../planner/needs.js';
import type { Connection } from './connect.js';

export interface GatherOptions {
  readonly inventory: Inventory;
  readonly rotators: ReadonlyMap<string, Rotator>;
  readonly connection: Connection;
  readonly paths: StatePaths;
  readonly codec: StateCodec;
  readonly now: Instant;
  readonly revision: Revision | null;
  readonly selection: Selection;
  /** Read every journal, not only those that a plan needs: `status` shows holders and back-off of all. */
  readonly allJournals: boolean;
  readonly sha256: (text: string) => string;
}

export type Gathered =
  | { readonly ok: true; readonly input: PlanInput }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly fault?: FaultDetails };

/** Everything that a plan is made of, by reads alone. */
export async function gather(options: GatherOptions): Promise<Gathered> {
  const { inventory, connection, paths, rotators, now, revision, selection, sha256 } = options;
  const { kv } = connection.vault;
  try {
    const problem = await stateProblem(kv, inventory.settings.vault.state);
    if (problem !== undefined) return { ok: false, diagnostics: [problem] };
    const { parallelism } = inventory.settings.limits;
    const [openMarkers, observations] = await Promise.all([
      listOpen(kv, paths),
      observe(inventory.policies, rotators, { kv, kubernetes: () => connection.kubernetes() }, { parallelism }),
    ]);
    const known = { inventory, rotators, observations, openMarkers, now, revision, selection, sha256 };
    const ids = options.allJournals ? inventory.policies.map((policy) => policy.id) : [];
    const needed = new Set<SecretId>([...journalsNeeded(known), ...ids]);
    const journals = await readAll([...needed], (id) => readOne(options, id), parallelism);
    return { ok: true, input: { ...known, journals } };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { ok: false, diagnostics: [faultDiagnostic(error.message, error.details)], fault: error.details };
  }
}

/** The diagnostic of a fault that stopped a whole command. */
export function faultDiagnostic(summary: string, { kind }: FaultDetails): Diagnostic {
  return { severity: 'error', code: 'KT2020', summary, action: REMEDIES[kind] ?? LATER };
}

const RIGHTS = 'Check the rights of this login';
const LATER = 'Run the command again when the server answers';
const REMEDIES: { readonly [kind in FaultDetails['kind']]?: string } = {
  denied: RIGHTS,
  unauthenticated: RIGHTS,
  invalid: 'Put right what is named, then run the command again',
};

async function stateProblem(kv: Kv, state: string): Promise<Diagnostic | undefined> {
  const mount = await kv.mount(state);
  const name = state.split('/')[0] ?? state;
  if (mount === null || mount.kvVersion !== 2)
    return {
      severity: 'error',
      code: 'KT5001',
      summary: `there is no KV v2 mount for keyturn's state at \`${state}\``,
      action: `vault secrets enable -path=${name} -version=2 kv`,
    };
  if (mount.deleteVersionAfter === 0) return undefined;
  return {
    severity: 'error',
    code: 'KT5004',
    summary: `the state mount \`${mount.path}\` deletes versions after ${mount.deleteVersionAfter / 1000}s`,
    action: `vault write ${mount.path.replace(/\/$/, '')}/config delete_version_after=0s`,
  };
}

async function readOne({ connection, paths, codec }: GatherOptions, id: SecretId): Promise<JournalRead> {
  try {
    const { version, journal } = await readJournal(connection.vault.kv, paths, codec, id);
    return { version, journal };
  } catch (error) {
    if (isFault(error) && error.details.kind !== 'interrupted') return { fault: error.details };
    if (!(error instanceof StateProblem)) throw error;
    const call = `GET ${paths.journal(id)}`;
    return { fault: { kind: 'invalid', server: 'Vault', call, said: error.message, retriable: false, effect: 'none' } };
  }
}

async function readAll(
  ids: readonly SecretId[],
  read: (id: SecretId) => Promise<JournalRead>,
  parallelism: number,
): Promise<ReadonlyMap<SecretId, JournalRead>> {
  const found = new Map<SecretId, JournalRead>();
  const queue = [...ids];
  const work = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) found.set(id, await read(id));
  };
  await Promise.all(Array.from({ length: parallelism }, work));
  return found;
}
