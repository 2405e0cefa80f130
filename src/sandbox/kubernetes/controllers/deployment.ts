import { DEPLOYMENTS, REPLICASETS } from '../resources.js';
import { at, ensureTree, listAt, textAt, treeAt, type Tree } from '../value.js';
import type { ControllerContext } from './context.js';
import { generationOf, hasEnded, isTerminating, numberAt } from './objects.js';
import {
  condition,
  conditionOf,
  hasDeadline,
  isComplete,
  syncCounts,
  syncProgress,
  withCondition,
} from './progress.js';
import { adoptRevision, createNext, revisionOf, setsOf, sizeAnnotations } from './revision.js';
import { isScalingEvent, nextReplicas, replicasOf, scaleSets, shrinkOld, totalStatus, type Sets } from './rollout.js';

/** Sets sizes; answers whether any ReplicaSet changed its size. */
function resize(context: ControllerContext, deployment: Tree, sizes: ReadonlyMap<Tree, number>): boolean {
  let changed = false;
  for (const [set, size] of sizes) {
    changed ||= replicasOf(set) !== size;
    context.update(REPLICASETS, set, (draft) => {
      ensureTree(draft, 'spec')['replicas'] = size;
      context.annotate(draft, sizeAnnotations(deployment));
    });
  }
  return changed;
}

const onlyChanges = (sizes: ReadonlyMap<Tree, number>): ReadonlyMap<Tree, number> =>
  new Map([...sizes].filter(([set, size]) => replicasOf(set) !== size));

/** Deletes the oldest ReplicaSets without pods above revisionHistoryLimit. */
function cleanUp(context: ControllerContext, deployment: Tree, sets: Sets): void {
  const surplus = sets.old.length - numberAt(deployment, 'spec', 'revisionHistoryLimit');
  const oldest = [...sets.old].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, surplus));
  for (const set of oldest) {
    const observed = numberAt(set, 'status', 'observedGeneration') >= generationOf(set);
    if (replicasOf(set) === 0 && numberAt(set, 'status', 'replicas') === 0 && observed)
      context.delete(REPLICASETS, set);
  }
}

/** Says in the condition Progressing that the Deployment was paused or resumed, so that the pause is not taken for a stall. */
function notePause(context: ControllerContext, deployment: Tree): Tree {
  const reason = conditionOf(deployment, 'Progressing')?.['reason'];
  const paused = at(deployment, 'spec', 'paused') === true;
  if (!hasDeadline(deployment) || reason === 'ProgressDeadlineExceeded' || paused === (reason === 'DeploymentPaused')) {
    return deployment;
  }
  const word = paused ? 'Paused' : 'Resumed';
  const words = `Deployment is ${word.toLowerCase()}`;
  const note = condition(context.stamp(), 'Progressing', 'Unknown', `Deployment${word}`, words);
  return context.updateStatus(DEPLOYMENTS, deployment, (draft) => {
    const status = ensureTree(draft, 'status');
    status['conditions'] = withCondition(listAt(status, 'conditions') as Tree[], note);
  });
}

function rolling(context: ControllerContext, deployment: Tree, found: Sets): void {
  const current = found.next === undefined ? createNext(context, deployment, found) : deployment;
  const sets = setsOf(context, current);
  const grown = sets.next === undefined ? new Map() : new Map([[sets.next, nextReplicas(current, sets)]]);
  const resized =
    resize(context, current, onlyChanges(grown)) || resize(context, current, onlyChanges(shrinkOld(current, sets)));
  if (!resized && isComplete(current, treeAt(current, 'status'))) cleanUp(context, current, sets);
  syncProgress(context, current, setsOf(context, current));
}

/** Pods of other templates that have not ended, terminating ones included. */
function oldPodsRun(context: ControllerContext, sets: Sets): boolean {
  if (totalStatus(sets.old, 'replicas') > 0) return true;
  return sets.old.some((set) => context.pods(set).some((pod) => !hasEnded(pod)));
}

function recreate(context: ControllerContext, deployment: Tree, found: Sets): void {
  const resized = resize(context, deployment, onlyChanges(new Map(found.old.map((set) => [set, 0]))));
  if (resized || oldPodsRun(context, found)) {
    syncProgress(context, deployment, setsOf(context, deployment));
    return;
  }
  const current = found.next === undefined ? createNext(context, deployment, found) : deployment;
  const sets = setsOf(context, current);
  if (sets.next !== undefined) resize(context, current, onlyChanges(new Map([[sets.next, replicasOf(current)]])));
  if (isComplete(current, treeAt(current, 'status'))) cleanUp(context, current, sets);
  syncProgress(context, current, setsOf(context, current));
}

/** One look at a Deployment: at most one step of its rollout, then its status. What it changes brings the next look. */
export function reconcileDeployment(context: ControllerContext, found: Tree): void {
  if (isTerminating(found)) {
    syncCounts(context, found, setsOf(context, found));
    return;
  }
  const noted = notePause(context, found);
  const deployment = adoptRevision(context, noted, setsOf(context, noted));
  const sets = setsOf(context, deployment);
  const paused = at(deployment, 'spec', 'paused') === true;
  if (paused || isScalingEvent(deployment, sets)) {
    resize(context, deployment, scaleSets(deployment, sets));
    if (paused) cleanUp(context, deployment, sets);
    syncCounts(context, deployment, setsOf(context, deployment));
  } else if (textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate') recreate(context, deployment, sets);
  else rolling(context, deployment, sets);
}
