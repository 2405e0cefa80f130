import { expect } from 'chai';
import { runChange } from '../../../src/executor/claim.js';
import { runChanges } from '../../../src/executor/run.js';
import { emptyJournal } from '../../../src/executor/log.js';
import { fault } from '../../support/memory-kv.js';
import { changeOf, codec, memoryWorld, policyOf, type TestWorld } from '../../support/memory-world.js';
import { established, expectWhollyNew, OPTIONS } from '../../support/rotation.js';
import { foreignLease, journalOf, lockPath, runNow, writeBehind } from '../../support/runs.js';

const KIND = 'litellm-master-key';
const policy = policyOf(KIND);
const CHANGE = changeOf(policy, 'rotate');

async function expectLeftOpen(world: TestWorld): Promise<void> {
  const journal = await journalOf(world, policy);
  expect(journal.open, 'the change stays open').to.not.equal(null);
  expect(journal.open?.turn, 'nothing is turned back').to.equal(0);
  expect(journal.lease, 'the lease is given back').to.equal(null);
  const lock = world.kv.value(lockPath(world, CHANGE.resources[0] ?? ''), 'lock') ?? '';
  expect(JSON.parse(lock), 'so is the lock').to.have.property('lease', null);
}

async function expectFinishedByTheNext(world: TestWorld): Promise<void> {
  world.clock.stopped = false;
  const other = memoryWorld(world);
  const began = other.clock.at;
  expect(await runNow(other, policy, 'resume')).to.include({ outcome: 'rotated' });
  expect(other.clock.at - began, 'without waiting for a lease').to.be.lessThan(10_000);
  await expectWhollyNew(other, policy);
}

describe('[X] a run that is asked to stop', () => {
  it('stops between two steps, gives back lease and locks, and leaves the change to the next run', async () => {
    const world = await established(KIND);
    world.kv.after = (_n, call) => {
      if (call.startsWith('patch secret/')) world.clock.stopped = true;
    };
    const [result] = await runChanges(world, [CHANGE], OPTIONS);
    expect(result).to.include({ outcome: 'interrupted', next: 'keyturn apply' });
    const records = (await journalOf(world, policy)).open?.records ?? [];
    expect(records.map(({ step, state }) => `${step} ${state}`)).to.deep.equal(['stage done', 'promote done']);
    await expectLeftOpen(world);
    await expectFinishedByTheNext(world);
  });

  it('stops waiting for pods at once', async () => {
    const world = await established(KIND);
    world.cluster.slow = 50;
    world.kv.after = (_n, call) => {
      if (call === 'rollout') world.clock.stopped = true;
    };
    expect(await runChange(world, CHANGE)).to.include({ outcome: 'interrupted' });
    expect(world.kv.calls.filter((call) => call === 'rollout')).to.have.length(1);
    await expectLeftOpen(world);
    world.kv.after = () => undefined;
    await expectFinishedByTheNext(world);
  });

  it('stops in the middle of an effect with the intent open, which the next run looks at', async () => {
    const world = await established(KIND);
    world.kv.before = (_n, call) => {
      if (call === 'patchSecret') throw fault('interrupted', 'asked to stop', { effect: 'unknown' });
    };
    expect(await runChange(world, CHANGE)).to.include({ outcome: 'interrupted' });
    expect((await journalOf(world, policy)).open?.records.at(-1)?.state).to.equal('intended');
    world.kv.before = () => undefined;
    await expectFinishedByTheNext(world);
  });

  it('begins nothing any more', async () => {
    const world = await established(KIND);
    world.clock.stopped = true;
    const [result] = await runChanges(world, [CHANGE], OPTIONS);
    expect(result).to.include({ outcome: 'notStarted', reason: 'this run was asked to stop' });
    expect(world.kv.calls).to.deep.equal([]);
  });
});

describe('[X] a login that is about to end', () => {
  it('starts no effect that it may not outlast, and does not turn back for it', async () => {
    const world = await established(KIND);
    let left = 60_000;
    world.kv.after = (_n, call) => {
      if (call.startsWith('patch secret/')) left = 15_000;
    };
    const ending: TestWorld = { ...world, session: { displayName: 'test', remaining: () => left } };
    const result = await runChange(ending, CHANGE);
    expect(result).to.include({ outcome: 'failed', reason: 'the token would end before the call does' });
    expect(world.kv.calls, 'nothing is published').to.not.include('patchSecret');
    await expectLeftOpen(world);
    await expectFinishedByTheNext(world);
  });

  it('leaves the change open as well where the server knows the login no longer', async () => {
    const world = await established(KIND);
    world.kv.before = (_n, call) => {
      if (call === 'patchSecret') throw fault('unauthenticated', 'no such token');
    };
    expect(await runChange(world, CHANGE)).to.include({ outcome: 'failed', reason: 'no such token' });
    await expectLeftOpen(world);
    world.kv.before = () => undefined;
    await expectFinishedByTheNext(world);
  });
});

describe('[X] a run that slept', () => {
  /** Journal writes are slow: the lease has hardly any time left once the intent to publish stands. */
  async function sleepBeforePublish(world: TestWorld, meanwhile: () => void): Promise<void> {
    let slept = false;
    world.kv.after = (_n, call) => {
      const text = world.kv.value(world.paths.journal(policy.id), 'journal') ?? '';
      if (slept || call !== `write ${world.paths.journal(policy.id)}` || !text.includes('"hadKey"')) return;
      slept = true;
      world.clock.at += 50_000;
      meanwhile();
    };
  }

  it('renews its lease before the effect', async () => {
    const world = await established(KIND);
    let before = 0;
    await sleepBeforePublish(world, () => void (before = world.kv.calls.length));
    expect(await runChange(world, CHANGE)).to.include({ outcome: 'rotated' });
    expect(world.kv.calls.slice(before, before + 3)).to.deep.equal([
      `write ${world.paths.journal(policy.id)}`,
      `read ${world.paths.pending(policy.id)} current`,
      'patchSecret',
    ]);
  });

  it('sends nothing where another run took over meanwhile', async () => {
    const world = await established(KIND);
    const foreign = { ...emptyJournal(CHANGE), writeId: 'foreign', lease: foreignLease() };
    await sleepBeforePublish(world, () =>
      writeBehind(world, world.paths.journal(policy.id), { journal: codec.encodeJournal(foreign) }),
    );
    const result = await runChange(world, CHANGE);
    expect(result.outcome).to.equal('locked');
    expect(result.reason).to.contain('this run holds the lease no longer');
    expect(world.kv.calls).to.not.include('patchSecret');
    expect(await journalOf(world, policy), 'and its journal stays').to.include({ writeId: 'foreign' });
  });
});
