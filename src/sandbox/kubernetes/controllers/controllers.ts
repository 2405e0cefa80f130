import type { Registry } from '../registry.js';
import {
  DAEMONSETS,
  DEPLOYMENTS,
  NAMESPACES,
  NODES,
  PODS,
  qualified,
  REPLICASETS,
  STATEFULSETS,
  type Resource,
} from '../resources.js';
import type { Change } from '../store.js';
import { listAt, textAt, type Tree } from '../value.js';
import { ControllerContext } from './context.js';
import { reconcileDaemonSet } from './daemonset.js';
import { reconcileDeployment } from './deployment.js';
import { controllerOf, isTerminating, nameOf, namespaceOf, uidOf } from './objects.js';
import { WorkQueue } from './queue.js';
import { reconcileReplicaSet } from './replicaset.js';
import { reconcileStatefulSet } from './statefulset.js';

type Reconcile = (context: ControllerContext, object: Tree) => void;

const MANAGED: readonly (readonly [Resource, Reconcile])[] = [
  [DEPLOYMENTS, reconcileDeployment],
  [REPLICASETS, reconcileReplicaSet],
  [STATEFULSETS, reconcileStatefulSet],
  [DAEMONSETS, reconcileDaemonSet],
];

const OWNERS = new Map(MANAGED.map(([resource]) => [resource.kind, resource]));
const COLLECT = 'collect ';
const keyOf = (resource: Resource, namespace: string, name: string): string =>
  `${qualified(resource)} ${namespace}/${name}`;

/** The controllers of the cluster. They look where something changed, and where time alone changes what is true. */
export class Controllers {
  readonly #registry: Registry;
  readonly #resources: readonly Resource[];
  readonly #queue: WorkQueue;
  readonly #context: ControllerContext;

  constructor(registry: Registry, resources: readonly Resource[]) {
    this.#registry = registry;
    this.#resources = resources;
    this.#queue = new WorkQueue(registry.clock, (key) => {
      this.#reconcile(key);
    });
    this.#context = new ControllerContext(registry, (key, length) => {
      this.#queue.addAfter(key, length);
    });
    registry.store.onChange((change) => {
      this.#onChange(change);
    });
    for (const [resource] of MANAGED) this.#addAll(resource);
    this.#addAll(NAMESPACES);
  }

  /** Ends when the controllers have nothing to do at this instant. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  close(): void {
    this.#queue.close();
  }

  #add(resource: Resource, object: Tree): void {
    this.#queue.add(keyOf(resource, namespaceOf(object), nameOf(object)));
  }

  #addAll(resource: Resource): void {
    for (const object of this.#registry.store.list(resource)) this.#add(resource, object);
  }

  #onChange({ type, resource, object }: Change): void {
    if (OWNERS.has(resource.kind) || resource === NAMESPACES) this.#add(resource, object);
    const owner = this.#addOwner(object);
    // A Deployment with strategy Recreate waits for the last old pod to be gone.
    if (type === 'removed' && resource === PODS && owner !== undefined) this.#addOwner(owner);
    if (type === 'removed') this.#onRemoved(object);
    if (resource === NODES) this.#addAll(DAEMONSETS);
  }

  #onRemoved(object: Tree): void {
    if (this.#registry.store.owned(uidOf(object)).length > 0) this.#queue.add(`${COLLECT}${uidOf(object)}`);
    const namespace = this.#registry.store.find(NAMESPACES, '', namespaceOf(object));
    if (namespace !== undefined && isTerminating(namespace)) this.#add(NAMESPACES, namespace);
  }

  #addOwner(object: Tree): Tree | undefined {
    const reference = controllerOf(object);
    const resource = OWNERS.get(textAt(reference, 'kind') ?? '');
    if (resource === undefined) return undefined;
    const owner = this.#registry.store.find(resource, namespaceOf(object), textAt(reference, 'name') ?? '');
    if (owner !== undefined) this.#add(resource, owner);
    return owner;
  }

  #reconcile(key: string): void {
    if (key.startsWith(COLLECT)) {
      this.#collect(key.slice(COLLECT.length));
      return;
    }
    const [id = '', place = ''] = key.split(' ');
    const [namespace = '', name = ''] = place.split('/');
    if (id === qualified(NAMESPACES)) this.#endNamespace(name);
    for (const [resource, reconcile] of MANAGED) {
      const object = qualified(resource) === id ? this.#registry.store.find(resource, namespace, name) : undefined;
      if (object !== undefined) reconcile(this.#context, object);
    }
  }

  /** Dependents of an owner that is gone go too, unless another owner is left. */
  #collect(uid: string): void {
    for (const { resource, object } of this.#registry.store.owned(uid)) {
      const owners = listAt(object, 'metadata', 'ownerReferences').map((one) => textAt(one, 'uid') ?? '');
      if (owners.every((one) => !this.#registry.store.has(one)) && !isTerminating(object))
        this.#context.delete(resource, object);
    }
  }

  /** A namespace that is being deleted is emptied, and vanishes once it is empty. */
  #endNamespace(name: string): void {
    const namespace = this.#registry.store.find(NAMESPACES, '', name);
    if (namespace === undefined || !isTerminating(namespace)) return;
    const inside = this.#resources.filter((resource) => resource.namespaced);
    const objects = inside.flatMap((resource) =>
      this.#registry.store.list(resource, name).map((one) => [resource, one] as const),
    );
    for (const [resource, object] of objects) if (!isTerminating(object)) this.#context.delete(resource, object);
    const left = inside.some((resource) => this.#registry.store.list(resource, name).length > 0);
    if (!left) this.#registry.store.remove(NAMESPACES, namespace);
  }
}
