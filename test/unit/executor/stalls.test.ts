import { expect } from 'chai';
import type { ChangeResult } from '../../../src/domain/events.js';
import type { Kubernetes, Kv } from '../../../src/domain/ports.js';
import { removeStrayMarker, runChange } from '../../../src/executor/claim.js';
import { fault } from '../../support/memory-kv.js';
import { changeOf, memoryWorld, policyOf, type TestWorld } from '../../support/memory-world.js';
import { established, expectWhollyNew, expectWhollyOld } from '../../support/rotation.js';
import { journalOf, runNow } from '../../support/runs.js';

const KIND = 'litellm-master-key';
const policy = policyOf(KIND);
const CHANGE = changeOf(policy, 'rotate');

/** A run that stands still in front of one call until it is let go; the call is then sent with unchanged arguments. */
interface Stalled {
  readonly world: TestWorld;
  readonly stalls: Promise<void>;
  readonly ended: Promise<ChangeResult>;
  wake(): void;
}

/** @param call name of a method of the ports; `about` is in its first argument, where that matters. */
function stalled(base: TestWorld, call: keyof Kv | keyof Kubernetes, about = ''): Stalled {
  let arrive: () => void = () => undefined;
  let wake: () => void = () => undefined;
  const stalls = new Promise<void>((resolve) => (arrive = resolve));
  const woken = new Promise<void>((resolve) => (wake = resolve));
  let first = true;
  const guarded = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]): Promise<unknown> => {
          if (first && name === call && String(args[0]).includes(about)) {
            first = false;
            arrive();
            await woken;
          }
          return value.apply(target, args) as Promise<unknown>;
        };
      },
    });
  const kubernetes = (): Promise<Kubernetes> => Promise.resolve(guarded<Kubernetes>(base.cluster));
  const world: TestWorld = { ...base, ports: { ...base.ports, kv: guarded<Kv>(base.kv), kubernetes } };
  return { world, stalls, ended: runChange(world, CHANGE), wake: () => wake() };
}

/** One call of the successor's is refused. */
function refuseOnce(world: TestWorld, call: string): void {
  let first = true;
  world.kv.before = (_n, seen) => {
    if (!first || seen !== call) return;
    first = false;
    throw fault('invalid', 'refused');
  };
}

describe('[X] a run that stalls', () => {
  it('before its promote, and wakes after a successor took the change back: its write meets a conflict', async () => {
    const world = await established(KIND);
    const zombie = stalled(world, 'patch', policy.vault.path);
    await zombie.stalls;
    // A sibling's write makes the successor prepare anew, and that is refused.
    await world.kv.patch(policy.vault.path, { sibling: 'newer' }, 1);
    const successor = memoryWorld(world);
    let patches = 0;
    world.kv.before = (_n, call) => {
      patches += call === `patch ${policy.vault.path}` ? 1 : 0;
      if (patches === 2) {
        patches += 1;
        throw fault('invalid', 'refused');
      }
    };
    expect(await runNow(successor, policy, 'resume')).to.include({ outcome: 'undone' });
    zombie.wake();
    expect(await zombie.ended).to.include({ outcome: 'locked' });
    expect(world.kv.value(policy.vault.path, 'key')).to.equal('old value');
    expect(world.kv.value(policy.vault.path, 'sibling')).to.equal('newer');
    expect(world.cluster.accepts).to.equal('old value');
  });

  it('before its publish, and wakes after a successor took the change back: its write meets a conflict', async () => {
    const world = await established(KIND);
    const zombie = stalled(world, 'patchSecret');
    await zombie.stalls;
    refuseOnce(world, 'patchSecret');
    expect(await runNow(memoryWorld(world), policy, 'resume')).to.include({ outcome: 'undone' });
    zombie.wake();
    expect(await zombie.ended).to.include({ outcome: 'locked' });
    await expectWhollyOld(world, policy);
  });

  it('before its restart, and wakes after a successor finished: no template of an old generation comes back', async () => {
    const world = await established(KIND);
    const zombie = stalled(world, 'annotateTemplate');
    await zombie.stalls;
    expect(await runNow(memoryWorld(world), policy, 'resume')).to.include({ outcome: 'rotated' });
    const annotations = { ...world.cluster.annotations };
    zombie.wake();
    expect(await zombie.ended).to.include({ outcome: 'locked' });
    expect(world.cluster.annotations).to.deep.equal(annotations);
    await expectWhollyNew(world, policy);
  });

  it('before it stages, and wakes after a successor settled: nothing is left in pending', async () => {
    const world = await established(KIND);
    const zombie = stalled(world, 'write', '/pending/');
    await zombie.stalls;
    expect(await runNow(memoryWorld(world), policy, 'resume')).to.include({ outcome: 'rotated' });
    zombie.wake();
    expect(await zombie.ended).to.include({ outcome: 'locked' });
    await expectWhollyNew(world, policy);
  });

  it('after a claim that landed without an answer, and wakes after a successor settled: it finds out and stops', async () => {
    const world = await established(KIND);
    let first = true;
    world.kv.after = (_n, call) => {
      if (!first || call !== `write ${world.paths.journal(policy.id)}`) return;
      first = false;
      throw fault('timeout', 'no answer', { retriable: true, effect: 'unknown' });
    };
    const sleep = world.clock.sleep.bind(world.clock);
    let slept = false;
    world.clock.sleep = async (length) => {
      await sleep(length);
      if (slept) return;
      slept = true;
      expect(await runNow(memoryWorld(world), policy, 'resume')).to.include({ outcome: 'rotated' });
    };
    expect(await runChange(world, CHANGE)).to.include({ outcome: 'locked' });
    await expectWhollyNew(world, policy);
    expect(await world.kv.list(world.paths.markersOf(policy.id))).to.deep.equal([]);
  });

  it('between marker and claim while another run cleans up: its claim is lost, and nothing is open', async () => {
    const world = await established(KIND);
    const zombie = stalled(world, 'write', '/journal/');
    await zombie.stalls;
    const [rotation = ''] = await world.kv.list(world.paths.markersOf(policy.id));
    const known = { kind: KIND, live: policy.vault };
    await removeStrayMarker(memoryWorld(world), { id: policy.id, rotation }, known);
    zombie.wake();
    expect(await zombie.ended).to.include({ outcome: 'locked' });
    expect(await journalOf(world, policy)).to.include({ open: null, lease: null });
    expect(await world.kv.list(world.paths.markersOf(policy.id))).to.deep.equal([]);
    await expectWhollyOld(world, policy);
  });
});

describe('[X] what happens beside a run', () => {
  it('an own write that lands after its error meets a conflict, for the look was a write itself', async () => {
    const world = await established(KIND);
    let late: (() => Promise<unknown>) | undefined;
    const patch = world.kv.patch.bind(world.kv);
    world.kv.patch = async (path, fields, cas) => {
      if (late !== undefined) return patch(path, fields, cas);
      late = () => patch(path, fields, cas);
      throw fault('timeout', 'no answer', { retriable: true, effect: 'unknown' });
    };
    expect(await runNow(world, policy)).to.include({ outcome: 'rotated' });
    expect(await late?.().catch((error: unknown) => error)).to.have.nested.property('details.kind', 'conflict');
    await expectWhollyNew(world, policy);
  });

  it('a pod that restarts by itself after the publish is restarted again on the way back', async () => {
    const world = await established(KIND);
    let published = false;
    world.kv.after = (_n, call) => {
      if (published || call !== 'patchSecret') return;
      published = true;
      // The hook runs before the call is over, with the new value in place.
      world.cluster.start();
    };
    refuseOnce(world, 'annotateTemplate');
    expect(await runNow(world, policy)).to.include({ outcome: 'undone' });
    await expectWhollyOld(world, policy);
  });

  it('siblings and controllers that write all the time are no fault: the step is prepared anew', async () => {
    const world = await established(KIND);
    let busy = 20;
    world.kv.before = (_n, call) => {
      if (call !== `patch ${policy.vault.path}` || busy === 0) return;
      busy -= 1;
      throw fault('conflict', 'a sibling was faster');
    };
    expect(await runNow(world, policy)).to.include({ outcome: 'rotated' });
    await expectWhollyNew(world, policy);
  });

  it('a conflict that comes fifty times in a row is something else, and turns the change back', async () => {
    const world = await established(KIND);
    let conflicts = 50;
    world.kv.before = (_n, call) => {
      if (call !== 'annotateTemplate' || conflicts === 0) return;
      conflicts -= 1;
      throw fault('conflict', 'stale');
    };
    const result = await runNow(world, policy);
    expect(result).to.include({ outcome: 'undone' });
    expect(result.reason).to.contain('restart Deployment ns/app: stale');
    await expectWhollyOld(world, policy);
  });

  it('an effect that certainly did not happen is given up after two call deadlines, and turned back', async () => {
    const world = await established(KIND);
    const began = world.clock.at;
    world.kv.before = (_n, call) => {
      if (call === 'annotateTemplate' && world.clock.at - began < 33_000)
        throw fault('unavailable', 'overloaded', { retriable: true, retryAfter: 1000 });
    };
    expect(await runNow(world, policy)).to.include({ outcome: 'undone' });
    expect(world.clock.at - began).to.be.at.least(30_000);
    expect(world.events.filter(({ type }) => type === 'stepProgress')).to.not.deep.equal([]);
    await expectWhollyOld(world, policy);
  });

  it('an outcome that stays unknown is never given up: the change is left open', async () => {
    const world = await established(KIND);
    world.kv.before = (_n, call) => {
      if (call === `patch ${policy.vault.path}`)
        throw fault('timeout', 'no answer', { retriable: true, effect: 'unknown' });
    };
    expect(await runNow(world, policy)).to.include({ outcome: 'failed', reason: 'no answer' });
    expect((await journalOf(world, policy)).open).to.include({ turn: 0 });
    world.kv.before = () => undefined;
    expect(await runNow(memoryWorld(world), policy, 'resume')).to.include({ outcome: 'rotated' });
    await expectWhollyNew(world, policy);
  });

  it('a person turns a change back, and what was never decided is fenced', async () => {
    const world = await established(KIND);
    world.kv.before = (_n, call) => {
      if (call === `write ${world.paths.pending(policy.id)}`)
        throw fault('timeout', 'no answer', { retriable: true, effect: 'unknown' });
    };
    expect(await runNow(world, policy)).to.include({ outcome: 'failed' });
    world.kv.before = () => undefined;
    const result = await runNow(memoryWorld(world), policy, 'resume', { direction: 'back' });
    expect(result).to.include({ outcome: 'undone' });
    expect(result.reason).to.contain('turned back by a person');
    const late = world.kv.write(world.paths.pending(policy.id), { value: 'late', rotation: 'x' }, 0);
    expect(await late.catch((error: unknown) => error)).to.have.nested.property('details.kind', 'conflict');
    await expectWhollyOld(world, policy);
  });
});
