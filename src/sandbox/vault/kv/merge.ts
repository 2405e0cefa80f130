import type { Json, JsonObject } from '../../../domain/json.js';

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON merge patch (RFC 7396): null removes, objects merge, anything else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

/** The shape of a value with null for every leaf, down to `depth` levels (0: all). Lists are leaves. */
export function skeleton(value: JsonObject, depth: number): JsonObject {
  const entries = Object.entries(value).map(([name, item]): [string, Json] => {
    const leaf = !isObject(item) || depth === 1 || Object.keys(item).length === 0;
    return [name, leaf ? null : skeleton(item, depth - 1)];
  });
  return Object.fromEntries(entries);
}
