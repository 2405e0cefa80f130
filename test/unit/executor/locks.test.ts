import { expect } from 'chai';
import type { Lease } from '../../../src/domain/journal.js';
import type { Change } from '../../../src/domain/plan.js';
import {
  acquireLocks,
  beatLocks,
  type HeldLocks,
  lockedResources,
  releaseLocks,
  releaseLocksOf,
} from '../../../src/executor/locks.js';
import { fault } from '../../support/memory-kv.js';
import { changeOf, memoryWorld, policyOf, type TestWorld } from '../../support/memory-world.js';
import { foreignLease, lockPath, writeBehind } from '../../support/runs.js';

const A = 'workload:Deployment/ns/a';
const B = 'workload:Deployment/ns/b';
const C = 'workload:Deployment/ns/c';

/** A change that restarts three workloads, named in no order. */
const CHANGE: Change = {
  ...changeOf(policyOf('kv-random'), 'rotate'),
  resources: [C, 'kv:secret/x', A, 'secret:ns/copy', B],
};

function leaseAt(world: TestWorld, resource: string): Lease | null | undefined {
  const text = world.kv.value(lockPath(world, resource), 'lock');
  return text === undefined ? undefined : (JSON.parse(text) as { lease: Lease | null }).lease;
}

function versionAt(world: TestWorld, resource: string): number | undefined {
  return world.kv.paths.get(lockPath(world, resource))?.current;
}

async function seize(world: TestWorld, resource: string, lease: Lease | null = foreignLease()): Promise<void> {
  const cas = versionAt(world, resource) ?? 0;
  await world.kv.write(lockPath(world, resource), { lock: JSON.stringify({ format: 1, resource, lease }) }, cas);
}

async function taken(world: TestWorld): Promise<HeldLocks> {
  const locks = await acquireLocks(world, CHANGE);
  if ('lockedBy' in locks) throw new Error(`locked by ${locks.lockedBy.who}`);
  return locks;
}

describe('[U] executor: locks on workloads', () => {
  it('are of workloads alone, and are taken in sorted order', async () => {
    const world = memoryWorld();
    expect(lockedResources(CHANGE)).to.deep.equal([A, B, C]);
    const { locks } = await taken(world);
    expect(locks.map(({ resource }) => resource)).to.deep.equal([A, B, C]);
    const writes = world.kv.calls.filter((call) => call.startsWith('write'));
    expect(writes).to.deep.equal([A, B, C].map((resource) => `write ${lockPath(world, resource)}`));
    for (const resource of [A, B, C]) expect(leaseAt(world, resource)?.holder).to.equal(world.run);
  });

  it('are taken all or none: the first is free again where the second is in live hands', async () => {
    const world: TestWorld = { ...memoryWorld(), lockTimeout: 5_000 };
    await seize(world, B);
    expect(await acquireLocks(world, CHANGE)).to.deep.equal({
      lockedBy: { resource: B, holder: 'other', who: 'bob@build' },
    });
    expect(leaseAt(world, A), 'given back').to.equal(null);
    expect(leaseAt(world, B)?.holder, 'left alone').to.equal('other');
    expect(leaseAt(world, C), 'never touched').to.equal(undefined);
  });

  it('are given back where taking the next one fails', async () => {
    const world = memoryWorld();
    world.kv.before = (_n, call) => {
      if (call === `write ${lockPath(world, B)}`) throw fault('denied', 'no');
    };
    const error: unknown = await acquireLocks(world, CHANGE).catch((thrown: unknown) => thrown);
    expect(error).to.have.nested.property('details.kind', 'denied');
    expect(leaseAt(world, A)).to.equal(null);
  });

  for (const side of ['before', 'after'] as const) {
    it(`are taken although a write got no answer (${side === 'after' ? 'with' : 'without'} effect)`, async () => {
      const world = memoryWorld();
      let first = true;
      world.kv[side] = (_n, call) => {
        if (!first || call !== `write ${lockPath(world, B)}`) return;
        first = false;
        throw fault('timeout', 'no answer', { retriable: true, effect: 'unknown' });
      };
      const locks = await taken(world);
      expect(leaseAt(world, B)?.holder).to.equal(world.run);
      await releaseLocks(world, locks);
      for (const resource of [A, B, C]) expect(leaseAt(world, resource)).to.equal(null);
    });
  }

  it('are given up, with the fault, where no write ever gets an answer', async () => {
    const world = memoryWorld();
    world.kv.before = (_n, call) => {
      if (call.startsWith('write')) throw fault('timeout', 'no answer', { retriable: true, effect: 'unknown' });
    };
    const error: unknown = await acquireLocks(world, CHANGE).catch((thrown: unknown) => thrown);
    expect(error).to.have.nested.property('details.kind', 'timeout');
  });

  it('are looked at again where somebody else was faster', async () => {
    const world: TestWorld = { ...memoryWorld(), lockTimeout: 5_000 };
    let first = true;
    world.kv.before = (_n, call) => {
      if (!first || call !== `write ${lockPath(world, A)}`) return;
      first = false;
      writeBehind(world, lockPath(world, A), {
        lock: JSON.stringify({ format: 1, resource: A, lease: foreignLease() }),
      });
    };
    expect(await acquireLocks(world, CHANGE)).to.have.nested.property('lockedBy.holder', 'other');
  });

  it('are released by value: the path stays, and so does whoever took it since', async () => {
    const world = memoryWorld();
    const locks = await taken(world);
    await seize(world, B);
    await releaseLocks(world, locks);
    expect(leaseAt(world, A)).to.equal(null);
    expect(leaseAt(world, B)?.holder).to.equal('other');
    expect(leaseAt(world, C)).to.equal(null);
  });

  it('are released although a beat was still on its way, or the first try got no answer', async () => {
    for (const answered of [true, false]) {
      const world = memoryWorld();
      const locks = await taken(world);
      const late = { locks: locks.locks.map((lock) => ({ ...lock })) };
      if (answered) await beatLocks(world, late);
      let first = !answered;
      world.kv.before = (_n, call) => {
        if (!first || call !== `write ${lockPath(world, B)}`) return;
        first = false;
        throw fault('timeout', 'no answer', { retriable: true, effect: 'unknown' });
      };
      await releaseLocks(world, locks);
      for (const resource of [A, B, C]) expect(leaseAt(world, resource)).to.equal(null);
    }
  });

  it('that cannot be released are left to end with their lease', async () => {
    const world = memoryWorld();
    const locks = await taken(world);
    world.kv.before = () => {
      throw fault('unreachable', 'no route', { retriable: true, effect: 'unknown' });
    };
    await releaseLocks(world, locks);
    expect(leaseAt(world, A)?.holder).to.equal(world.run);
  });

  it('show life with every beat', async () => {
    const world = memoryWorld();
    const locks = await taken(world);
    await beatLocks(world, locks);
    await beatLocks(world, locks);
    expect(leaseAt(world, A)?.beat).to.equal(2);
    expect(versionAt(world, A)).to.equal(3);
  });

  it('go on beating after a beat that landed without an answer', async () => {
    const world = memoryWorld();
    const locks = await taken(world);
    world.kv.after = (_n, call) => {
      if (call.startsWith('write')) throw fault('timeout', 'no answer', { retriable: true, effect: 'unknown' });
    };
    await beatLocks(world, locks);
    world.kv.after = () => undefined;
    await beatLocks(world, locks);
    expect(versionAt(world, A)).to.equal(3);
    await releaseLocks(world, locks);
    expect(leaseAt(world, A)).to.equal(null);
  });

  it('never beat on a lock that is lost', async () => {
    const world = memoryWorld();
    const locks = await taken(world);
    await seize(world, A);
    await beatLocks(world, locks);
    expect(leaseAt(world, A)).to.deep.equal(foreignLease());
  });

  it('are freed by a person for one holder alone', async () => {
    const world = memoryWorld();
    await seize(world, A);
    await seize(world, B, foreignLease({ holder: 'third' }));
    await releaseLocksOf(world, [A, B, C], 'other');
    expect(leaseAt(world, A)).to.equal(null);
    expect(leaseAt(world, B)?.holder).to.equal('third');
    expect(leaseAt(world, C)).to.equal(undefined);
  });
});
