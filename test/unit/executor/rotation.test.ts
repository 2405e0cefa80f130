import { expect } from 'chai';
import { runChanges } from '../../../src/executor/run.js';
import { readJournal } from '../../../src/executor/state.js';
import { changeOf, Killed, memoryWorld, policyOf } from '../../support/memory-world.js';
import { applyAgain, established, expectWhollyNew, OPTIONS } from '../../support/rotation.js';

for (const kind of ['kv-random', 'litellm-master-key']) {
  describe(`[X] ${kind}: one rotation`, () => {
    const policy = policyOf(kind);

    it('goes through and leaves nothing behind', async () => {
      const world = await established(kind);
      const [result] = await runChanges(world, [changeOf(policy, 'rotate')], OPTIONS);
      expect(result?.outcome, result?.reason).to.equal('rotated');
      expect(result?.gap).to.be.a('number');
      await expectWhollyNew(world, policy);
      expect(await world.kv.list(world.paths.markersOf(policy.id))).to.deep.equal([]);
    });

    for (const side of ['before', 'after'] as const) {
      it(`is wholly new after a kill ${side} any call and one more apply`, async () => {
        const whole = await established(kind);
        await runChanges(whole, [changeOf(policy, 'rotate')], OPTIONS);
        const calls = whole.kv.calls.length;
        expect(calls).to.be.greaterThan(20);
        for (let n = 1; n <= calls; n += 1) {
          const world = await established(kind);
          let dead = false;
          const die = (): never => {
            dead = true;
            throw new Killed(`${side} call ${n}`);
          };
          // A killed process makes no further call, whatever its own code would like to do on the way out.
          world.kv.before = (at) => void ((dead || (side === 'before' && at === n)) && die());
          world.kv.after = (at) => void (side === 'after' && at === n && die());
          await runChanges(world, [changeOf(policy, 'rotate')], OPTIONS).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
          expect(dead, `killed ${side} call ${n}`).to.equal(true);
          world.kv.before = () => undefined;
          world.kv.after = () => undefined;
          const again = memoryWorld(world);
          await applyAgain(again, policy);
          await expectWhollyNew(again, policy);
        }
      });
    }

    it('turns back when the new value is refused, and is held', async () => {
      const world = await established(kind);
      world.cluster.start = () => {
        world.cluster.podAnnotations = { ...world.cluster.annotations };
      };
      const [result] = await runChanges(world, [changeOf(policy, 'rotate')], OPTIONS);
      expect(result?.outcome, result?.reason).to.equal('undone');
      expect(world.kv.value(policy.vault.path, 'key')).to.equal('old value');
      expect(world.cluster.secret?.value?.expose()).to.equal('old value');
      const { journal } = await readJournal(world.kv, world.paths, world.codec, policy.id);
      expect(journal?.held?.attempts).to.equal(1);
      expect(journal?.current).to.deep.include({ rotation: '-', birth: '2026-01-01T00:00:00.000Z', kvVersion: 3 });
    });
  });
}
