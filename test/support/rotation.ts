import { expect } from 'chai';
import { Material } from '../../src/domain/material.js';
import type { ResumeOptions } from '../../src/executor/claim.js';
import { runChanges } from '../../src/executor/run.js';
import { readHistory, readJournal } from '../../src/executor/state.js';
import { changeOf, memoryWorld, type policyOf, type TestWorld } from './memory-world.js';

export const OPTIONS = { resume: {}, mayStart: () => undefined } as const;

/** A world in which the old value is live, published and in use, as before a rotation. */
export async function established(kind: string): Promise<TestWorld> {
  const world = memoryWorld();
  await world.kv.write(`secret/test/${kind}`, { key: 'old value', sibling: 'kept' }, 0);
  await world.cluster.createSecret({ namespace: 'ns', name: 'copy', key: 'key' }, new Material('old value'), {});
  world.cluster.start();
  world.kv.calls.length = 0;
  return world;
}

/** One apply as scheduled pipelines do it: finishes what is open, or rotates what never was; `resume` as a person says it. */
export async function applyAgain(
  world: TestWorld,
  policy: ReturnType<typeof policyOf>,
  resume: ResumeOptions = {},
): Promise<void> {
  const { version, journal } = await readJournal(world.ports.kv, world.paths, world.codec, policy.id);
  if (journal === null || journal.open === null) {
    if (journal === null || journal.current === null)
      await runChanges(world, [changeOf(policy, 'rotate', version)], OPTIONS);
    return;
  }
  const change = { ...changeOf(policy, 'resume', version), steps: journal.open.change.steps };
  await runChanges(world, [change], { ...OPTIONS, resume });
}

export async function expectWhollyNew(world: TestWorld, policy: ReturnType<typeof policyOf>): Promise<void> {
  const { path, field } = policy.vault;
  const { journal } = await readJournal(world.kv, world.paths, world.codec, policy.id);
  const value = world.kv.value(path, field);
  expect(value, 'a new value is live').to.not.equal('old value');
  expect(world.kv.value(path, 'sibling'), 'the sibling is untouched').to.equal('kept');
  expect(world.cluster.secret?.value?.expose(), 'the copy holds it').to.equal(value);
  expect(world.cluster.accepts, 'the consumer accepts it').to.equal(value);
  expect(journal?.open, 'nothing open').to.equal(null);
  expect(journal?.lease, 'nothing held').to.equal(null);
  expect(journal?.current?.kvVersion).to.equal(2);
  const pending = world.kv.paths.get(world.paths.pending(policy.id));
  expect(
    [...(pending?.versions.values() ?? [])].every((version) => version.destroyed),
    'pending destroyed',
  ).to.equal(true);
  const history = await readHistory(world.kv, world.paths, world.codec, policy.id);
  expect(history.map((entry) => entry.outcome)).to.deep.equal(['rotated']);
}

/** Nothing of the attempt is left: the old value everywhere, nothing open. */
export async function expectWhollyOld(world: TestWorld, policy: ReturnType<typeof policyOf>): Promise<void> {
  const { path, field } = policy.vault;
  const { journal } = await readJournal(world.kv, world.paths, world.codec, policy.id);
  expect(world.kv.value(path, field), 'the old value is live').to.equal('old value');
  expect(world.kv.value(path, 'sibling'), 'the sibling is untouched').to.equal('kept');
  expect(world.cluster.secret?.value?.expose(), 'the copy holds it').to.equal('old value');
  expect(world.cluster.accepts, 'the consumer accepts it').to.equal('old value');
  expect(journal?.open ?? null, 'nothing open').to.equal(null);
  expect(journal?.lease ?? null, 'nothing held').to.equal(null);
}

/** Wholly old or wholly new, and which. */
export async function expectWhole(world: TestWorld, policy: ReturnType<typeof policyOf>): Promise<'old' | 'new'> {
  const { path, field } = policy.vault;
  if (world.kv.value(path, field) === 'old value') {
    await expectWhollyOld(world, policy);
    return 'old';
  }
  const { journal } = await readJournal(world.kv, world.paths, world.codec, policy.id);
  expect(journal?.open, 'nothing open').to.equal(null);
  expect(world.cluster.accepts, 'the consumer accepts the live value').to.equal(world.kv.value(path, field));
  expect(world.cluster.secret?.value?.expose(), 'the copy holds it').to.equal(world.kv.value(path, field));
  return 'new';
}
