import { DAEMONSETS, NODES, PODS } from '../resources.js';
import { at, textAt, treeAt, type Tree } from '../value.js';
import type { ControllerContext } from './context.js';
import {
  createdAt,
  generationOf,
  hasEnded,
  isAvailable,
  isReady,
  isTerminating,
  nameOf,
  namespaceOf,
  nodeOf,
  numberAt,
  podFrom,
} from './objects.js';
import { REVISION_LABEL, syncRevisions, trimRevisions } from './revisions.js';

const byAge = (a: Tree, b: Tree): number => (createdAt(a) < createdAt(b) ? -1 : 1);

/** Binds a pod to a node by the affinity that the real controller writes. */
function onNode(node: string): Tree {
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] };
  const required = { nodeSelectorTerms: [term] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
}

interface View {
  readonly set: Tree;
  readonly nodes: readonly string[];
  readonly hash: string;
  readonly minReady: number;
}

/** The pods of each node, terminating ones apart. */
function podsByNode(context: ControllerContext, { set, nodes }: View): ReadonlyMap<string, readonly Tree[]> {
  const pods = context.pods(set);
  return new Map(nodes.map((node) => [node, pods.filter((pod) => nodeOf(pod) === node).sort(byAge)]));
}

/** One living pod per node. */
function manage(context: ControllerContext, view: View): void {
  for (const [node, pods] of podsByNode(context, view)) {
    const living = pods.filter((pod) => !isTerminating(pod));
    const surplus = living.filter((pod, index) => hasEnded(pod) || index > 0);
    for (const pod of surplus) context.delete(PODS, pod);
    if (pods.length > 0) continue;
    const template = treeAt(view.set, 'spec', 'template') ?? {};
    const extra = { labels: { [REVISION_LABEL]: view.hash }, spec: { affinity: onNode(node) } };
    const pod = podFrom(view.set, { generateName: `${nameOf(view.set)}-`, ...extra }, template);
    context.create(PODS, namespaceOf(view.set), pod);
  }
}

function isUpdated(pod: Tree, view: View): boolean {
  return textAt(pod, 'metadata', 'labels', REVISION_LABEL) === view.hash;
}

/** Deletes old pods: those that are not available at once, others while fewer than maxUnavailable are missing. */
function roll(context: ControllerContext, view: View): void {
  if (textAt(view.set, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate') return;
  const value = at(view.set, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable');
  const percent = typeof value === 'string' ? Math.ceil((Number.parseInt(value, 10) * view.nodes.length) / 100) : value;
  const available = (pod: Tree): boolean => !isTerminating(pod) && isAvailable(pod, view.minReady, context.now());
  const newest = [...podsByNode(context, view).values()].map((pods) => pods.at(-1));
  let room = Math.max(1, Number(percent ?? 1)) - newest.filter((pod) => pod === undefined || !available(pod)).length;
  for (const pod of newest) {
    if (pod === undefined || isTerminating(pod) || isUpdated(pod, view)) continue;
    if (!available(pod)) context.delete(PODS, pod);
    else if (room > 0) {
      context.delete(PODS, pod);
      room -= 1;
    }
  }
}

function statusOf(context: ControllerContext, view: View): Tree {
  const present = [...podsByNode(context, view).values()].flatMap((pods) => pods.slice(0, 1));
  const available = present.filter((pod) => isAvailable(pod, view.minReady, context.now())).length;
  const missing = view.nodes.length - available;
  const updated = present.filter((pod) => isUpdated(pod, view)).length;
  return {
    currentNumberScheduled: present.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: view.nodes.length,
    numberReady: present.filter(isReady).length,
    observedGeneration: generationOf(view.set),
    ...(updated === 0 ? {} : { updatedNumberScheduled: updated }),
    ...(available === 0 ? {} : { numberAvailable: available }),
    ...(missing === 0 ? {} : { numberUnavailable: missing }),
  };
}

/** One look at a DaemonSet: one pod per node, then its update, then its status. */
export function reconcileDaemonSet(context: ControllerContext, set: Tree): void {
  const { update, all } = syncRevisions(context, set);
  const view: View = {
    set,
    nodes: context.registry.store.list(NODES).map(nameOf),
    hash: textAt(update, 'metadata', 'labels', REVISION_LABEL) ?? '',
    minReady: numberAt(set, 'spec', 'minReadySeconds'),
  };
  if (!isTerminating(set)) {
    manage(context, view);
    roll(context, view);
  }
  context.setStatus(DAEMONSETS, set, statusOf(context, view));
  const hashes = new Set(context.pods(set).map((pod) => textAt(pod, 'metadata', 'labels', REVISION_LABEL)));
  const used = all.filter((one) => hashes.has(textAt(one, 'metadata', 'labels', REVISION_LABEL))).map(nameOf);
  trimRevisions(context, set, all, new Set([...used, nameOf(update)]));
}
