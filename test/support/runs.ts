import type { ChangeResult } from '../../src/domain/events.js';
import type { HistoryEntry, Journal, Lease } from '../../src/domain/journal.js';
import { Material } from '../../src/domain/material.js';
import type { Change } from '../../src/domain/plan.js';
import type { Policy } from '../../src/domain/policy.js';
import { type ResumeOptions, runChange } from '../../src/executor/claim.js';
import { readHistory, readJournal } from '../../src/executor/state.js';
import type { World } from '../../src/executor/world.js';
import { MemoryKv } from './memory-kv.js';
import { changeOf, MemoryCluster, memoryWorld, TestClock, type TestWorld } from './memory-world.js';

/** A clock on which heartbeats happen while somebody sleeps; `onSleep` is what else happens meanwhile. */
export class BeatingClock extends TestClock {
  onSleep: () => void | Promise<void> = () => undefined;
  readonly #ticks = new Set<{ next: number; readonly pause: number; readonly tick: () => Promise<void> }>();

  override every = (pause = 0, tick: () => Promise<void> = () => Promise.resolve()): (() => void) => {
    const mine = { next: this.at + pause, pause, tick };
    this.#ticks.add(mine);
    return () => void this.#ticks.delete(mine);
  };

  override async sleep(length: number): Promise<void> {
    const end = this.at + length;
    for (;;) {
      const due = [...this.#ticks].filter(({ next }) => next <= end).toSorted((a, b) => a.next - b.next)[0];
      if (due === undefined) break;
      this.at = Math.max(this.at, due.next);
      due.next = this.at + due.pause;
      await due.tick();
    }
    await super.sleep(Math.max(0, end - this.at));
    await this.onSleep();
  }
}

/** A world whose clock beats; everything in it tells the same time. */
export function beatingWorld(): TestWorld & { readonly clock: BeatingClock } {
  const clock = new BeatingClock();
  const kv = new MemoryKv(clock.now);
  const cluster = new MemoryCluster((call) => {
    const n = kv.calls.push(call);
    kv.before(n, call);
    return { after: () => kv.after(n, call) };
  });
  return { ...memoryWorld({ ...memoryWorld(), clock, kv, cluster }), clock };
}

/** The old value is live, published and in use. */
export async function establish(world: TestWorld, kind: string): Promise<void> {
  await world.kv.write(`secret/test/${kind}`, { key: 'old value', sibling: 'kept' }, 0);
  await world.cluster.createSecret({ namespace: 'ns', name: 'copy', key: 'key' }, new Material('old value'), {});
  world.cluster.start();
  world.kv.calls.length = 0;
}

/** What stands in the journal now; one that is not there ends the test. */
export async function journalOf(world: World, policy: { readonly id: string }): Promise<Journal> {
  const { journal } = await readJournal(world.ports.kv, world.paths, world.codec, policy.id);
  if (journal === null) throw new Error(`${policy.id} has no journal`);
  return journal;
}

export async function historyOf(world: World, policy: { readonly id: string }): Promise<readonly HistoryEntry[]> {
  return readHistory(world.ports.kv, world.paths, world.codec, policy.id);
}

/** The change as a plan made now would bind it. */
export async function freshChange(world: World, policy: Policy, action: Change['action'] = 'rotate'): Promise<Change> {
  const { version } = await readJournal(world.ports.kv, world.paths, world.codec, policy.id);
  return changeOf(policy, action, version);
}

/** Carries out a change that is planned now. */
export async function runNow(
  world: World,
  policy: Policy,
  action: Change['action'] = 'rotate',
  resume: ResumeOptions = {},
): Promise<ChangeResult> {
  return runChange(world, await freshChange(world, policy, action), resume);
}

/** Pods start with the new template and keep the old value: the check refuses the new one. */
export function refuseNewValue(world: TestWorld): void {
  world.cluster.start = () => {
    world.cluster.podAnnotations = { ...world.cluster.annotations };
  };
}

/** Pods take what the Secret holds again. */
export function acceptNewValue(world: TestWorld): void {
  Reflect.deleteProperty(world.cluster, 'start');
}

/** A lease of somebody else's. */
export function foreignLease(more: Partial<Lease> = {}): Lease {
  return {
    holder: 'other',
    who: 'bob@build',
    acquiredAt: '2026-11-24T10:00:00.000Z',
    beat: 0,
    leaseFor: 60_000,
    ...more,
  };
}

/** The place of a lock as the executor names it. */
export function lockPath(world: World, resource: string): string {
  return world.paths.lock(world.crypto.sha256(resource).slice(0, 16));
}

/** A write of somebody else's, at this very instant: hooks of MemoryKv cannot wait for one. */
export function writeBehind(world: TestWorld, path: string, fields: Record<string, string>): void {
  const at = world.clock.at;
  const stored = world.kv.paths.get(path) ?? { versions: new Map(), current: 0, createdAt: at, custom: {} };
  stored.current += 1;
  stored.versions.set(stored.current, { fields, createdAt: at, destroyed: false });
  world.kv.paths.set(path, stored);
}
