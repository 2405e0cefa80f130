import type { Json, JsonObject } from '../../../domain/json.js';
import type { Call } from '../engine.js';
import { part } from '../engine.js';
import { absent, secret, type Reply } from '../reply.js';
import { keyBody, kvOf } from './model.js';

/** `dir/` for `dir` and `dir/`, and nothing for the top. */
function folder(call: Call): string {
  const path = part(call, 'path');
  return path === '' || path.endsWith('/') ? path : `${path}/`;
}

/** Names directly below the folder, folders with a slash, sorted; cut by `after` and `limit`. */
function namesIn(call: Call): readonly string[] {
  const prefix = folder(call);
  const names = new Set<string>();
  for (const key of kvOf(call).keys.keys()) {
    if (!key.startsWith(prefix)) continue;
    const rest = key.slice(prefix.length);
    const slash = rest.indexOf('/');
    names.add(slash === -1 ? rest : rest.slice(0, slash + 1));
  }
  const after = call.fields.text('after') ?? '';
  const limit = call.fields.number('limit') ?? 0;
  const sorted = [...names].sort().filter((name) => name > after);
  return limit > 0 ? sorted.slice(0, limit) : sorted;
}

/** All keys below the folder: those of each folder before those of its subfolders. */
function keysBelow(call: Call): readonly string[] {
  const prefix = folder(call);
  const below = [...kvOf(call).keys.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
  const depth = (name: string): number => name.split('/').length;
  return below.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
}

function infoOf(call: Call, name: string): [string, Json] {
  // A folder beside a key of the same name is described by that key.
  const key = kvOf(call).keys.get((folder(call) + name).replace(/\/$/, ''));
  return [name, key === undefined ? {} : keyBody(key)];
}

function answer(call: Call, names: readonly string[], detailed: boolean): JsonObject {
  if (!detailed) return { keys: names };
  return { key_info: Object.fromEntries(names.map((name) => infoOf(call, name))), keys: names };
}

export function list(call: Call): Reply {
  const names = namesIn(call);
  return names.length === 0 ? absent() : secret(answer(call, names, false));
}

export function detailedList(call: Call): Reply {
  const names = namesIn(call);
  return names.length === 0 ? absent() : secret(answer(call, names, true));
}

/** Unlike a listing, a scan of nothing is no 404. */
export function scan(call: Call): Reply {
  const names = keysBelow(call);
  return secret(names.length === 0 ? {} : answer(call, names, false));
}

export function detailedScan(call: Call): Reply {
  const names = keysBelow(call);
  return secret(names.length === 0 ? {} : answer(call, names, true));
}
