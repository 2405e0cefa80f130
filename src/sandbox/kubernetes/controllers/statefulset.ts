import { PODS, STATEFULSETS } from '../resources.js';
import { at, textAt, type Tree } from '../value.js';
import type { ControllerContext } from './context.js';
import {
  generationOf,
  hasEnded,
  isAvailable,
  isReady,
  isTerminating,
  nameOf,
  namespaceOf,
  numberAt,
  podFrom,
} from './objects.js';
import { REVISION_LABEL, revisionTemplate, syncRevisions, trimRevisions } from './revisions.js';

interface View {
  readonly set: Tree;
  readonly current: Tree;
  readonly update: Tree;
  readonly pods: ReadonlyMap<number, Tree>;
  readonly replicas: number;
  readonly partition: number;
  /** OrderedReady: one pod after the other. */
  readonly ordered: boolean;
}

const revisionOf = (pod: Tree): string => textAt(pod, 'metadata', 'labels', REVISION_LABEL) ?? '';
const isRolling = (set: Tree): boolean => textAt(set, 'spec', 'updateStrategy', 'type') === 'RollingUpdate';

function viewOf(context: ControllerContext, set: Tree, current: Tree, update: Tree): View {
  const pods = new Map<number, Tree>();
  for (const pod of context.pods(set)) {
    const ordinal = /-(\d+)$/.exec(nameOf(pod))?.[1];
    if (ordinal !== undefined) pods.set(Number(ordinal), pod);
  }
  return {
    set,
    current,
    update,
    pods,
    replicas: numberAt(set, 'spec', 'replicas'),
    partition: numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition'),
    ordered: textAt(set, 'spec', 'podManagementPolicy') !== 'Parallel',
  };
}

function createPod(context: ControllerContext, view: View, ordinal: number): void {
  const keepsOld = isRolling(view.set) && ordinal < view.partition;
  const revision = keepsOld ? view.current : view.update;
  const name = `${nameOf(view.set)}-${ordinal}`;
  const labels = {
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': String(ordinal),
    [REVISION_LABEL]: nameOf(revision),
  };
  const pod = podFrom(view.set, { name, labels, spec: { hostname: name } }, revisionTemplate(revision));
  context.create(PODS, namespaceOf(view.set), pod);
}

/** Makes missing pods, in order; answers whether all that should be there are and, where order counts, are ready. */
function fill(context: ControllerContext, view: View): boolean {
  for (let ordinal = 0; ordinal < view.replicas; ordinal += 1) {
    const pod = view.pods.get(ordinal);
    if (pod === undefined) createPod(context, view, ordinal);
    else if (hasEnded(pod)) {
      if (!isTerminating(pod)) context.delete(PODS, pod);
      return false;
    }
    const isSettled = pod !== undefined && isReady(pod) && !isTerminating(pod);
    if (!isSettled && view.ordered) return false;
  }
  return true;
}

/** Deletes pods above the wanted number, the highest first; answers whether none is left. */
function shrink(context: ControllerContext, view: View): boolean {
  const condemned = [...view.pods].filter(([ordinal]) => ordinal >= view.replicas).sort(([a], [b]) => b - a);
  for (const [, pod] of condemned) {
    if (!isTerminating(pod)) context.delete(PODS, pod);
    if (view.ordered) return false;
  }
  return condemned.length === 0;
}

/** Replaces the highest pod of another revision, once those above it are ready. */
function roll(context: ControllerContext, view: View): void {
  if (!isRolling(view.set)) return;
  for (let ordinal = view.replicas - 1; ordinal >= view.partition; ordinal -= 1) {
    const pod = view.pods.get(ordinal);
    if (pod === undefined || isTerminating(pod)) return;
    if (revisionOf(pod) !== nameOf(view.update)) {
      context.delete(PODS, pod);
      return;
    }
    if (!isReady(pod)) return;
  }
}

function statusOf(context: ControllerContext, view: View): Tree {
  const { set } = view;
  const pods = [...view.pods.values()];
  const staying = pods.filter((pod) => !isTerminating(pod));
  const of = (revision: Tree): number => staying.filter((pod) => revisionOf(pod) === nameOf(revision)).length;
  const minReady = numberAt(set, 'spec', 'minReadySeconds');
  const ready = pods.filter(isReady).length;
  const counts = { readyReplicas: ready, currentReplicas: of(view.current), updatedReplicas: of(view.update) };
  const isDone =
    isRolling(set) && [ready, counts.updatedReplicas, pods.length].every((count) => count === view.replicas);
  const current = isDone ? view.update : view.current;
  const shown = isDone ? { ...counts, currentReplicas: counts.updatedReplicas } : counts;
  return {
    observedGeneration: generationOf(set),
    replicas: pods.length,
    // The API leaves these out where they are 0.
    ...Object.fromEntries(Object.entries(shown).filter(([, count]) => count > 0)),
    availableReplicas: pods.filter((pod) => isAvailable(pod, minReady, context.now())).length,
    currentRevision: nameOf(current),
    updateRevision: nameOf(view.update),
    collisionCount: 0,
  };
}

/** One look at a StatefulSet: scaling first, then updates, each one pod at a time unless Parallel; then its status. */
export function reconcileStatefulSet(context: ControllerContext, set: Tree): void {
  const { update, all } = syncRevisions(context, set);
  const current = all.find((one) => nameOf(one) === textAt(set, 'status', 'currentRevision')) ?? update;
  const view = viewOf(context, set, current, update);
  if (at(set, 'metadata', 'deletionTimestamp') === undefined) {
    const filled = fill(context, view);
    if (filled && shrink(context, view)) roll(context, view);
  }
  const status = statusOf(context, viewOf(context, set, current, update));
  context.setStatus(STATEFULSETS, set, status);
  const named = [...view.pods.values()].map(revisionOf);
  trimRevisions(context, set, all, new Set([...named, nameOf(update), textAt(status, 'currentRevision') ?? '']));
}
