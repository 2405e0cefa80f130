import { expect } from 'chai';
import type { Lease } from '../../../src/domain/journal.js';
import { awaitLease, type Sight } from '../../../src/executor/lease.js';
import type { World } from '../../../src/executor/world.js';
import { changeOf, memoryWorld, policyOf, type TestWorld } from '../../support/memory-world.js';
import { runChange } from '../../../src/executor/claim.js';
import { runChanges } from '../../../src/executor/run.js';
import { OPTIONS } from '../../support/rotation.js';
import { beatingWorld, establish, foreignLease } from '../../support/runs.js';

const WHAT = { id: 'test/x', resource: 'journal of test/x' };
const LEASE_FOR = 60_000;
const DEADLINE = 15_000;

/** A thing that stands still since it was written just now. */
function still(
  world: TestWorld,
  lease: Lease | null = foreignLease(),
  writtenAt = world.clock.at,
): () => Promise<Sight> {
  return () => Promise.resolve({ version: 7, writtenAt, lease });
}

async function elapsed(world: TestWorld, work: () => Promise<unknown>): Promise<number> {
  const started = world.clock.at;
  await work();
  return world.clock.at - started;
}

describe('[U] executor: waiting for a lease', () => {
  it('takes what nobody holds, and what this very run holds, without waiting', async () => {
    const world = memoryWorld();
    const own = foreignLease({ holder: world.run });
    for (const lease of [null, own]) {
      const waited = await elapsed(world, async () => {
        expect((await awaitLease(world, WHAT, still(world, lease))).state).to.equal('free');
      });
      expect(waited).to.equal(0);
    }
  });

  it('takes over what stood still for leaseFor and one call deadline on its own clock, and not before', async () => {
    const world = memoryWorld();
    const waited = await elapsed(world, async () => {
      expect((await awaitLease(world, WHAT, still(world))).state).to.equal('expired');
    });
    expect(waited).to.be.at.least(LEASE_FOR + DEADLINE);
    expect(waited).to.be.at.most(LEASE_FOR + DEADLINE + 1000);
  });

  it("goes by the holder's leaseFor, whatever its own settings say", async () => {
    const world: TestWorld = { ...memoryWorld(), lockTimeout: 600_000 };
    const lease = foreignLease({ leaseFor: 120_000 });
    const waited = await elapsed(world, () => awaitLease(world, WHAT, still(world, lease)));
    expect(waited).to.be.at.least(120_000 + DEADLINE);
  });

  it('counts every heartbeat as life: a holder that beats once a minute is never robbed', async () => {
    const world: TestWorld = { ...memoryWorld(), lockTimeout: 3_600_000 };
    const began = world.clock.at;
    const look = (): Promise<Sight> => {
      const beat = Math.floor((world.clock.at - began) / (LEASE_FOR - 1));
      return Promise.resolve({ version: 7 + beat, writtenAt: world.clock.at, lease: foreignLease({ beat }) });
    };
    const found = await awaitLease(world, WHAT, look);
    expect(found.state).to.equal('locked');
    expect(world.clock.at - began).to.be.greaterThan(3_600_000);
  });

  it('needs to see only one call deadline of stillness where the server says that it is long dead', async () => {
    const world = memoryWorld();
    const longAgo = world.clock.at - LEASE_FOR - 60_001;
    const waited = await elapsed(world, async () => {
      expect((await awaitLease(world, WHAT, still(world, foreignLease(), longAgo))).state).to.equal('expired');
    });
    expect(waited).to.be.within(DEADLINE, DEADLINE + 1000);
  });

  it('watches the whole time where it is not older than leaseFor and 60 s by the server', async () => {
    const world: TestWorld = { ...memoryWorld(), serverNow: () => Date.parse('2026-11-24T10:00:00Z') };
    const justNot = world.clock.at - LEASE_FOR - 60_000;
    const waited = await elapsed(world, () => awaitLease(world, WHAT, still(world, foreignLease(), justNot)));
    expect(waited).to.be.at.least(LEASE_FOR + DEADLINE);
  });

  it('believes its own clock alone where the server has not told the time', async () => {
    const world: TestWorld = { ...memoryWorld(), serverNow: () => undefined };
    const waited = await elapsed(world, () => awaitLease(world, WHAT, still(world, foreignLease(), 0)));
    expect(waited).to.be.at.least(LEASE_FOR + DEADLINE);
  });

  it('counts stillness from an earlier look of its own, but only at the same version', async () => {
    const world = memoryWorld();
    const since = world.clock.at - 70_000;
    const same = await elapsed(world, () => awaitLease(world, WHAT, still(world), { version: 7, since }));
    expect(same).to.be.within(5_000, 6_000);
    const other = await elapsed(world, () => awaitLease(world, WHAT, still(world), { version: 6, since }));
    expect(other).to.be.at.least(LEASE_FOR + DEADLINE);
  });

  it('says whom it waits for', async () => {
    const world = memoryWorld();
    await awaitLease(world, WHAT, still(world));
    expect(world.events[0]).to.deep.equal({
      type: 'waitingForLease',
      ...WHAT,
      holder: 'other',
      who: 'bob@build',
      elapsed: 0,
    });
  });
});

describe('[X] two runs, one secret', () => {
  const policy = policyOf('kv-random', {
    consumers: [{ kind: 'Deployment', namespace: 'ns', name: 'app', timeout: 600_000, via: 'copy' }],
  });

  it('leaves a holder alone that waits for its pods for minutes, because it beats', async () => {
    const world = beatingWorld();
    await establish(world, 'kv-random');
    world.cluster.slow = 3000;
    const holding = runChanges(world, [changeOf(policy, 'rotate')], OPTIONS);
    const other: World = memoryWorld(world);
    let tried: Promise<unknown> | undefined;
    world.clock.onSleep = () => {
      tried ??= runChange(other, changeOf(policy, 'resume')).then(({ outcome, reason }) => {
        expect(outcome).to.equal('locked');
        expect(reason).to.equal('in the hands of tester');
      });
    };
    const [result] = await holding;
    expect(result?.outcome, result?.reason).to.equal('rotated');
    expect(tried, 'the other run tried').to.not.equal(undefined);
    await tried;
  });

  it('takes over from a holder that beats no longer, and finishes its change', async () => {
    const world = memoryWorld();
    await establish(world, 'kv-random');
    let dead = false;
    world.kv.before = (_n, call) => {
      dead ||= call === 'patchSecret';
      if (dead) throw new Error('killed');
    };
    const error: unknown = await runChange(world, changeOf(policy, 'rotate')).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message', 'killed');
    world.kv.before = () => undefined;
    const other = memoryWorld(world);
    const started = other.clock.at;
    expect(await runChange(other, changeOf(policy, 'resume'))).to.include({ outcome: 'rotated' });
    expect(other.clock.at - started).to.be.at.least(LEASE_FOR + DEADLINE);
  });
});
