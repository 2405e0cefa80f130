import { expect } from 'chai';
import { scenarioOf, SILENT } from '../support/chaos/injections.js';
import { play, shrunk, told } from '../support/chaos/run.js';
import { figure } from '../support/figures.js';
import { lengthOf, SEED } from '../support/length.js';

/** A scenario is one rotation; where somebody asks for one by its number, it alone is played. */
const ASKED = process.env['KEYTURN_SCENARIO'];
const FIRST = ASKED === undefined ? SEED * 1_000 : Number(ASKED);
const COUNT = ASKED === undefined ? lengthOf(10_000, 1_000_000) : 1;

async function expectHeld(first: number, count: number): Promise<void> {
  const silent = { count: 0 };
  for (let seed = first; seed < first + count; seed += 1) {
    const scenario = scenarioOf(seed);
    if (scenario.person === undefined && scenario.injections.every(({ mishap }) => SILENT.has(mishap)))
      silent.count += 1;
    const violation = await play(scenario);
    if (violation !== undefined) expect.fail(told(await shrunk(violation)));
  }
  if (count > 1)
    figure(`${count} rotations from scenario ${first} on, ${silent.count} of them with kills and stalls alone`);
}

describe('[X] runners that interleave as a seed has it, with mishaps', () => {
  it('keep every promise at every moment, in a few hundred rotations', () =>
    expectHeld(FIRST, Math.min(COUNT, 400))).timeout(60_000);

  it('keep every promise at every moment', () => expectHeld(FIRST, COUNT)).timeout(lengthOf(300_000, 86_400_000));
});
