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
  const held: HeldLock[] = [];
  for (const resource of lockedResources(change)) {
    const path = lockPath(world, resource);
    const taken = await acquire(world, { id: change.id, resource }, path, before.get(path));
    if ('lockedBy' in taken) {
      await releaseLocks(world, { locks: held });
      return taken;
    }
    held.push(taken);
  }
  return { locks: held };
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
  for (;;) {
    const { state, sight } = await awaitLease(world, what, () => look(world, path), before);
    if (state === 'locked')
      return { lockedBy: { resource, holder: sight.lease?.holder ?? '', who: sight.lease?.who ?? 'another run' } };
    const lease = leaseOf(world);
    const version = await put(world, path, { format: 1, resource, lease }, sight.version);
    if (version !== undefined) return { path, resource, version, lease };
  }
}

async function look(world: World, path: string): Promise<Sight> {
  const found = await world.ports.kv.read(path);
  const text = found?.fields['lock'];
  const lease = text === undefined ? null : ((JSON.parse(text.expose()) as LockContent).lease ?? null);
  return { version: found?.version ?? 0, writtenAt: found?.createdAt ?? 0, lease };
}

/** Undefined where somebody else was faster. A write of unknown outcome is found again by its holder's name at the next look. */
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
    if (version !== undefined) Object.assign(lock, { version, lease });
  }
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

/** Released by value, never deleted. A lock that cannot be released ends with its lease. */
export async function releaseLocks(world: World, held: HeldLocks): Promise<void> {
  for (const lock of held.locks.toReversed())
    await put(world, lock.path, { format: 1, resource: lock.resource, lease: null }, lock.version).catch(
      () => undefined,
    );
}
