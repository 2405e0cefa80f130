import type { Json, JsonObject } from '../../../domain/json.js';
import { capabilitiesOn } from '../acl.js';
import type { Call, Route } from '../engine.js';
import { fail, flat, listed, type Reply } from '../reply.js';
import type { TokenEntry } from '../state.js';
import { findByAccessor, findToken } from '../tokens.js';

function pathsOf(call: Call): readonly string[] {
  const paths = call.fields.list('paths');
  return paths !== undefined && paths.length > 0 ? paths : (call.fields.list('path') ?? []);
}

function judged(call: Call, entry: TokenEntry, path: string): readonly Json[] {
  const acl = call.world.aclOf(entry);
  if (acl.root) return ['root'];
  const found = [...capabilitiesOn(acl, path, true)].sort();
  return found.length === 0 || found.includes('deny') ? ['deny'] : found;
}

function answer(call: Call, entry: TokenEntry | undefined): Reply {
  if (entry === undefined) return listed(400, 'invalid token');
  const paths = pathsOf(call);
  if (paths.length === 0) return fail(400, 'paths must be supplied');
  if (paths.includes('')) return listed(400, 'missing path');
  const data: JsonObject = Object.fromEntries(paths.map((path) => [path, judged(call, entry, path)]));
  const [only] = paths;
  if (paths.length > 1 || only === undefined) return flat(data);
  return flat({ ...data, capabilities: data[only] ?? null });
}

const FIELDS: Route['fields'] = { token: 'string', accessor: 'string', path: 'list', paths: 'list' };

/** sys/capabilities, of the caller's token or another one. */
export const CAPABILITY_ROUTES: readonly Route[] = [
  { pattern: /^capabilities-self$/, fields: FIELDS, on: { update: (call) => answer(call, call.caller) } },
  {
    pattern: /^capabilities$/,
    fields: FIELDS,
    on: { update: (call) => answer(call, findToken(call.world, call.fields.text('token') ?? '')) },
  },
  {
    pattern: /^capabilities-accessor$/,
    fields: FIELDS,
    on: { update: (call) => answer(call, findByAccessor(call.world, call.fields.text('accessor') ?? '')) },
  },
];
