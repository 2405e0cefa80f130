import type { Diagnostic } from '../domain/diagnostic.js';
import { isFault } from '../domain/fault.js';
import { idOfStateName, type SecretId } from '../domain/ids.js';
import type { HistoryEntry, Lease } from '../domain/journal.js';
import type { Instant } from '../domain/time.js';
import { adoptValue } from '../executor/adopt.js';
import { readHistory, StateProblem } from '../executor/state.js';
import { endLease, leaseOn } from '../executor/unlock.js';
import { exitOfFault, type Failure, failure } from './failure.js';
import { faultDiagnostic } from './gather.js';
import type { Prepared } from './prepare.js';
import type { Runtime } from './runtime.js';
import { makeWorld } from './world.js';

/** The finished changes of one secret or of all, newest first. Ids come from the state itself: history outlives policies. */
export function historyOf(
  prepared: Prepared,
  id: SecretId | undefined,
): Promise<{ readonly ok: true; readonly entries: readonly HistoryEntry[] } | Failure> {
  const { connection, paths, codec } = prepared;
  const { kv } = connection.vault;
  return faultless(async () => {
    const names = id === undefined ? await kv.list(paths.histories) : [];
    const ids = id === undefined ? names.flatMap((name) => idOfStateName(name.replace(/\/$/, '')) ?? []) : [id];
    const all = await Promise.all(ids.map((one) => readHistory(kv, paths, codec, one)));
    const entries = all.flat().sort((a, b) => (a.settledAt < b.settledAt ? 1 : -1));
    return { ok: true, entries };
  });
}

/** The lease on one secret; null: nobody holds it. */
export function leaseOfSecret(
  prepared: Prepared,
  id: SecretId,
): Promise<{ readonly ok: true; readonly lease: Lease | null } | Failure> {
  const { connection, paths, codec } = prepared;
  return faultless(async () => ({ ok: true, lease: await leaseOn(connection.vault.kv, paths, codec, id) }));
}

/** Ends the lease of that very holder; false: it has another one by now, or none. */
export function unlockSecret(
  runtime: Runtime,
  prepared: Prepared,
  id: SecretId,
  holder: string,
): Promise<{ readonly ok: true; readonly ended: boolean } | Failure> {
  return faultless(async () => ({ ok: true, ended: await endLease(await quietWorld(runtime, prepared), id, holder) }));
}

/** Takes the live value over; the diagnostic says why it cannot be. */
export function adoptSecret(
  runtime: Runtime,
  prepared: Prepared,
  id: SecretId,
  birth: Instant | undefined,
): Promise<{ readonly ok: true; readonly birth: string } | Failure> {
  const policy = prepared.inventory.policies.find((candidate) => candidate.id === id);
  return faultless(async () => {
    if (policy === undefined) return failure('usage', [noPolicy(id)]);
    const adopted = await adoptValue(await quietWorld(runtime, prepared), policy, birth);
    return 'birth' in adopted ? { ok: true, birth: adopted.birth } : failure('invalid', [adopted]);
  });
}

function quietWorld(runtime: Runtime, prepared: Prepared) {
  return makeWorld(runtime, { ...prepared, emit: () => undefined });
}

function noPolicy(id: SecretId): Diagnostic {
  return {
    severity: 'error',
    code: 'KT2120',
    summary: `no policy has the id \`${id}\``,
    action: 'List the ids with: keyturn status',
  };
}

async function faultless<T>(work: () => Promise<T | Failure>): Promise<T | Failure> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StateProblem) return failure('invalid', [error.diagnostic]);
    if (!isFault(error)) throw error;
    return failure(exitOfFault(error.details), [faultDiagnostic(error.message, error.details)]);
  }
}
