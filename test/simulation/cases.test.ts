import { expect } from 'chai';
import { either, gate, onNth, type PortCall, runnerIn, stallBefore } from '../support/interleaving.js';
import { fault } from '../support/memory-kv.js';
import { Killed } from '../support/memory-world.js';
import { established, expectWhole, expectWhollyNew, expectWhollyOld } from '../support/rotation.js';
import {
  denied,
  killed,
  KIND,
  path,
  policy,
  promotes,
  publishes,
  refused,
  restarts,
  resume,
  rotate,
  unanswered,
} from './runs.js';

/*
 * Interleavings of runners, each of which lost a credential or told a lie in some broken variant of the saga. Two cases need an object
 * at a provider, which no kind has yet that makes one: a create that lands when a successor has settled, and an undo that stands still
 * before it deletes the new key.
 */

describe('[X] a runner that stands still before an effect', () => {
  it('does not promote any more once its successor went back', async () => {
    const world = await established(KIND);
    const stall = gate();
    const zombie = rotate(runnerIn(world, stallBefore(promotes, stall)));
    await stall.reached;
    // A sibling's write makes the successor start its promote anew; that one fails for good, and so it goes back.
    await world.kv.patch(path, { sibling: 'kept' }, 1);
    const successor = await resume(runnerIn(world, onNth(promotes, 2, refused)));
    expect(successor?.outcome, successor?.reason).to.equal('undone');
    await expectWhollyOld(world, policy);
    stall.open();
    expect((await zombie)?.outcome).to.equal('locked');
    await expectWhollyOld(world, policy);
  });

  it('harms nobody when its promote lands after its successor could not even look', async () => {
    const world = await established(KIND);
    const stall = gate();
    const zombie = rotate(runnerIn(world, stallBefore(promotes, stall)));
    await stall.reached;
    const down = { match: promotes, act: () => Promise.reject(fault('unavailable', '503', { retriable: true })) };
    const successor = await resume(runnerIn(world, either(down)));
    expect(successor?.outcome, successor?.reason).to.equal('failed');
    stall.open();
    expect((await zombie)?.outcome).to.equal('locked');
    await resume(runnerIn(world));
    await expectWhollyNew(world, policy);
  });

  it('does not publish any more once its successor went back', async () => {
    const world = await established(KIND);
    const stall = gate();
    const zombie = rotate(runnerIn(world, stallBefore(publishes, stall)));
    await stall.reached;
    const successor = await resume(runnerIn(world, onNth(publishes, 1, denied)));
    expect(successor?.outcome, successor?.reason).to.equal('undone');
    await expectWhollyOld(world, policy);
    stall.open();
    expect((await zombie)?.outcome).to.equal('locked');
    await expectWhollyOld(world, policy);
  });

  it('does not publish any more once a person turned its successor back', async () => {
    const world = await established(KIND);
    const stall = gate();
    const zombie = rotate(runnerIn(world, stallBefore(publishes, stall)));
    await stall.reached;
    const successor = await resume(runnerIn(world), 'back');
    expect(successor?.outcome, successor?.reason).to.equal('undone');
    await expectWhollyOld(world, policy);
    stall.open();
    expect((await zombie)?.outcome).to.equal('locked');
    await expectWhollyOld(world, policy);
  });

  it('does not publish in the midst of the way back', async () => {
    const world = await established(KIND);
    const stall = gate();
    const zombie = rotate(runnerIn(world, stallBefore(publishes, stall)));
    await stall.reached;
    // The successor's own publish fails; the late one lands between the look and the write of its unpublish.
    const late = async (call: PortCall): Promise<unknown> => {
      stall.open();
      await zombie;
      return call.go();
    };
    let turns = 0;
    const inTurn = (call: PortCall): Promise<unknown> => {
      turns += 1;
      return turns === 1 ? denied() : turns === 2 ? late(call) : call.go();
    };
    const successor = await resume(runnerIn(world, either({ match: publishes, act: inTurn })));
    expect(successor?.outcome, successor?.reason).to.equal('undone');
    expect(turns, 'the write of unpublish met the late one and was made again').to.equal(3);
    await expectWhollyOld(world, policy);
  });

  it('does not restart any more once its successor went back', async () => {
    const world = await established(KIND);
    const stall = gate();
    const zombie = rotate(runnerIn(world, stallBefore(restarts, stall)));
    await stall.reached;
    const successor = await resume(runnerIn(world, onNth(restarts, 1, denied)));
    expect(successor?.outcome, successor?.reason).to.equal('undone');
    const { annotations } = world.cluster;
    stall.open();
    expect((await zombie)?.outcome).to.equal('locked');
    expect(world.cluster.annotations, 'the pods keep the template of the way back').to.deep.equal(annotations);
    await expectWhollyOld(world, policy);
  });
});

describe('[X] one write that lands late', () => {
  it('is its own error behind it: the way back survives a publish that lands during unpublish', async () => {
    const world = await established(KIND);
    let late: PortCall | undefined;
    let turns = 0;
    const act = async (call: PortCall): Promise<unknown> => {
      if (!publishes(call)) return call.go();
      turns += 1;
      if (turns === 1) {
        late = call;
        return unanswered();
      }
      if (turns === 2) return denied();
      if (turns === 3) await late?.go();
      return call.go();
    };
    const result = await rotate(runnerIn(world, act));
    expect(result?.outcome, result?.reason).to.equal('undone');
    expect(turns).to.equal(4);
    await expectWhollyOld(world, policy);
  });

  it('cannot promote a second time', async () => {
    const world = await established(KIND);
    let late: PortCall | undefined;
    const act = onNth(promotes, 1, (call) => {
      late = call;
      return unanswered();
    });
    const result = await rotate(runnerIn(world, act));
    expect(result?.outcome, result?.reason).to.equal('rotated');
    expect(
      await late?.go().then(
        () => 'landed',
        () => 'refused',
      ),
    ).to.equal('refused');
    await expectWhollyNew(world, policy);
  });
});

describe('[X] the way back', () => {
  it('restarts pods that restarted by themselves behind publish, though no restart was ever intended', async () => {
    const world = await established(KIND);
    let dead = false;
    const act = async (call: PortCall): Promise<unknown> => {
      if (dead) throw new Killed('a killed process makes no call');
      const answer = await call.go();
      dead = publishes(call);
      if (dead) throw new Killed('behind publish');
      return answer;
    };
    await killed(rotate(runnerIn(world, act)));
    // The container crashed and came up with what the Secret holds by now.
    world.cluster.accepts = world.cluster.secret?.value?.expose();
    const result = await resume(runnerIn(world), 'back');
    expect(result?.outcome, result?.reason).to.equal('undone');
    await expectWhollyOld(world, policy);
  });

  it('can be turned forward by a person after a kill behind unpublish', async () => {
    const world = await established(KIND);
    let dead = false;
    const first = onNth(restarts, 1, denied);
    const second = onNth(publishes, 2, async (call) => {
      await call.go();
      dead = true;
      throw new Killed('behind unpublish');
    });
    const act = (call: PortCall): Promise<unknown> => {
      if (dead) return Promise.reject(new Killed('a killed process makes no call'));
      return publishes(call) ? second(call) : first(call);
    };
    await killed(rotate(runnerIn(world, act)));
    const result = await resume(runnerIn(world), 'forward');
    expect(result?.outcome, result?.reason).to.equal('rotated');
    expect(await expectWhole(world, policy)).to.equal('new');
    expect(world.cluster.podAnnotations).to.deep.equal(world.cluster.annotations);
  });
});

describe('[X] a runner that sleeps in a wait', () => {
  const HOUR = 3_600_000;

  it('looks once more before it judges that the time is over', async () => {
    const world = await established(KIND);
    world.cluster.slow = 1;
    const act = onNth(
      ({ name }) => name === 'rollout',
      1,
      async (call) => {
        const seen = await call.go();
        world.clock.at += HOUR;
        return seen;
      },
    );
    const result = await rotate(runnerIn(world, act));
    expect(result?.outcome, result?.reason).to.equal('rotated');
    await expectWhollyNew(world, policy);
  });
});
