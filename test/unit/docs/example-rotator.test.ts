import { expect } from 'chai';
import { runChanges } from '../../../src/executor/run.js';
import { changeOf, type TestWorld, policyOf, sha256 } from '../../support/memory-world.js';
import { established, expectWhollyNew, OPTIONS } from '../../support/rotation.js';
import { numericCode } from './example-rotator/rotator.js';
import { blocksOf, pageAt } from './pages.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../support/real/components.js';

const rotator = numericCode(sha256);
const policy = policyOf('numeric-code');

/** The memory world with one kind more. */
async function worldWithIt(): Promise<TestWorld> {
  const world = await established('numeric-code');
  return { ...world, rotators: new Map([...world.rotators, [rotator.kind, rotator]]) };
}

function change(): ReturnType<typeof changeOf> {
  const base = changeOf({ ...policy, kind: 'kv-random' }, 'rotate');
  const observed = {
    state: 'observed',
    present: true,
    version: 1,
    driftedConsumers: [],
    missingConsumers: [],
  } as const;
  return { ...base, kind: policy.kind, ...rotator.decide(policy, observed, 'rotate', []) };
}

describe('[U] the example of docs/writing-a-rotator.md', () => {
  for (const name of ['spec', 'limits', 'observe', 'decide', 'steps', 'rotator']) {
    it(`is shown as it is: ${name}.ts`, () => {
      const path = join(projectRoot, 'test', 'unit', 'docs', 'example-rotator', `${name}.ts`);
      const shown = blocksOf(pageAt('docs/writing-a-rotator.md')).map(({ text }) => text);
      expect(shown).to.include(readFileSync(path, 'utf8').trimEnd());
    });
  }

  it('rotates', async () => {
    const world = await worldWithIt();
    const [result] = await runChanges(world, [change()], OPTIONS);
    expect(result?.outcome, result?.reason).to.equal('rotated');
    await expectWhollyNew(world, policy);
    expect(world.kv.value(policy.vault.path, 'key')).to.match(/^[0-9]{24}$/);
  });

  it('refuses a policy without consumers', () => {
    expect(rotator.limits(policy)).to.deep.equal([]);
    expect(rotator.limits({ ...policy, consumers: [] })).to.have.length(1);
  });
});
