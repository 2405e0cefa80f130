import { isFault } from '../../domain/fault.js';
import { workloadKey } from '../../domain/observation.js';
import type { Rollout } from '../../domain/ports.js';
import type { Right, StepContext, StepHandler, StepResult } from '../../domain/rotator.js';
import { lastDone, numberIn, stringIn } from './records.js';
import { annotationName, workloadOf } from './values.js';

/**
 * Waits until every pod of the workload, terminating ones included, was started from the very template that the restart made and is
 * ready. Looks only; a time-out is declared by a look that began after it.
 */
export const waitHandler: StepHandler = {
  effect: false,
  rights: (): readonly Right[] => [],
  prepare: () => Promise.resolve({}),
  perform,
  probe: () => Promise.resolve({ state: 'absent' }),
};

async function perform(context: StepContext): Promise<StepResult> {
  const restart = lastDone(context.open, stringIn(context.step.params, 'restart'));
  if (restart?.receipt === undefined)
    return { result: 'refused', reason: 'the restart that it waits for is not in the journal' };
  const value = stringIn(restart.receipt, 'value');
  const generation = numberIn(restart.receipt, 'generation');
  const timeout = numberIn(context.step.params, 'timeout');
  const { clock } = context.ports;
  const started = clock.monotonic();
  for (;;) {
    const late = clock.monotonic() - started > timeout;
    const look = await lookOnce(context, value, generation);
    if (look.state === 'converged') return { result: 'done', receipt: { pods: look.pods } };
    if (look.state === 'gaveUp') return { result: 'refused', reason: look.text };
    if (late)
      return {
        result: look.state === 'unseen' ? 'inconclusive' : 'refused',
        reason: `not converged in time: ${look.text}`,
      };
    context.progress(look.text);
    await clock.sleep(context.pollEvery);
  }
}

type Look =
  | { readonly state: 'converged'; readonly pods: number }
  | { readonly state: 'gaveUp'; readonly text: string }
  | { readonly state: 'rolling'; readonly text: string }
  | { readonly state: 'unseen'; readonly text: string };

async function lookOnce(context: StepContext, value: string, generation: number): Promise<Look> {
  try {
    const rollout = await (await context.ports.kubernetes()).rollout(workloadOf(context));
    if (rollout === null)
      return { state: 'gaveUp', text: `${workloadKey(workloadOf(context))} does not exist any more` };
    return judge(rollout, annotationName(context.idHash), value, generation);
  } catch (error) {
    if (isFault(error) && error.details.retriable) return { state: 'unseen', text: error.message };
    throw error;
  }
}

/** Pure: how far the rollout to one template value is. */
export function judge(rollout: Rollout, annotation: string, value: string, generation: number): Look {
  if (rollout.observedGeneration < generation)
    return { state: 'rolling', text: 'the controller has not seen the new template yet' };
  if (rollout.deadlineExceeded !== undefined)
    return { state: 'gaveUp', text: `the rollout gave up: ${rollout.deadlineExceeded}` };
  const fresh = rollout.pods.filter((pod) => pod.annotations[annotation] === value && !pod.terminating);
  const ready = fresh.filter((pod) => pod.ready);
  const other = rollout.pods.length - fresh.length;
  if (ready.length >= rollout.replicas && other === 0 && fresh.length === ready.length)
    return { state: 'converged', pods: ready.length };
  const trouble = fresh.find((pod) => pod.trouble !== undefined)?.trouble;
  const text = `${ready.length} of ${rollout.replicas} pods ready with the new value, ${other} older still there`;
  return { state: 'rolling', text: trouble === undefined ? text : `${text}; ${trouble}` };
}
