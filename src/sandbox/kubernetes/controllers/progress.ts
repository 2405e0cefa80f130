import { instantOf } from '../../../domain/time.js';
import { DEPLOYMENTS } from '../resources.js';
import { at, listAt, same, textAt, treeAt, type Tree } from '../value.js';
import type { ControllerContext } from './context.js';
import { generationOf, nameOf, numberAt } from './objects.js';
import { all, margins, replicasOf, totalReplicas, totalStatus, type Sets } from './rollout.js';

type Verdict = 'True' | 'False' | 'Unknown';

/** From here the API leaves a deadline out of account (math.MaxInt32). */
const NO_DEADLINE = 2_147_483_647;

export const conditionOf = (object: Tree, type: string): Tree | undefined =>
  treeAt(listAt(object, 'status', 'conditions').find((one) => textAt(one, 'type') === type));

export function hasDeadline(deployment: Tree): boolean {
  const deadline = at(deployment, 'spec', 'progressDeadlineSeconds');
  return deadline !== undefined && deadline !== NO_DEADLINE;
}

export function condition(stamp: string, type: string, status: Verdict, reason: string, message: string): Tree {
  return { type, status, lastUpdateTime: stamp, lastTransitionTime: stamp, reason, message };
}

/** One condition set among others: the same status and reason leave it as it was, the same status keeps its transition time. */
export function withCondition(conditions: readonly Tree[], wanted: Tree, refresh = false): Tree[] {
  const old = conditions.find((one) => one['type'] === wanted['type']);
  if (old !== undefined && !refresh && old['status'] === wanted['status'] && old['reason'] === wanted['reason']) {
    return [...conditions];
  }
  const since = old !== undefined && old['status'] === wanted['status'] ? old['lastTransitionTime'] : undefined;
  const set = since === undefined ? wanted : { ...wanted, lastTransitionTime: since };
  return [...conditions.filter((one) => one !== old), set];
}

const conditionsOf = (deployment: Tree): Tree[] => listAt(deployment, 'status', 'conditions') as Tree[];

/** Counts and the condition Available; Progressing as it was. */
function counted(context: ControllerContext, deployment: Tree, sets: Sets): Tree {
  const every = all(sets);
  const available = totalStatus(every, 'availableReplicas');
  const next = sets.next === undefined ? [] : [sets.next];
  const enough = available >= replicasOf(deployment) - margins(deployment).unavailable;
  const word = enough ? 'has' : 'does not have';
  const minimum = condition(
    context.stamp(),
    'Available',
    enough ? 'True' : 'False',
    enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    `Deployment ${word} minimum availability.`,
  );
  const counts = {
    replicas: totalStatus(every, 'replicas'),
    updatedReplicas: totalStatus(next, 'replicas'),
    readyReplicas: totalStatus(every, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, totalReplicas(every) - available),
  };
  return {
    observedGeneration: generationOf(deployment),
    // The API leaves these out where they are 0.
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    terminatingReplicas: totalStatus(every, 'terminatingReplicas'),
    conditions: withCondition(conditionsOf(deployment), minimum),
  };
}

export function isComplete(deployment: Tree, status: Tree | undefined): boolean {
  const wanted = replicasOf(deployment);
  const reached = ['updatedReplicas', 'replicas', 'availableReplicas'].every(
    (field) => numberAt(status, field) === wanted,
  );
  return reached && numberAt(status, 'observedGeneration') >= generationOf(deployment);
}

function hasProgressed(deployment: Tree, status: Tree): boolean {
  const old = treeAt(deployment, 'status');
  const grown = (field: string): boolean => numberAt(status, field) > numberAt(old, field);
  const left = (one: Tree | undefined): number => numberAt(one, 'replicas') - numberAt(one, 'updatedReplicas');
  return ['updatedReplicas', 'readyReplicas', 'availableReplicas'].some(grown) || left(status) < left(old);
}

/** Milliseconds until the deadline of the last progress; undefined where no progress is waited for. */
function timeLeft(context: ControllerContext, deployment: Tree): number | undefined {
  const current = conditionOf(deployment, 'Progressing');
  if (!hasDeadline(deployment) || current === undefined || current['reason'] === 'NewReplicaSetAvailable')
    return undefined;
  const since = instantOf(textAt(current, 'lastUpdateTime') ?? '') ?? context.now();
  return since + numberAt(deployment, 'spec', 'progressDeadlineSeconds') * 1000 - context.now();
}

/** The condition Progressing after this look; undefined: as it was. */
function progressing(context: ControllerContext, deployment: Tree, sets: Sets, status: Tree): Tree | undefined {
  const current = conditionOf(deployment, 'Progressing');
  const settled = numberAt(status, 'replicas') === numberAt(status, 'updatedReplicas');
  if (!hasDeadline(deployment) || (settled && current?.['reason'] === 'NewReplicaSetAvailable')) return undefined;
  const subject = sets.next === undefined ? `Deployment "${nameOf(deployment)}"` : `ReplicaSet "${nameOf(sets.next)}"`;
  const say = (verdict: Verdict, reason: string, words: string): Tree =>
    condition(context.stamp(), 'Progressing', verdict, reason, `${subject} ${words}.`);
  if (isComplete(deployment, status)) return say('True', 'NewReplicaSetAvailable', 'has successfully progressed');
  if (hasProgressed(deployment, status)) return say('True', 'ReplicaSetUpdated', 'is progressing');
  const left = timeLeft(context, deployment);
  return left !== undefined && left < 0
    ? say('False', 'ProgressDeadlineExceeded', 'has timed out progressing')
    : undefined;
}

function write(context: ControllerContext, deployment: Tree, status: Tree): boolean {
  if (same(treeAt(deployment, 'status') ?? {}, status)) return false;
  context.setStatus(DEPLOYMENTS, deployment, status);
  return true;
}

/** Status without a word on progress: while paused, scaled or deleted. */
export function syncCounts(context: ControllerContext, deployment: Tree, sets: Sets): void {
  write(context, deployment, counted(context, deployment, sets));
}

/** Status during and after a rollout; looks again at the progress deadline. */
export function syncProgress(context: ControllerContext, deployment: Tree, sets: Sets): void {
  const status = counted(context, deployment, sets);
  const conditions = status['conditions'] as Tree[];
  const wanted = progressing(context, deployment, sets, status);
  const others = conditions.filter((one) => one['type'] !== 'Progressing');
  if (!hasDeadline(deployment)) status['conditions'] = others;
  // The time of the last progress counts, so the condition is renewed with the same reason too.
  else if (wanted !== undefined)
    status['conditions'] = withCondition(conditions, wanted, wanted['reason'] === 'ReplicaSetUpdated');
  if (write(context, deployment, status) || isComplete(deployment, status)) return;
  const left = timeLeft(context, deployment);
  const timedOut = conditionOf(deployment, 'Progressing')?.['reason'] === 'ProgressDeadlineExceeded';
  // Condition times are cut to seconds, so the real controller adds one before it looks again.
  if (left !== undefined && !timedOut) context.again(DEPLOYMENTS, deployment, left + 1000);
}
