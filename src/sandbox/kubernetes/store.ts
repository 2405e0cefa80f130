import { copyOf, listAt, textAt, treeAt, type Tree } from './value.js';
import { qualified, type Resource } from './resources.js';

/** What happened to one object. */
export interface Change {
  readonly type: 'written' | 'removed';
  readonly resource: Resource;
  readonly object: Tree;
}

/** Everything that the cluster remembers, as plain JSON. */
export interface Snapshot {
  readonly version: number;
  readonly objects: { readonly [resource: string]: readonly Tree[] };
}

export interface Owned {
  readonly resource: Resource;
  readonly object: Tree;
}

const placeOf = (object: Tree): string =>
  `${textAt(object, 'metadata', 'namespace') ?? ''}/${textAt(object, 'metadata', 'name') ?? ''}`;

const ownersOf = (object: Tree): readonly string[] =>
  listAt(object, 'metadata', 'ownerReferences').map((owner) => textAt(owner, 'uid') ?? '');

/** Objects by resource and place, one counter of versions for all. An object that lies here is never changed in place. */
export class Store {
  readonly #objects = new Map<string, Map<string, Tree>>();
  readonly #owned = new Map<string, Map<string, Owned>>();
  readonly #uids = new Set<string>();
  readonly #listeners = new Set<(change: Change) => void>();
  #version = 0;

  constructor(resources: readonly Resource[], from?: Snapshot) {
    if (from === undefined) return;
    this.#version = from.version;
    for (const resource of resources) {
      for (const object of from.objects[qualified(resource)] ?? []) this.#set(resource, copyOf(object));
    }
  }

  get version(): string {
    return String(this.#version);
  }

  onChange(listener: (change: Change) => void): void {
    this.#listeners.add(listener);
  }

  find(resource: Resource, namespace: string, name: string): Tree | undefined {
    return this.#objects.get(qualified(resource))?.get(`${namespace}/${name}`);
  }

  /** Sorted by namespace and name, as etcd's keys are. */
  list(resource: Resource, namespace?: string): readonly Tree[] {
    const entries = [...(this.#objects.get(qualified(resource)) ?? [])];
    const wanted = namespace === undefined ? entries : entries.filter(([place]) => place.startsWith(`${namespace}/`));
    return wanted.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  /** Is there an object of any resource with this uid? */
  has(uid: string): boolean {
    return this.#uids.has(uid);
  }

  /** Objects of any resource that name the uid as an owner. */
  owned(uid: string): readonly Owned[] {
    return [...(this.#owned.get(uid)?.values() ?? [])];
  }

  /** Stores under the next version and returns what is stored. */
  put(resource: Resource, object: Tree): Tree {
    this.#version += 1;
    const metadata = { ...treeAt(object, 'metadata'), resourceVersion: this.version };
    const stored = { ...object, metadata };
    this.#set(resource, stored);
    this.#tell({ type: 'written', resource, object: stored });
    return stored;
  }

  remove(resource: Resource, object: Tree): void {
    this.#version += 1;
    const place = placeOf(object);
    this.#unlink(resource, place);
    this.#objects.get(qualified(resource))?.delete(place);
    this.#uids.delete(textAt(object, 'metadata', 'uid') ?? '');
    this.#tell({ type: 'removed', resource, object });
  }

  snapshot(): Snapshot {
    const objects: { [resource: string]: readonly Tree[] } = {};
    for (const [resource, places] of this.#objects) objects[resource] = copyOf([...places.values()]);
    return { version: this.#version, objects };
  }

  #set(resource: Resource, object: Tree): void {
    const [id, place] = [qualified(resource), placeOf(object)];
    this.#unlink(resource, place);
    const places = this.#objects.get(id) ?? new Map<string, Tree>();
    this.#objects.set(id, places.set(place, object));
    this.#uids.add(textAt(object, 'metadata', 'uid') ?? '');
    for (const uid of ownersOf(object)) {
      const owned = this.#owned.get(uid) ?? new Map<string, Owned>();
      this.#owned.set(uid, owned.set(`${id} ${place}`, { resource, object }));
    }
  }

  #unlink(resource: Resource, place: string): void {
    const id = qualified(resource);
    const old = this.#objects.get(id)?.get(place);
    if (old === undefined) return;
    for (const uid of ownersOf(old)) {
      const owned = this.#owned.get(uid);
      owned?.delete(`${id} ${place}`);
      if (owned?.size === 0) this.#owned.delete(uid);
    }
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}
