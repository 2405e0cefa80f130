import { isFault } from '../domain/fault.js';
import type { Lease } from '../domain/journal.js';
import type { Change } from '../domain/plan.js';
import { awaitLease, type FirstSeen, type Sight } from './lease.js';
import { leaseOf, type World } from './world.js';

/** The locks of one change: the workloads it restarts, which changes of other runs may share. */
export interface HeldLocks {
  readonly locks: readonly HeldLock[];
}

interface HeldLock {
  readonly path: string;
  readonly resource: string;
  version: number;
  lease: Lease;
}

/** What is stored at `lock/<hash>`: one string field. */
interface LockContent {
  readonly format: 1;
  readonly resource: string;
  readonly lease: Lease | null;
}

/** Another run holds one of them. */
export interface LockedBy {
  readonly lockedBy: { readonly resource: string; readonly holder: string; readonly who: string };
}

/** What the locks of a change looked like at an instant: path -> version and time. */
export type LockSights = ReadonlyMap<string, FirstSeen>;

/** A first look, so that a killed run's locks need not be watched one after the other once its journal was watched long enough. */
export async function sightLocks(world: World, change: Change): Promise<LockSights> {
  const since = world.clock.monotonic();
  const sights = lockedResources(change).map(async (resource) => {
    const path = lockPath(world, resource);
    return [path, { version: (await look(world, path)).version, since }] as const;
  });
  return new Map(await Promise.all(sights));
}

/** Taken in sorted order, all or none. */
export async function acquireLocks(
  world: World,
  change: Change,
  before: LockSights = new Map(),
): Promise<HeldLocks | LockedBy> {
  const locks: HeldLock[] = [];
  try {
    for (const resource of lockedResources(change)) {
      const path = lockPath(world, resource);
      const taken = await acquire(world, { id: change.id, resource }, path, before.get(path));
      if ('lockedBy' in taken) {
        await releaseLocks(world, { locks });
        return taken;
      }
      locks.push(taken);
    }
  } catch (error) {
    await releaseLocks(world, { locks });
    throw error;
  }
  return { locks };
}

/** Workloads alone: Vault paths and Kubernetes Secrets are guarded by their own versions. */
export function lockedResources(change: Change): readonly string[] {
  return change.resources.filter((resource) => resource.startsWith('workload:')).toSorted();
}

async function acquire(
  world: World,
  what: { readonly id: string; readonly resource: string },
  path: string,
  before: FirstSeen | undefined,
): Promise<HeldLock | LockedBy> {
  const { resource } = what;
  const started = world.clock.monotonic();
  for (;;) {
    const { state, sight } = await awaitLease(world, what, () => look(world, path), before);
    if (state === 'locked')
      return { lockedBy: { resource, holder: sight.lease?.holder ?? '', who: sight.lease?.who ?? 'another run' } };
    const lease = leaseOf(world);
    const version = await put(world, path, { format: 1, resource, lease }, sight.version).catch(unsure(world, started));
    if (version !== undefined) return { path, resource, version, lease };
  }
}

/** A write of unknown outcome is found again by its holder's name at the next look, for as long as a lease lasts. */
function unsure(world: World, since: number): (error: unknown) => Promise<undefined> {
  const { clock, limits } = world;
  return async (error) => {
    const repeats = isFault(error) && error.details.effect === 'unknown';
    if (!repeats || clock.monotonic() - since > limits.leaseFor) throw error;
    await clock.sleep(Math.min(1000, limits.callDeadline / 4));
  };
}

async function look(world: World, path: string): Promise<Sight> {
  const found = await world.ports.kv.read(path);
  const text = found?.fields['lock'];
  const lease = text === undefined ? null : ((JSON.parse(text.expose()) as LockContent).lease ?? null);
  return { version: found?.version ?? 0, writtenAt: found?.createdAt ?? 0, lease };
}

/** Undefined where somebody else was faster. */
async function put(world: World, path: string, content: LockContent, cas: number): Promise<number | undefined> {
  try {
    return (await world.ports.kv.write(path, { lock: JSON.stringify(content) }, cas)).version;
  } catch (error) {
    if (isFault(error) && error.details.kind === 'conflict') return undefined;
    throw error;
  }
}

/** Shows that the holder lives; a lock that is lost is found out by the journal's own cas, so failures are left to it. */
export async function beatLocks(world: World, held: HeldLocks): Promise<void> {
  for (const lock of held.locks) {
    const lease = { ...lock.lease, beat: lock.lease.beat + 1 };
    const { resource } = lock;
    const version = await put(world, lock.path, { format: 1, resource, lease }, lock.version).catch(() => undefined);
    if (version === undefined) await findAgain(world, lock);
    else Object.assign(lock, { version, lease });
  }
}

/** A beat that landed without an answer has made a newer version: without it the next beats would conflict and the lock seem dead. */
async function findAgain(world: World, lock: HeldLock): Promise<void> {
  const seen = await look(world, lock.path).catch(() => undefined);
  if (seen?.lease?.holder === lock.lease.holder) Object.assign(lock, { version: seen.version, lease: seen.lease });
}

/** Frees the locks of resources that a certain run holds; another run's stay. */
export async function releaseLocksOf(world: World, resources: readonly string[], holder: string): Promise<void> {
  for (const resource of resources) {
    const path = lockPath(world, resource);
    const { lease, version } = await look(world, path);
    if (lease?.holder === holder) await put(world, path, { format: 1, resource, lease: null }, version);
  }
}

function lockPath(world: World, resource: string): string {
  return world.paths.lock(world.crypto.sha256(resource).slice(0, 16));
}

/**
 * Released by value, never deleted. A heartbeat that was still on its way may have made a newer version of it: then it is looked up by its
 * holder's name. A lock that cannot be released ends with its lease.
 */
export async function releaseLocks(world: World, held: HeldLocks): Promise<void> {
  for (const lock of held.locks.toReversed()) {
    const free = { format: 1, resource: lock.resource, lease: null } as const;
    const version = await put(world, lock.path, free, lock.version).catch(() => undefined);
    if (version === undefined) await releaseLocksOf(world, [lock.resource], lock.lease.holder).catch(() => undefined);
  }
}
