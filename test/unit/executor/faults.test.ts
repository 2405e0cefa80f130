import { expect } from 'chai';
import type { FaultDetails } from '../../../src/domain/fault.js';
import { runChanges } from '../../../src/executor/run.js';
import { readJournal } from '../../../src/executor/state.js';
import { fault } from '../../support/memory-kv.js';
import { changeOf, memoryWorld, policyOf } from '../../support/memory-world.js';
import { applyAgain, established, expectWhole, OPTIONS } from '../../support/rotation.js';

/** What one call may do wrong, and whether it takes effect all the same. */
const FAULTS: readonly {
  readonly name: string;
  readonly applied: boolean;
  readonly details: Partial<FaultDetails> & { kind: FaultDetails['kind'] };
}[] = [
  { name: 'is refused for good', applied: false, details: { kind: 'denied' } },
  { name: 'passes off, without effect', applied: false, details: { kind: 'unavailable', retriable: true } },
  {
    name: 'gets no answer, without effect',
    applied: false,
    details: { kind: 'timeout', retriable: true, effect: 'unknown' },
  },
  {
    name: 'gets no answer, with effect',
    applied: true,
    details: { kind: 'timeout', retriable: true, effect: 'unknown' },
  },
  {
    name: 'gets garbage, with effect',
    applied: true,
    details: { kind: 'malformed', retriable: false, effect: 'unknown' },
  },
];

for (const kind of ['kv-random', 'litellm-master-key']) {
  const policy = policyOf(kind);

  describe(`[X] ${kind}: one faulty call`, () => {
    for (const { name, applied, details } of FAULTS) {
      it(`ends wholly old or wholly new when any call ${name}`, async () => {
        const whole = await established(kind);
        await runChanges(whole, [changeOf(policy, 'rotate')], OPTIONS);
        const ends = { old: 0, new: 0 };
        for (let n = 1; n <= whole.kv.calls.length; n += 1) {
          const world = await established(kind);
          const fail = (at: number): void => {
            if (at === n) throw fault(details.kind, `call ${n}`, details);
          };
          world.kv.before = applied ? () => undefined : fail;
          world.kv.after = applied ? fail : () => undefined;
          await runChanges(world, [changeOf(policy, 'rotate')], OPTIONS);
          for (let again = 0; again < 3; again += 1) await applyAgain(memoryWorld(world), policy);
          ends[await expectWhole(world, policy)] += 1;
        }
        expect(ends.new, 'some end new').to.be.greaterThan(0);
        expect(ends.old + ends.new).to.equal(whole.kv.calls.length);
      });
    }

    it('goes back from a fault that stays, and finishes the way back when a second one passes', async () => {
      const world = await established(kind);
      world.kv.before = (_n, call) => {
        if (call === 'annotateTemplate') throw fault('denied', 'no');
      };
      const [result] = await runChanges(world, [changeOf(policy, 'rotate')], OPTIONS);
      expect(result?.outcome).to.equal('stuck');
      const { journal } = await readJournal(world.kv, world.paths, world.codec, policy.id);
      expect(journal?.held).to.include({ stuck: true, attempts: 1 });
      expect(journal?.lease).to.equal(null);
      world.kv.before = () => undefined;
      await applyAgain(memoryWorld(world), policy);
      expect(await expectWhole(world, policy)).to.equal('old');
    });
  });
}
