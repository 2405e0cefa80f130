import type { Json, JsonObject } from '../../../domain/json.js';
import { addSeconds, isReached } from '../clock.js';
import type { Call, Route } from '../engine.js';
import { part } from '../engine.js';
import { plainText, type FieldSpec } from '../fields.js';
import { uuid } from '../random.js';
import { Refusal, absent, fail, noContent, secret, type Reply } from '../reply.js';
import { table } from '../state.js';
import { numberOf, textOf } from './login.js';

const ZERO_TIME = '0001-01-01T00:00:00Z';

/** The roles by name, in lower case. */
export function roles(call: Call): Map<string, JsonObject> {
  return table(call.mount, 'roles');
}

/** Ends the request with 404 where there is no such role. */
export function roleNamed(call: Call, name: string): JsonObject {
  const role = roles(call).get(name);
  if (role === undefined) throw new Refusal(fail(404, `role "${name}" does not exist`));
  return role;
}

function metadataOf(call: Call): JsonObject {
  const text = call.fields.text('metadata') ?? '';
  if (text === '') return {};
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    throw new Refusal(fail(400, 'failed to parse metadata'));
  }
}

function makeSecretId(call: Call): Reply {
  const name = part(call, 'name').toLowerCase();
  const role = roleNamed(call, name);
  const created = call.world.clock.stamp();
  const ttl = call.fields.number('ttl') ?? numberOf(role, 'secret_id_ttl');
  const entry: JsonObject = {
    role: name,
    accessor: uuid(),
    created,
    expires: ttl === 0 ? ZERO_TIME : addSeconds(created, ttl),
    metadata: metadataOf(call),
    ttl,
    uses: call.fields.number('num_uses') ?? numberOf(role, 'secret_id_num_uses'),
  };
  const id = call.fields.text('secret_id') ?? uuid();
  table(call.mount, 'secretIds').set(id, entry);
  return secret({
    secret_id: id,
    secret_id_accessor: textOf(entry, 'accessor'),
    secret_id_num_uses: numberOf(entry, 'uses'),
    secret_id_ttl: ttl,
  });
}

function describe(entry: JsonObject): JsonObject {
  return {
    cidr_list: [],
    creation_time: textOf(entry, 'created'),
    expiration_time: textOf(entry, 'expires'),
    last_updated_time: textOf(entry, 'created'),
    metadata: entry['metadata'] ?? null,
    secret_id_accessor: textOf(entry, 'accessor'),
    secret_id_num_uses: numberOf(entry, 'uses'),
    secret_id_ttl: numberOf(entry, 'ttl'),
    token_bound_cidrs: [],
  };
}

type SecretId = readonly [string, JsonObject];

/** The secret id of that role by its value or accessor, ended if its time is over. */
function findSecretId(
  call: Call,
  role: string,
  matches: (id: string, entry: JsonObject) => boolean,
): SecretId | undefined {
  const ids = table(call.mount, 'secretIds');
  const found = [...ids].find(([id, entry]) => entry['role'] === role && matches(id, entry));
  if (found === undefined) return undefined;
  const expires = textOf(found[1], 'expires');
  if (expires === ZERO_TIME || !isReached(expires, call.world.clock.now())) return found;
  ids.delete(found[0]);
  return undefined;
}

function named(call: Call): SecretId | undefined {
  const id = call.fields.text('secret_id');
  const accessor = call.fields.text('secret_id_accessor');
  return findSecretId(call, part(call, 'name').toLowerCase(), (value, entry) =>
    accessor === undefined ? value === id : entry['accessor'] === accessor,
  );
}

function lookUpSecretId(call: Call): Reply {
  roleNamed(call, part(call, 'name').toLowerCase());
  const found = named(call);
  if (found !== undefined) return secret(describe(found[1]));
  if (call.fields.has('secret_id')) return noContent();
  return fail(
    404,
    `failed to find accessor entry for secret_id_accessor: "${call.fields.text('secret_id_accessor') ?? ''}"`,
  );
}

function destroySecretId(call: Call): Reply {
  const found = named(call);
  if (found !== undefined) table(call.mount, 'secretIds').delete(found[0]);
  return noContent();
}

function listSecretIds(call: Call): Reply {
  const name = part(call, 'name').toLowerCase();
  const keys = [...table(call.mount, 'secretIds').values()]
    .filter((entry) => entry['role'] === name)
    .map((entry) => textOf(entry, 'accessor'));
  return keys.length === 0 ? absent() : secret({ keys: keys.sort() });
}

/**
 * Takes one use of that role's secret id. Undefined where it is none of the role's, or its time or uses are over; else
 * the metadata it was made with.
 */
export function useSecretId(call: Call, role: string, value: string): Record<string, string> | undefined {
  const found = findSecretId(call, role, (id) => id === value);
  if (found === undefined) return undefined;
  const [id, entry] = found;
  const uses = numberOf(entry, 'uses');
  if (uses === 1) table(call.mount, 'secretIds').delete(id);
  else if (uses > 1) table(call.mount, 'secretIds').set(id, { ...entry, uses: uses - 1 });
  return texts(entry['metadata']);
}

function texts(value: Json | undefined): Record<string, string> {
  const map = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  return Object.fromEntries(map.map(([key, item]) => [key, plainText(item)]));
}

const SECRET_ID_FIELDS: FieldSpec = {
  metadata: 'string',
  cidr_list: 'list',
  token_bound_cidrs: 'list',
  num_uses: 'int',
  ttl: 'seconds',
};
const ID_FIELDS: FieldSpec = { secret_id: 'string' };
const ACCESSOR_FIELDS: FieldSpec = { secret_id_accessor: 'string' };

/** Secret ids of a role: made, listed, looked up, destroyed. */
export const SECRET_ID_ROUTES: readonly Route[] = [
  {
    pattern: /^role\/(?<name>[^/]+)\/secret-id\/?$/,
    fields: SECRET_ID_FIELDS,
    on: { update: makeSecretId, list: listSecretIds },
  },
  {
    pattern: /^role\/(?<name>[^/]+)\/custom-secret-id$/,
    fields: { ...SECRET_ID_FIELDS, ...ID_FIELDS },
    on: { update: makeSecretId },
  },
  { pattern: /^role\/(?<name>[^/]+)\/secret-id\/lookup$/, fields: ID_FIELDS, on: { update: lookUpSecretId } },
  { pattern: /^role\/(?<name>[^/]+)\/secret-id\/destroy$/, fields: ID_FIELDS, on: { update: destroySecretId } },
  {
    pattern: /^role\/(?<name>[^/]+)\/secret-id-accessor\/lookup$/,
    fields: ACCESSOR_FIELDS,
    on: { update: lookUpSecretId },
  },
  {
    pattern: /^role\/(?<name>[^/]+)\/secret-id-accessor\/destroy$/,
    fields: ACCESSOR_FIELDS,
    on: { update: destroySecretId },
  },
];
