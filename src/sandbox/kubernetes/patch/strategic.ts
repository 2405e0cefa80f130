import { isTree, same, type Tree, type Value } from '../value.js';

/** Lists that merge by a key, by field name (patchMergeKey of the API's types); any other list is replaced. */
const MERGE_KEYS: { readonly [field: string]: string } = {
  addresses: 'type',
  conditions: 'type',
  containers: 'name',
  env: 'name',
  ephemeralContainers: 'name',
  hostAliases: 'ip',
  hostIPs: 'ip',
  imagePullSecrets: 'name',
  initContainers: 'name',
  ownerReferences: 'uid',
  podIPs: 'ip',
  ports: 'containerPort',
  secrets: 'name',
  topologySpreadConstraints: 'topologyKey',
  volumeDevices: 'devicePath',
  volumeMounts: 'mountPath',
  volumes: 'name',
};

const PRIMITIVE_SETS = new Set(['finalizers', 'podCIDRs']);
const DIRECTIVE = '$patch';
const RETAIN = '$retainKeys';
const ORDER = '$setElementOrder/';
const DELETE_PRIMITIVE = '$deleteFromPrimitiveList/';

/** Strategic merge patch as the API server applies it to built-in types. The target is left as it is. */
export function strategicPatch(target: Value | undefined, patch: Tree): Tree {
  const { [DIRECTIVE]: directive, ...rest } = patch;
  if (directive === 'replace') return strategicPatch(undefined, rest);
  if (directive === 'delete') return {};
  const result = retained(isTree(target) ? target : {}, patch[RETAIN]);
  const fields = Object.entries(rest).filter(([name]) => !name.startsWith('$'));
  for (const [name, wanted] of fields) {
    if (wanted === null) delete result[name];
    else result[name] = mergedField(name, result[name], wanted);
  }
  applyDirectives(result, rest, isTree(target) ? target : {});
  return result;
}

function retained(target: Tree, keys: Value | undefined): Tree {
  if (!Array.isArray(keys)) return { ...target };
  return Object.fromEntries(Object.entries(target).filter(([name]) => keys.includes(name)));
}

function mergedField(name: string, target: Value | undefined, wanted: Value): Value {
  if (isTree(wanted)) return strategicPatch(target, wanted);
  if (!Array.isArray(wanted)) return wanted;
  const old = Array.isArray(target) ? target : [];
  if (PRIMITIVE_SETS.has(name)) return [...old, ...wanted.filter((item) => !old.includes(item))];
  const key = mergeKey(name, wanted);
  return key === undefined ? wanted : mergedList(old, wanted.filter(isTree), key);
}

function mergeKey(name: string, items: readonly Value[]): string | undefined {
  const servicePorts = name === 'ports' && items.some((item) => isTree(item) && item['port'] !== undefined);
  return servicePorts ? 'port' : MERGE_KEYS[name];
}

const keyOf = (item: Value | undefined, key: string | undefined): Value | undefined =>
  key !== undefined && isTree(item) ? item[key] : item;

function mergedList(old: readonly Value[], wanted: readonly Tree[], key: string): Value[] {
  const isOf = (item: Value, other: Tree): boolean => same(keyOf(item, key), other[key]);
  const replaces = wanted.some((item) => item[DIRECTIVE] === 'replace');
  const kept = replaces ? [] : old.filter((item) => !wanted.some((other) => isOf(item, other)));
  const merged = wanted
    .filter((item) => item[DIRECTIVE] === undefined)
    .map((item) => strategicPatch(replaces ? undefined : old.find((other) => isOf(other, item)), item));
  return interleaved(kept, merged, old, key);
}

/**
 * Items that the patch does not name among those that it names: each list keeps its own order, and an untouched item
 * comes first only where it came before in the live list too.
 */
function interleaved(
  untouched: readonly Value[],
  named: readonly Value[],
  live: readonly Value[],
  key?: string,
): Value[] {
  const place = (item: Value | undefined): number =>
    live.findIndex((other) => same(keyOf(other, key), keyOf(item, key)));
  const [left, right] = [[...untouched], [...named]];
  const result: Value[] = [];
  while (left.length > 0 && right.length > 0) {
    const isBefore = place(right[0]) >= 0 && place(left[0]) < place(right[0]);
    result.push(...(isBefore ? left : right).splice(0, 1));
  }
  return [...result, ...left, ...right];
}

function applyDirectives(result: Tree, patch: Tree, live: Tree): void {
  for (const [name, value] of Object.entries(patch)) {
    const field = name.slice(name.indexOf('/') + 1);
    const list = result[field];
    if (!Array.isArray(value) || !Array.isArray(list)) continue;
    if (name.startsWith(DELETE_PRIMITIVE)) result[field] = list.filter((item) => !value.includes(item));
    else if (name.startsWith(ORDER)) result[field] = ordered(list, value, live[field], mergeKey(field, list));
  }
}

function ordered(list: readonly Value[], order: readonly Value[], live: Value | undefined, key?: string): Value[] {
  const isOf = (item: Value, other: Value): boolean => same(keyOf(item, key), keyOf(other, key));
  const named = order.flatMap((wanted) => list.filter((item) => isOf(item, wanted)));
  const untouched = list.filter((item) => !named.includes(item));
  return interleaved(untouched, named, Array.isArray(live) ? live : [], key);
}
