import { expect } from 'chai';
import { runChange } from '../../../src/executor/claim.js';
import { fault } from '../../support/memory-kv.js';
import { changeOf, Killed, memoryWorld, policyOf, type TestWorld } from '../../support/memory-world.js';
import { established, expectWhollyNew, expectWhollyOld } from '../../support/rotation.js';
import { acceptNewValue, journalOf, refuseNewValue, runNow } from '../../support/runs.js';

const KIND = 'kv-random';
const policy = policyOf(KIND);
const HOUR = 3_600_000;

function hours(from: number, until: string | undefined): number {
  return (Date.parse(until ?? '') - from) / HOUR;
}

/** Turns back at the check and is killed once the copy has its old value again. */
async function killedOnTheWayBack(): Promise<{ readonly world: TestWorld; readonly staged: string | undefined }> {
  const world = await established(KIND);
  refuseNewValue(world);
  let patches = 0;
  let dead = false;
  let staged: string | undefined;
  world.kv.before = (_n, call) => {
    if (dead) throw new Killed(call);
  };
  world.kv.after = (_n, call) => {
    patches += call === 'patchSecret' ? 1 : 0;
    staged ??= world.kv.value(world.paths.pending(policy.id), 'value');
    if (patches < 2) return;
    dead = true;
    throw new Killed('after unpublish');
  };
  const error: unknown = await runChange(world, changeOf(policy, 'rotate')).catch((thrown: unknown) => thrown);
  expect(error).to.be.instanceOf(Killed);
  world.kv.before = () => undefined;
  world.kv.after = () => undefined;
  acceptNewValue(world);
  return { world, staged };
}

describe('[X] a way back that was killed', () => {
  it('goes on back by itself, and ends wholly old', async () => {
    const { world } = await killedOnTheWayBack();
    const other = memoryWorld(world);
    expect(await runNow(other, policy, 'resume')).to.include({ outcome: 'undone' });
    await expectWhollyOld(other, policy);
  });

  it('is turned forward by a person in a turn of its own, with the same staged material', async () => {
    const { world, staged } = await killedOnTheWayBack();
    const other = memoryWorld(world);
    const stages = (): number =>
      other.kv.calls.filter((call) => call === `write ${world.paths.pending(policy.id)}`).length;
    const before = stages();
    let turn: number | undefined;
    other.kv.after = (_n, call) => {
      if (call !== 'annotateTemplate') return;
      const text = other.kv.value(world.paths.journal(policy.id), 'journal') ?? '';
      turn = (JSON.parse(text) as { open: { turn: number } }).open.turn;
    };
    expect(await runNow(other, policy, 'resume', { direction: 'forward' })).to.include({ outcome: 'rotated' });
    expect(turn).to.equal(2);
    expect(stages(), 'nothing is staged anew').to.equal(before);
    expect(world.kv.value(policy.vault.path, 'key')).to.equal(staged);
    expect(world.cluster.accepts).to.equal(staged);
    expect(world.kv.value(policy.vault.path, 'sibling')).to.equal('kept');
  });

  it('is not turned where it goes forward already', async () => {
    const world = await established(KIND);
    let dead = false;
    world.kv.before = (_n, call) => {
      dead ||= call === 'annotateTemplate';
      if (dead) throw new Killed(call);
    };
    await runChange(world, changeOf(policy, 'rotate')).catch(() => undefined);
    world.kv.before = () => undefined;
    const other = memoryWorld(world);
    expect(await runNow(other, policy, 'resume', { direction: 'forward' })).to.include({ outcome: 'rotated' });
    await expectWhollyNew(other, policy);
  });
});

describe('[X] an attempt that failed', () => {
  it('is held for 1 h, doubling to 24 h with every further one, since the first', async () => {
    const world = await established(KIND);
    refuseNewValue(world);
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt += 1) {
      world.clock.at += 48 * HOUR;
      expect(await runNow(world, policy)).to.include({ outcome: 'undone', next: `keyturn why ${policy.id}` });
      const { held } = await journalOf(world, policy);
      expect(held?.attempts).to.equal(attempt);
      expect(held?.since.slice(0, 10)).to.equal('2026-11-26');
      expect(held?.reason).to.contain('the new value is refused');
      pauses.push(Math.round(hours(world.clock.at, held?.until)));
    }
    expect(pauses).to.deep.equal([1, 2, 4, 8, 16, 24, 24]);
    acceptNewValue(world);
    expect(await runNow(world, policy)).to.include({ outcome: 'rotated' });
    expect((await journalOf(world, policy)).held).to.equal(null);
  });
});

describe('[X] a secret that is stuck', () => {
  async function stuckWorld(): Promise<TestWorld> {
    const world = await established(KIND);
    world.kv.before = (_n, call) => {
      if (call === 'annotateTemplate') throw fault('denied', 'no');
    };
    expect(await runNow(world, policy)).to.include({ outcome: 'stuck', next: `keyturn recover ${policy.id}` });
    return world;
  }

  it('backs off longer with every attempt, and keeps both generations', async () => {
    const world = await stuckWorld();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const { held, open } = await journalOf(world, policy);
      expect(held).to.include({ attempts: attempt, stuck: true });
      pauses.push(Math.round(hours(world.clock.at, held?.until)));
      expect(open?.turn).to.equal(1);
      expect(world.kv.value(world.paths.pending(policy.id), 'value'), 'the new one is still there').to.be.a('string');
      expect(await runNow(memoryWorld(world), policy, 'resume')).to.include({ outcome: 'stuck' });
    }
    expect(pauses).to.deep.equal([1, 2, 4, 8, 16, 24]);
  });

  it('goes back as soon as the trouble is over', async () => {
    const world = await stuckWorld();
    world.kv.before = () => undefined;
    expect(await runNow(memoryWorld(world), policy, 'resume')).to.include({ outcome: 'undone' });
    await expectWhollyOld(world, policy);
    expect((await journalOf(world, policy)).held).to.not.have.property('stuck');
  });

  it('may be turned forward by a person, who begins to count anew', async () => {
    const world = await stuckWorld();
    world.kv.before = () => undefined;
    refuseNewValue(world);
    expect(await runNow(memoryWorld(world), policy, 'resume', { direction: 'forward' })).to.include({
      outcome: 'undone',
    });
    expect((await journalOf(world, policy)).held?.attempts).to.equal(1);
  });
});
