import { instantOf } from '../../../domain/time.js';
import { at, listAt, textAt, treeAt, type Tree } from '../value.js';

/** Readings of objects that several controllers need. */

export const nameOf = (object: Tree): string => textAt(object, 'metadata', 'name') ?? '';
export const namespaceOf = (object: Tree): string => textAt(object, 'metadata', 'namespace') ?? '';
export const uidOf = (object: Tree): string => textAt(object, 'metadata', 'uid') ?? '';
export const generationOf = (object: Tree): number => Number(at(object, 'metadata', 'generation') ?? 0);
export const createdAt = (object: Tree): string => textAt(object, 'metadata', 'creationTimestamp') ?? '';

export function numberAt(object: unknown, ...path: readonly string[]): number {
  const value = at(object, ...path);
  return typeof value === 'number' ? value : 0;
}

export const isTerminating = (object: Tree): boolean => at(object, 'metadata', 'deletionTimestamp') !== undefined;

export const hasEnded = (pod: Tree): boolean => ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '');

/** Counted by the controllers: neither ended nor on its way out. */
export const isActive = (pod: Tree): boolean => !hasEnded(pod) && !isTerminating(pod);

function readySince(pod: Tree): number | undefined {
  const condition = listAt(pod, 'status', 'conditions').find((one) => textAt(one, 'type') === 'Ready');
  if (textAt(condition, 'status') !== 'True') return undefined;
  return instantOf(textAt(condition, 'lastTransitionTime') ?? '') ?? 0;
}

export const isReady = (pod: Tree): boolean => readySince(pod) !== undefined;

/** Ready for at least so many seconds. */
export function isAvailable(pod: Tree, minReadySeconds: number, now: number): boolean {
  const since = readySince(pod);
  return since !== undefined && (minReadySeconds === 0 || since + minReadySeconds * 1000 <= now);
}

export function controllerOf(object: Tree): Tree | undefined {
  const owner = listAt(object, 'metadata', 'ownerReferences').find((one) => at(one, 'controller') === true);
  return treeAt(owner);
}

/** The ownerReference that makes `owner` the controller of what carries it. */
export function controllerReference(owner: Tree): Tree {
  return {
    apiVersion: textAt(owner, 'apiVersion') ?? '',
    kind: textAt(owner, 'kind') ?? '',
    name: nameOf(owner),
    uid: uidOf(owner),
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** A pod as its template and its controller want it. */
export function podFrom(
  owner: Tree,
  extra: { readonly labels?: Tree; readonly spec?: Tree } & PodName,
  template: Tree,
): Tree {
  const labels = { ...treeAt(template, 'metadata', 'labels'), ...extra.labels };
  const name: Tree = 'name' in extra ? { name: extra.name } : { generateName: extra.generateName };
  return {
    metadata: {
      ...name,
      labels,
      annotations: { ...treeAt(template, 'metadata', 'annotations') },
      ownerReferences: [controllerReference(owner)],
    },
    spec: { ...treeAt(template, 'spec'), ...extra.spec },
  };
}

type PodName = { readonly name: string } | { readonly generateName: string };

/** The node that a pod is meant for: where it is bound, or what its affinity says. */
export function nodeOf(pod: Tree): string {
  const bound = textAt(pod, 'spec', 'nodeName') ?? '';
  if (bound !== '') return bound;
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const terms = listAt(pod, 'spec', 'affinity', 'nodeAffinity', required, 'nodeSelectorTerms');
  const value = listAt(listAt(terms[0], 'matchFields')[0], 'values')[0];
  return typeof value === 'string' ? value : '';
}
