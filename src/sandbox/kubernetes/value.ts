import { canonicalJson } from '../../domain/json.js';

/** JSON that is being built; what lies in the store is never changed in place. */
export type Value = null | boolean | number | string | Value[] | Tree;
export interface Tree {
  [field: string]: Value;
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equal as JSON, whatever the order of keys. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}

/** A deep copy of plain JSON; several times as fast as structuredClone, which also knows what is not here. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => copyOf(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copyOf<unknown>(inner)])) as T;
}

/** The value at a path, undefined where a step is missing. */
export function at(value: unknown, ...path: readonly string[]): Value | undefined {
  let here = value;
  for (const step of path) {
    if (!isTree(here)) return undefined;
    here = here[step];
  }
  return here as Value | undefined;
}

export function treeAt(value: unknown, ...path: readonly string[]): Tree | undefined {
  const found = at(value, ...path);
  return isTree(found) ? found : undefined;
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly string[]): Value[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The tree at a path of a tree that is being built; made where it is missing. */
export function ensureTree(root: Tree, ...path: readonly string[]): Tree {
  let here = root;
  for (const step of path) {
    const next = here[step];
    const tree = isTree(next) ? next : {};
    here[step] = tree;
    here = tree;
  }
  return here;
}

/** Without fields that are null, at every depth: a typed object of the API has no null. */
export function withoutNulls(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isTree(value)) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutNulls(inner)]));
}

/** Without the fields that are undefined, as exact optional types want it. */
export function present<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
