import { kubeTime, type SandboxClock } from './clock.js';
import { applyDefaults } from './defaults.js';
import { draftOf, IDENTITY } from './draft.js';
import { alreadyExists, conflict, forbidden, invalid, notFound, STALE } from './failures.js';
import { trackFields, type Author, type ManagedEntry } from './fields.js';
import { awaitsSomebody } from './removal.js';
import { apiVersionOf, NAMESPACES, PODS, type Resource } from './resources.js';
import type { Store } from './store.js';
import { at, copyOf, ensureTree, listAt, same, textAt, treeAt, withoutNulls, type Tree } from './value.js';
import { decode, validate } from './validate.js';

/** Who writes and how. */
export interface Write extends Author {
  readonly dryRun?: boolean;
  readonly isPatch?: boolean;
  /** The server's own write: validation of updates is left out (a binding changes a pod's spec). */
  readonly trusted?: boolean;
}

const bare = (object: Tree): Tree => {
  const { managedFields: _managed, resourceVersion: _version, ...metadata } = treeAt(object, 'metadata') ?? {};
  return { ...object, metadata };
};

/** Create and update with the laws of the API server: versions, generations, preconditions, owners of fields. */
export class Registry {
  readonly store: Store;
  readonly clock: SandboxClock;

  constructor(store: Store, clock: SandboxClock) {
    this.store = store;
    this.clock = clock;
  }

  now(): string {
    return kubeTime(this.clock.now());
  }

  /** Throws 404. */
  get(resource: Resource, namespace: string, name: string): Tree {
    const found = this.store.find(resource, namespace, name);
    if (found === undefined) throw notFound(resource, name);
    return found;
  }

  /** Throws 404 (namespace), 403 (namespace ends), 409 AlreadyExists, 400, 422. */
  create(resource: Resource, namespace: string, input: Tree, write: Write): Tree {
    this.#needsNamespace(resource, namespace);
    const object = draftOf(resource, namespace, input, this.now());
    applyDefaults(resource, object);
    validate(resource, object);
    const name = textAt(object, 'metadata', 'name') ?? '';
    if (this.store.find(resource, namespace, name) !== undefined) throw alreadyExists(resource, name);
    this.#own(resource, undefined, object, write);
    return write.dryRun === true ? object : this.store.put(resource, object);
  }

  /**
   * Applies a change to the current object. A resourceVersion or uid in the result that is not the current one is 409;
   * a result that equals the current object is not written, so the version stays.
   */
  update(resource: Resource, namespace: string, name: string, change: (current: Tree) => Tree, write: Write): Tree {
    const current = this.get(resource, namespace, name);
    const wanted = withoutNulls(change(current)) as Tree;
    decode(resource, wanted, write.isPatch);
    this.#checkPreconditions(resource, current, wanted, write);
    const next = this.#merged(resource, current, wanted, write);
    applyDefaults(resource, next);
    if (write.subresource === undefined && write.trusted !== true) validate(resource, next, current);
    if (write.subresource === undefined) this.#generation(resource, current, next);
    if (same(bare(current), bare(next))) return current;
    this.#own(resource, current, next, write);
    if (write.dryRun === true) return next;
    if (at(next, 'metadata', 'deletionTimestamp') !== undefined && !awaitsSomebody(resource, next)) {
      this.store.remove(resource, next);
      return next;
    }
    return this.store.put(resource, next);
  }

  #needsNamespace(resource: Resource, namespace: string): void {
    if (!resource.namespaced) return;
    const found = this.get(NAMESPACES, '', namespace);
    if (textAt(found, 'status', 'phase') !== 'Terminating') return;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw forbidden(resource, undefined, why);
  }

  #checkPreconditions(resource: Resource, current: Tree, wanted: Tree, write: Write): void {
    const name = textAt(current, 'metadata', 'name') ?? '';
    const version = textAt(wanted, 'metadata', 'resourceVersion') ?? '';
    if (version !== '' && version !== textAt(current, 'metadata', 'resourceVersion')) {
      throw conflict(resource, name, STALE);
    }
    const [uid, is] = [textAt(wanted, 'metadata', 'uid') ?? '', textAt(current, 'metadata', 'uid') ?? ''];
    if (uid === '' || uid === is) return;
    // A PUT names the object that it means; a patch would change the uid.
    const field = 'metadata.uid';
    const text = `Invalid value: ${JSON.stringify(uid)}: field is immutable`;
    throw write.isPatch === true
      ? invalid(resource, name, [{ type: 'FieldValueInvalid', field, text }])
      : conflict(resource, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${is}`);
  }

  /** Each subresource changes its own part only. */
  #merged(resource: Resource, current: Tree, wanted: Tree, write: Write): Tree {
    const { metadata: _metadata, ...rest } = write.subresource === 'status' ? current : wanted;
    const { apiVersion, kind } = current;
    const status = write.subresource === undefined ? current['status'] : wanted['status'];
    const next: Tree = { ...copyOf(rest), apiVersion: apiVersion ?? '', kind: kind ?? '' };
    next['metadata'] = mergedMetadata(resource, current, wanted, write.subresource === 'status');
    if (resource.status) {
      if (status === undefined) delete next['status'];
      else next['status'] = copyOf(status);
    }
    return ordered(next);
  }

  #generation(resource: Resource, current: Tree, next: Tree): void {
    const counts = (object: Tree): unknown => [
      object['spec'],
      resource.generation === 'specAndAnnotations' ? (at(object, 'metadata', 'annotations') ?? {}) : null,
    ];
    if (resource.generation === 'none' || same(counts(current), counts(next))) return;
    ensureTree(next, 'metadata')['generation'] = Number(at(current, 'metadata', 'generation') ?? 0) + 1;
  }

  #own(resource: Resource, old: Tree | undefined, next: Tree, write: Write): void {
    // A binding is the scheduler's, and nobody's field.
    if (write.subresource === 'binding') return;
    const entries = listAt(old, 'metadata', 'managedFields') as unknown as readonly ManagedEntry[];
    const author = { ...write, apiVersion: apiVersionOf(resource), time: this.now() };
    const tracked = trackFields(old, next, entries, author);
    if (tracked.length > 0) ensureTree(next, 'metadata')['managedFields'] = tracked as unknown as Tree[];
    else delete ensureTree(next, 'metadata')['managedFields'];
  }
}

/** As people and the API server write an object. */
function ordered(object: Tree): Tree {
  const { apiVersion, kind, metadata, ...rest } = object;
  return { apiVersion: apiVersion ?? '', kind: kind ?? '', metadata: metadata ?? {}, ...rest };
}

/** What the system wrote stays. Through the status of a built-in type annotations may change: so controllers write the revision. */
function mergedMetadata(resource: Resource, current: Tree, wanted: Tree, isStatus: boolean): Tree {
  const old = treeAt(current, 'metadata') ?? {};
  const given = treeAt(wanted, 'metadata') ?? {};
  const metadata = copyOf(isStatus ? old : given);
  const open = resource === PODS ? ['annotations', 'labels'] : ['annotations'];
  if (isStatus && resource.typed) take(metadata, given, open);
  take(metadata, old, [...IDENTITY, 'managedFields', 'resourceVersion']);
  return metadata;
}

function take(target: Tree, from: Tree, fields: readonly string[]): void {
  for (const field of fields) {
    const value = from[field];
    if (value === undefined) delete target[field];
    else target[field] = copyOf(value);
  }
}
