import { expect } from 'chai';
import type { ChangeResult } from '../../src/domain/events.js';
import type { Journal } from '../../src/domain/journal.js';
import type { ResumeOptions } from '../../src/executor/claim.js';
import { runChanges } from '../../src/executor/run.js';
import { readJournal } from '../../src/executor/state.js';
import type { PortCall } from '../support/interleaving.js';
import { fault } from '../support/memory-kv.js';
import { changeOf, Killed, policyOf, type TestWorld } from '../support/memory-world.js';
import { OPTIONS } from '../support/rotation.js';

export const KIND = 'litellm-master-key';
export const policy = policyOf(KIND);
export const { path } = policy.vault;

export const promotes = ({ name, path: at }: PortCall): boolean => name === 'patch' && at === path;
export const publishes = ({ name }: PortCall): boolean => name === 'patchSecret';
export const restarts = ({ name }: PortCall): boolean => name === 'annotateTemplate';
export const refused = (): Promise<never> => Promise.reject(fault('invalid', 'no'));
export const denied = (): Promise<never> => Promise.reject(fault('denied', 'no'));
export const unanswered = (): Promise<never> =>
  Promise.reject(fault('timeout', 'no answer', { retriable: true, effect: 'unknown' }));

export async function journalOf(
  world: TestWorld,
): Promise<{ readonly journal: Journal | null; readonly version: number }> {
  return readJournal(world.kv, world.paths, world.codec, policy.id);
}

/** Rotates afresh. */
export async function rotate(runner: TestWorld): Promise<ChangeResult | undefined> {
  const { version } = await journalOf(runner);
  return (await runChanges(runner, [changeOf(policy, 'rotate', version)], OPTIONS))[0];
}

/** Takes the open change up. */
export async function resume(runner: TestWorld, direction?: 'forward' | 'back'): Promise<ChangeResult | undefined> {
  const { journal, version } = await journalOf(runner);
  const steps = journal?.open?.change.steps ?? [];
  const options: ResumeOptions = direction === undefined ? {} : { direction };
  return (
    await runChanges(runner, [{ ...changeOf(policy, 'resume', version), steps }], { ...OPTIONS, resume: options })
  )[0];
}

export const markers = (world: TestWorld): Promise<readonly string[]> =>
  world.kv.list(world.paths.markersOf(policy.id));

export async function killed(work: Promise<unknown>): Promise<void> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(Killed);
}
