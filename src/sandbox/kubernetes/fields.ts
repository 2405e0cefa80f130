import { canonicalJson } from '../../domain/json.js';
import { isTree, type Tree, type Value } from './value.js';

/** One element of metadata.managedFields. */
export interface ManagedEntry {
  readonly manager: string;
  readonly operation: 'Update';
  readonly apiVersion: string;
  readonly time: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: Tree;
  readonly subresource?: string;
}

export interface Author {
  readonly manager: string;
  readonly subresource?: string;
}

/** Lists whose items are owned one by one (listType=map), with the fields that name an item. Other lists are one leaf. */
const ITEM_KEYS: { readonly [field: string]: readonly string[] } = {
  addresses: ['type'],
  conditions: ['type'],
  containers: ['name'],
  env: ['name'],
  hostIPs: ['ip'],
  imagePullSecrets: ['name'],
  initContainers: ['name'],
  ownerReferences: ['uid'],
  podIPs: ['ip'],
  ports: ['containerPort', 'protocol'],
  volumeMounts: ['mountPath'],
  volumes: ['name'],
};

/** Objects that are owned as a whole (structType or mapType=atomic). */
/** What an item of ownerReferences is called here. */
const OWNER = 'ownerReferences[]';
const ATOMIC = new Set(['selector', 'nodeSelector', 'secretKeyRef', 'configMapKeyRef', 'fieldRef', 'target', OWNER]);
/** Structures that always exist, so nobody owns their being there. */
const STRUCTS = new Set(['metadata', 'spec', 'status', 'template', 'strategy', 'updateStrategy', 'containers']);
const SYSTEM = new Set([
  'name', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp',
  'deletionGracePeriodSeconds', 'managedFields', 'selfLink',
]); // prettier-ignore
const SEPARATOR = '\n';

type Leaves = Map<string, string>;

/** Path -> value text; a container is there too, so that its coming and going is seen. */
function leavesOf(object: Tree | undefined, skipped: ReadonlySet<string>): Leaves {
  const leaves: Leaves = new Map();
  for (const [name, value] of Object.entries(object ?? {})) {
    if (skipped.has(name)) continue;
    const owned =
      name === 'metadata' && isTree(value)
        ? Object.fromEntries(Object.entries(value).filter(([field]) => !SYSTEM.has(field)))
        : value;
    visit(leaves, `f:${name}`, name, owned);
  }
  return leaves;
}

function visit(leaves: Leaves, path: string, field: string, value: Value): void {
  const inner = isTree(value) ? fieldsOf(field, value) : itemsOf(field, value);
  // An empty structure is nobody's; any other thing without parts is a leaf.
  if (inner.length === 0 && !isStruct(field, value)) leaves.set(path, canonicalJson(value));
  else if (!isStruct(field, value)) leaves.set(path, '.');
  for (const [step, name, part] of inner) visit(leaves, `${path}${SEPARATOR}${step}`, name, part);
}

type Part = readonly [step: string, field: string, value: Value];

const isStruct = (field: string, value: Value): boolean => typeof value === 'object' && STRUCTS.has(field);

const fieldsOf = (field: string, value: Tree): readonly Part[] =>
  ATOMIC.has(field) ? [] : Object.entries(value).map(([name, part]) => [`f:${name}`, name, part]);

function itemsOf(field: string, value: Value): readonly Part[] {
  const keys = ITEM_KEYS[field];
  if (keys === undefined || !Array.isArray(value) || !value.every(isTree)) return [];
  return value.map((item) => [itemName(item, keys), `${field}[]`, item]);
}

function itemName(item: Tree, keys: readonly string[]): string {
  const named = keys.filter((key) => item[key] !== undefined).map((key) => [key, item[key] ?? null]);
  return `k:${JSON.stringify(Object.fromEntries(named))}`;
}

/** The FieldsV1 form of a set of paths. */
function treeOf(paths: Iterable<string>): Tree {
  const root: Tree = {};
  const members = [...paths].sort();
  for (const path of members) {
    let here = root;
    for (const step of path.split(SEPARATOR)) {
      const next = here[step];
      const tree: Tree = isTree(next) ? next : {};
      here[step] = tree;
      here = tree;
    }
  }
  for (const path of members) markMember(root, path.split(SEPARATOR));
  return root;
}

/** A member that has owned children says so by ".". */
function markMember(root: Tree, steps: readonly string[]): void {
  let here: Value | undefined = root;
  for (const step of steps) here = isTree(here) ? here[step] : undefined;
  if (isTree(here) && Object.keys(here).length > 0) here['.'] = {};
}

function pathsOf(tree: Tree, prefix = ''): string[] {
  const names = Object.keys(tree);
  if (names.length === 0) return prefix === '' ? [] : [prefix];
  return names.flatMap((name) => {
    const inner = tree[name];
    if (name === '.') return [prefix];
    return pathsOf(isTree(inner) ? inner : {}, prefix === '' ? name : `${prefix}${SEPARATOR}${name}`);
  });
}

const byTime = (a: ManagedEntry, b: ManagedEntry): number => (sortKey(a) < sortKey(b) ? -1 : 1);
const sortKey = (entry: ManagedEntry): string => [entry.time, entry.manager, entry.subresource ?? ''].join(SEPARATOR);

/**
 * managedFields after an update: what the author added or changed is the author's alone, what vanished is nobody's.
 * Entries that own nothing disappear; the author's time moves with every change.
 */
export function trackFields(
  old: Tree | undefined,
  next: Tree,
  entries: readonly ManagedEntry[],
  author: Author & { readonly apiVersion: string; readonly time: string },
): ManagedEntry[] {
  // What the server fills in at creation is nobody's: a status belongs to its subresource.
  const filled = author.subresource === undefined ? ['status', ...(next['kind'] === 'Namespace' ? ['spec'] : [])] : [];
  const skipped = new Set(['apiVersion', 'kind', ...filled]);
  const before = leavesOf(old, skipped);
  const after = leavesOf(next, skipped);
  const changed = [...after].filter(([path, value]) => before.get(path) !== value).map(([path]) => path);
  const vanished = [...before.keys()].filter((path) => !after.has(path));
  if (changed.length === 0 && vanished.length === 0) return [...entries];
  const isAuthor = (entry: ManagedEntry): boolean =>
    entry.manager === author.manager &&
    entry.subresource === author.subresource &&
    entry.apiVersion === author.apiVersion;
  const lost = new Set([...changed, ...vanished]);
  const kept = entries.map((entry): ManagedEntry => {
    const paths = pathsOf(entry.fieldsV1).filter((path) => !lost.has(path));
    if (isAuthor(entry)) return { ...entry, fieldsV1: treeOf([...paths, ...changed]), time: author.time };
    return { ...entry, fieldsV1: treeOf(paths) };
  });
  if (!entries.some(isAuthor) && changed.length > 0) {
    const { manager, apiVersion, time, subresource } = author;
    const fieldsV1 = treeOf(changed);
    const where = subresource === undefined ? {} : { subresource };
    kept.push({ manager, operation: 'Update', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1, ...where });
  }
  return kept.filter((entry) => Object.keys(entry.fieldsV1).length > 0).sort(byTime);
}
