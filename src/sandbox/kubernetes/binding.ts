import { ApiError, badRequest, conflict } from './failures.js';
import type { Registry, Write } from './registry.js';
import { PODS, type Resource } from './resources.js';
import { copyOf, ensureTree, listAt, textAt, type Tree } from './value.js';

const BINDING: Resource = { ...PODS, plural: 'pods/binding' };

/** POST pods/NAME/binding: assigns a pod to a node, once. Throws 404, 409, 400. */
export function bindPod(registry: Registry, namespace: string, name: string, binding: Tree, write: Write): object {
  const node = textAt(binding, 'target', 'name') ?? '';
  if (node === '') throw badRequest('target.name: Required value');
  const change = (current: Tree): Tree => {
    if (textAt(current, 'metadata', 'deletionTimestamp') !== undefined) {
      throw conflict(BINDING, name, `pod ${name} is being deleted, cannot be assigned to a host`);
    }
    const bound = textAt(current, 'spec', 'nodeName') ?? '';
    if (bound !== '') throw conflict(BINDING, name, `pod ${name} is already assigned to node "${bound}"`);
    const next = copyOf(current);
    ensureTree(next, 'spec')['nodeName'] = node;
    const others = listAt(next, 'status', 'conditions').filter((one) => textAt(one, 'type') !== 'PodScheduled');
    const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: registry.now() };
    ensureTree(next, 'status')['conditions'] = [...others, scheduled];
    return next;
  };
  registry.update(PODS, namespace, name, change, { ...write, subresource: 'binding', trusted: true });
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

/** Throws 400 unless the object is a Binding. */
export function isBinding(body: Tree): boolean {
  const kind = textAt(body, 'kind') ?? 'Binding';
  if (kind !== 'Binding')
    throw new ApiError(400, 'BadRequest', `${kind} in version "v1" cannot be handled as a Binding`);
  return true;
}
