import { ApiError } from '../failures.js';
import { PODS, REPLICASETS } from '../resources.js';
import { at, listAt, textAt, treeAt, type Tree } from '../value.js';
import type { ControllerContext } from './context.js';
import {
  createdAt,
  generationOf,
  isActive,
  isAvailable,
  isReady,
  isTerminating,
  nameOf,
  namespaceOf,
  numberAt,
  podFrom,
} from './objects.js';

const PHASES = ['Pending', 'Unknown', 'Running'];
const restarts = (pod: Tree): number =>
  listAt(pod, 'status', 'containerStatuses').reduce<number>((sum, one) => sum + numberAt(one, 'restartCount'), 0);

/** Smaller goes first: not bound, not running, not ready, restarted more often, younger. */
function victimRank(pod: Tree): readonly (number | string)[] {
  return [
    (textAt(pod, 'spec', 'nodeName') ?? '') === '' ? 0 : 1,
    PHASES.indexOf(textAt(pod, 'status', 'phase') ?? 'Pending'),
    isReady(pod) ? 1 : 0,
    -restarts(pod),
  ];
}

function byVictimRank(a: Tree, b: Tree): number {
  const [left, right] = [victimRank(a), victimRank(b)];
  const index = left.findIndex((value, i) => value !== right[i]);
  if (index >= 0) return Number(left[index]) - Number(right[index]);
  return createdAt(a) > createdAt(b) ? -1 : 1;
}

/** Creates what is missing or deletes what is too much; says why it could not. */
function manage(context: ControllerContext, set: Tree, active: readonly Tree[]): ApiError | undefined {
  const missing = numberAt(set, 'spec', 'replicas') - active.length;
  try {
    for (let i = 0; i < missing; i += 1) {
      const pod = podFrom(set, { generateName: `${nameOf(set)}-` }, treeAt(set, 'spec', 'template') ?? {});
      context.create(PODS, namespaceOf(set), pod);
    }
    const surplus = missing < 0 ? [...active].sort(byVictimRank).slice(0, -missing) : [];
    for (const pod of surplus) context.delete(PODS, pod);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  return undefined;
}

function failureConditions(context: ControllerContext, set: Tree, failure: ApiError | undefined): Tree[] {
  if (failure === undefined) return [];
  const old = listAt(set, 'status', 'conditions').find((one) => textAt(one, 'type') === 'ReplicaFailure');
  const lastTransitionTime = textAt(old, 'lastTransitionTime') ?? context.stamp();
  return [
    { type: 'ReplicaFailure', status: 'True', lastTransitionTime, reason: 'FailedCreate', message: failure.message },
  ];
}

/** Keeps as many pods as the spec wants and counts them in the status. */
export function reconcileReplicaSet(context: ControllerContext, set: Tree): void {
  const before = context.pods(set).filter(isActive);
  const failure = isTerminating(set) ? undefined : manage(context, set, before);
  const pods = context.pods(set);
  const active = pods.filter(isActive);
  const minReady = numberAt(set, 'spec', 'minReadySeconds');
  const ready = active.filter(isReady).length;
  const available = active.filter((pod) => isAvailable(pod, minReady, context.now())).length;
  const conditions = failureConditions(context, set, failure);
  const counts = { fullyLabeledReplicas: active.length, readyReplicas: ready, availableReplicas: available };
  context.setStatus(REPLICASETS, set, {
    replicas: active.length,
    // The API leaves these out where they are 0.
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    terminatingReplicas: pods.filter(isTerminating).length,
    observedGeneration: generationOf(set),
    ...(conditions.length === 0 ? {} : { conditions }),
  });
  if (ready > available) context.again(REPLICASETS, set, minReady * 1000);
  if (failure !== undefined && at(set, 'metadata', 'deletionTimestamp') === undefined)
    context.again(REPLICASETS, set, 1000);
}
