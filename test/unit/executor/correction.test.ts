import { expect } from 'chai';
import type { Policy } from '../../../src/domain/policy.js';
import type { ResumeOptions } from '../../../src/executor/claim.js';
import { runChanges } from '../../../src/executor/run.js';
import { readJournal } from '../../../src/executor/state.js';
import { changeOf, memoryWorld, policyOf, type TestWorld } from '../../support/memory-world.js';
import { established, expectWhole, OPTIONS } from '../../support/rotation.js';

const KIND = 'litellm-master-key';
const RIGHT = policyOf(KIND);
const WRONG: Policy = { ...RIGHT, verify: { ...RIGHT.verify!, url: 'http://typo/v1/models' } };

/** Another runner in the same world; the address of the wrong check answers 503 for ever. */
function runner(world: TestWorld): TestWorld {
  const fresh = memoryWorld(world);
  const { http } = fresh.ports;
  const send: typeof http.send = (request) =>
    request.url.includes('typo') ? Promise.resolve({ status: 503 }) : http.send(request);
  return { ...fresh, ports: { ...fresh.ports, http: { send } } };
}

async function resume(world: TestWorld, options: ResumeOptions) {
  const { version } = await readJournal(world.ports.kv, world.paths, world.codec, RIGHT.id);
  const [result] = await runChanges(runner(world), [changeOf(WRONG, 'resume', version)], {
    ...OPTIONS,
    resume: options,
  });
  return result;
}

/** A rotation whose check can never say yes or no. */
async function unclear(): Promise<TestWorld> {
  const world = await established(KIND);
  const [result] = await runChanges(runner(world), [changeOf(WRONG, 'rotate')], OPTIONS);
  expect(result?.outcome).to.equal('failed');
  expect((await resume(world, {}))?.outcome, 'the next apply meets the same check').to.equal('failed');
  return world;
}

describe('[U] a check that was wrong when the change was claimed', () => {
  const { steps, undo } = changeOf(RIGHT, 'rotate');
  const looks = [...steps, ...undo];

  it('is taken from the corrected policy when a person recovers, and the rotation ends new', async () => {
    const world = await unclear();
    expect((await resume(world, { looks }))?.outcome).to.equal('rotated');
    expect(await expectWhole(world, RIGHT)).to.equal('new');
  });

  it('lets a person go back to the old value', async () => {
    const world = await unclear();
    expect((await resume(world, { looks, direction: 'back' }))?.outcome).to.equal('undone');
    expect(await expectWhole(world, RIGHT)).to.equal('old');
  });

  it('never replaces a step that has an effect', async () => {
    const world = await unclear();
    const other = looks.map((step) => ({ ...step, params: { ...step.params, path: 'secret/elsewhere' } }));
    await resume(world, { looks: other });
    const { journal } = await readJournal(world.ports.kv, world.paths, world.codec, RIGHT.id);
    expect(world.kv.paths.has('secret/elsewhere')).to.equal(false);
    expect(journal?.open, 'and the rotation ends').to.equal(null);
  });
});
