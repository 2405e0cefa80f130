import { kubeTime, type SandboxClock } from './clock.js';
import { deletedAnother, notFound } from './failures.js';
import { NAMESPACES, PODS, type Resource } from './resources.js';
import type { Store } from './store.js';
import { at, copyOf, ensureTree, listAt, textAt, type Tree } from './value.js';

/** metav1.DeleteOptions. */
export interface Deletion {
  /** Seconds; pods only. Absent: what the pod's spec says. */
  readonly gracePeriodSeconds?: number;
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** Dependents lose their owner instead of being collected. */
  readonly orphan?: boolean;
  readonly dryRun?: boolean;
}

const hasFinalizer = (resource: Resource, object: Tree): boolean =>
  // A namespace is finalized by the namespace controller, once it is empty.
  listAt(object, 'metadata', 'finalizers').length > 0 || resource === NAMESPACES;

/** May an object that is marked for deletion not vanish yet? */
export function awaitsSomebody(resource: Resource, object: Tree): boolean {
  return hasFinalizer(resource, object) || Number(at(object, 'metadata', 'deletionGracePeriodSeconds') ?? 0) > 0;
}

/** Removes at once, or marks the object where a kubelet or a finalizer has the last word. Throws 404, 409. */
export function deleteObject(
  { store, clock }: { readonly store: Store; readonly clock: SandboxClock },
  resource: Resource,
  place: { readonly namespace: string; readonly name: string },
  how: Deletion,
): { readonly object: Tree; readonly removed: boolean } {
  const current = store.find(resource, place.namespace, place.name);
  if (current === undefined) throw notFound(resource, place.name);
  checkPreconditions(resource, place.name, current, how);
  const grace = gracePeriod(resource, current, how);
  const lasts = grace > 0 || hasFinalizer(resource, current);
  if (how.dryRun === true) return { object: current, removed: !lasts };
  if (how.orphan === true) orphan(store, current);
  if (lasts) return { object: mark(store, resource, current, { grace, now: clock.now() }), removed: false };
  store.remove(resource, current);
  return { object: current, removed: true };
}

function checkPreconditions(resource: Resource, name: string, current: Tree, how: Deletion): void {
  for (const [field, what] of [
    ['uid', 'UID'],
    ['resourceVersion', 'ResourceVersion'],
  ] as const) {
    const [wanted, is] = [how[field], textAt(current, 'metadata', field) ?? ''];
    if (wanted !== undefined && wanted !== is) throw deletedAnother(resource, name, what, wanted, is);
  }
}

/** Seconds; a pod that no kubelet has, or that has ended, is nobody's to end. */
function gracePeriod(resource: Resource, current: Tree, how: Deletion): number {
  if (resource !== PODS) return 0;
  const ended = ['Succeeded', 'Failed'].includes(textAt(current, 'status', 'phase') ?? '');
  if (ended || (textAt(current, 'spec', 'nodeName') ?? '') === '') return 0;
  return how.gracePeriodSeconds ?? Number(at(current, 'spec', 'terminationGracePeriodSeconds') ?? 30);
}

function mark(
  store: Store,
  resource: Resource,
  current: Tree,
  { grace, now }: { readonly grace: number; readonly now: number },
): Tree {
  const marked = at(current, 'metadata', 'deletionGracePeriodSeconds');
  // A second request can only shorten the period.
  if (marked !== undefined && grace >= Number(marked)) return current;
  const next = copyOf(current);
  const metadata = ensureTree(next, 'metadata');
  metadata['deletionTimestamp'] = kubeTime(now + grace * 1000);
  metadata['deletionGracePeriodSeconds'] = grace;
  if (marked === undefined && typeof metadata['generation'] === 'number') metadata['generation'] += 1;
  if (resource === NAMESPACES) ensureTree(next, 'status')['phase'] = 'Terminating';
  return store.put(resource, next);
}

function orphan(store: Store, owner: Tree): void {
  const uid = textAt(owner, 'metadata', 'uid') ?? '';
  for (const { resource, object } of store.owned(uid)) {
    const next = copyOf(object);
    const owners = listAt(next, 'metadata', 'ownerReferences').filter((entry) => textAt(entry, 'uid') !== uid);
    ensureTree(next, 'metadata')['ownerReferences'] = owners;
    store.put(resource, next);
  }
}
