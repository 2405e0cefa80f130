import { isTree, withoutNulls, type Tree, type Value } from '../value.js';

/** JSON merge patch (RFC 7396): null removes, objects merge, all else replaces. The target is left as it is. */
export function mergePatch(target: Value | undefined, patch: Value): Value {
  if (!isTree(patch)) return patch;
  const result: Tree = isTree(target) ? { ...target } : {};
  for (const [name, wanted] of Object.entries(patch)) {
    if (wanted === null) delete result[name];
    else result[name] = isTree(wanted) ? mergePatch(result[name], wanted) : withoutNulls(wanted);
  }
  return result;
}
