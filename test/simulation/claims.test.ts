import { expect } from 'chai';
import { removeStrayMarker } from '../../src/executor/claim.js';
import { either, gate, onNth, type PortCall, runnerIn, stallBefore } from '../support/interleaving.js';
import { Killed } from '../support/memory-world.js';
import { applyAgain, established, expectWhollyNew } from '../support/rotation.js';
import { journalOf, killed, KIND, markers, policy, promotes, resume, rotate, unanswered } from './runs.js';

describe('[X] claims and markers', () => {
  const claims = ({ name, path: at }: PortCall): boolean => name === 'write' && at.includes('/journal/');
  const marks = ({ name, path: at }: PortCall): boolean => name === 'deleteMetadata' && at.includes('/open/');

  it('keep the marker of a claim that landed without an answer, whose runner wakes when a successor is at work', async () => {
    const world = await established(KIND);
    const [stall, work] = [gate(), gate()];
    let turns = 0;
    const zombie = rotate(
      runnerIn(world, async (call) => {
        if (!claims(call)) return call.go();
        turns += 1;
        if (turns === 1) {
          await call.go();
          return unanswered();
        }
        if (turns === 2) await stall.pass();
        return call.go();
      }),
    );
    await stall.reached;
    const successor = resume(runnerIn(world, stallBefore(promotes, work)));
    await work.reached;
    const open = await markers(world);
    expect(open).to.have.length(1);
    stall.open();
    expect((await zombie)?.outcome).to.equal('locked');
    expect(await markers(world), "the open change's own").to.deep.equal(open);
    work.open();
    expect((await successor)?.outcome).to.equal('rotated');
    expect(await markers(world)).to.deep.equal([]);
    await expectWhollyNew(world, policy);
  });

  it('let no claim land behind the removal of its marker', async () => {
    const world = await established(KIND);
    const stall = gate();
    const slow = rotate(runnerIn(world, stallBefore(claims, stall)));
    await stall.reached;
    const [rotation = ''] = await markers(world);
    await removeStrayMarker(runnerIn(world), { id: policy.id, rotation }, { kind: KIND, live: policy.vault });
    expect(await markers(world)).to.deep.equal([]);
    stall.open();
    expect((await slow)?.outcome).to.equal('locked');
    expect((await journalOf(world)).journal?.open ?? null, 'nothing is open without a marker').to.equal(null);
    await applyAgain(runnerIn(world), policy);
    await expectWhollyNew(world, policy);
    expect(await markers(world)).to.deep.equal([]);
  });

  it('let no marker be removed behind its claim', async () => {
    const world = await established(KIND);
    const [claiming, sweeping, work] = [gate(), gate(), gate()];
    const runner = runnerIn(
      world,
      either(
        { match: claims, act: stallBefore(claims, claiming) },
        { match: promotes, act: stallBefore(promotes, work) },
      ),
    );
    const rotating = rotate(runner);
    await claiming.reached;
    const [rotation = ''] = await markers(world);
    const sweeper = runnerIn(world, stallBefore(claims, sweeping));
    const sweep = removeStrayMarker(sweeper, { id: policy.id, rotation }, { kind: KIND, live: policy.vault });
    await sweeping.reached;
    claiming.open();
    await work.reached;
    sweeping.open();
    expect(
      await sweep.then(
        () => 'removed',
        () => 'kept',
      ),
    ).to.equal('kept');
    expect(await markers(world)).to.deep.equal([rotation]);
    work.open();
    expect((await rotating)?.outcome).to.equal('rotated');
    await expectWhollyNew(world, policy);
  });

  it('are finished by whoever comes next when the marker alone is left', async () => {
    const world = await established(KIND);
    let dead = false;
    const runner = runnerIn(world, (call) => {
      dead ||= marks(call);
      return dead ? Promise.reject(new Killed('before the marker is removed')) : call.go();
    });
    await killed(rotate(runner));
    const [rotation = ''] = await markers(world);
    await removeStrayMarker(runnerIn(world), { id: policy.id, rotation }, { kind: KIND, live: policy.vault });
    expect(await markers(world)).to.deep.equal([]);
    await expectWhollyNew(world, policy);
  });
});

describe('[X] the lock of a workload', () => {
  it('is given back though a heartbeat of the holder was still on its way', async () => {
    const world = await established(KIND);
    const releases = ({ name, path: at, args }: PortCall): boolean =>
      name === 'write' && at.includes('/lock/') && JSON.stringify(args[1]).includes('\\"lease\\":null');
    const act = onNth(releases, 1, async (call) => {
      const found = await world.kv.read(call.path);
      const lock = found?.fields['lock']?.expose() ?? '';
      await world.kv.write(call.path, { lock: lock.replace('"beat":0', '"beat":1') }, found?.version ?? 0);
      return call.go();
    });
    const result = await rotate(runnerIn(world, act));
    expect(result?.outcome, result?.reason).to.equal('rotated');
    const [lock = ''] = await world.kv.list('keyturn/test/lock');
    expect(JSON.parse(world.kv.value(`keyturn/test/lock/${lock}`, 'lock') ?? '{}')).to.include({ lease: null });
  });
});
