import { deleteObject } from '../removal.js';
import type { Registry, Write } from '../registry.js';
import { PODS, qualified, type Resource } from '../resources.js';
import { copyOf, ensureTree, type Tree } from '../value.js';
import { nameOf, namespaceOf, uidOf } from './objects.js';

const WRITE: Write = { manager: 'kube-controller-manager' };

/** What a controller can do: the API's own laws, in the name of kube-controller-manager. */
export class ControllerContext {
  readonly registry: Registry;
  readonly #again: (key: string, length: number) => void;

  constructor(registry: Registry, again: (key: string, length: number) => void) {
    this.registry = registry;
    this.#again = again;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.registry.clock.now();
  }

  /** metav1.Time. */
  stamp(): string {
    return this.registry.now();
  }

  /** Reconcile this object again after so many milliseconds. */
  again(resource: Resource, object: Tree, length: number): void {
    this.#again(`${qualified(resource)} ${namespaceOf(object)}/${nameOf(object)}`, length);
  }

  /** Objects of one resource whose owner is the object. */
  owned(resource: Resource, owner: Tree): readonly Tree[] {
    const found = this.registry.store.owned(uidOf(owner)).filter((one) => one.resource === resource);
    return found.map((one) => one.object).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  pods(owner: Tree): readonly Tree[] {
    return this.owned(PODS, owner);
  }

  create(resource: Resource, namespace: string, object: Tree): Tree {
    return this.registry.create(resource, namespace, object, WRITE);
  }

  /** Changes a copy and returns what is stored then. */
  update(resource: Resource, object: Tree, change: (draft: Tree) => void): Tree {
    return this.#write(resource, object, change, WRITE);
  }

  setStatus(resource: Resource, object: Tree, status: Tree): Tree {
    return this.updateStatus(resource, object, (draft) => {
      draft['status'] = status;
    });
  }

  /** Status and annotations. */
  updateStatus(resource: Resource, object: Tree, change: (draft: Tree) => void): Tree {
    return this.#write(resource, object, change, { ...WRITE, subresource: 'status' });
  }

  annotate(draft: Tree, annotations: Readonly<Record<string, string>>): void {
    Object.assign(ensureTree(draft, 'metadata', 'annotations'), annotations);
  }

  delete(resource: Resource, object: Tree): void {
    const place = { namespace: namespaceOf(object), name: nameOf(object) };
    deleteObject(this.registry, resource, place, { uid: uidOf(object) });
  }

  #write(resource: Resource, object: Tree, change: (draft: Tree) => void, write: Write): Tree {
    const edit = (current: Tree): Tree => {
      const draft = copyOf(current);
      change(draft);
      return draft;
    };
    return this.registry.update(resource, namespaceOf(object), nameOf(object), edit, write);
  }
}
