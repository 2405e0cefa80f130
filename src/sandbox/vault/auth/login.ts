import type { Json, JsonObject } from '../../../domain/json.js';
import type { Call } from '../engine.js';
import type { Fields, FieldSpec } from '../fields.js';
import { uuid } from '../random.js';
import { Refusal, fail, secret, type Reply } from '../reply.js';
import { authBody, issueToken, sanitizePolicies } from '../tokens.js';

/** The parameters that every login role has for the tokens it hands out. */
export const TOKEN_FIELDS: FieldSpec = {
  token_policies: 'list',
  policies: 'list',
  token_ttl: 'seconds',
  token_max_ttl: 'seconds',
  token_explicit_max_ttl: 'seconds',
  token_period: 'seconds',
  token_num_uses: 'int',
  token_no_default_policy: 'bool',
  token_type: 'string',
  token_bound_cidrs: 'list',
  token_strictly_bind_ip: 'bool',
};

const TOKEN_DEFAULTS: JsonObject = {
  token_bound_cidrs: [],
  token_explicit_max_ttl: 0,
  token_max_ttl: 0,
  token_no_default_policy: false,
  token_num_uses: 0,
  token_period: 0,
  token_policies: [],
  token_strictly_bind_ip: false,
  token_ttl: 0,
  token_type: 'default',
};

/** What was sent of `spec`, as plain data under the same names. */
export function sent(fields: Fields, spec: FieldSpec): JsonObject {
  const values = new Map<string, Json>();
  for (const name of Object.keys(spec)) {
    const value = fields.any(name);
    if (value !== undefined) values.set(name, value);
  }
  return Object.fromEntries(values);
}

export function numberOf(role: JsonObject, name: string): number {
  return typeof role[name] === 'number' ? role[name] : 0;
}

export function listOf(role: JsonObject, name: string): readonly string[] {
  const value = role[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function textOf(role: JsonObject, name: string): string {
  const value = role[name];
  return typeof value === 'string' ? value : '';
}

/** The token parameters of a role after a write: those sent, else those it had, else the defaults. */
export function tokenSettings(fields: Fields, before: JsonObject | undefined): JsonObject {
  const now: JsonObject = { ...TOKEN_DEFAULTS, ...before, ...sent(fields, TOKEN_FIELDS) };
  const old = fields.list('policies');
  const settings: JsonObject =
    old !== undefined && !fields.has('token_policies') ? { ...now, token_policies: old } : now;
  if (
    numberOf(settings, 'token_max_ttl') > 0 &&
    numberOf(settings, 'token_ttl') > numberOf(settings, 'token_max_ttl')
  ) {
    throw new Refusal(fail(400, "'token_ttl' cannot be greater than 'token_max_ttl'"));
  }
  if (numberOf(settings, 'token_period') > 0 && textOf(settings, 'token_type').includes('batch')) {
    const types = "'token_type' cannot be 'batch' or 'default_batch'";
    throw new Refusal(fail(400, `${types} when set to generate periodic tokens`));
  }
  return settings;
}

export interface Login {
  readonly role: JsonObject;
  readonly roleName: string;
  /** After the mount's name: `jwt-alice`; empty for the mount's name alone. */
  readonly subject: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** What the entity is recognised by. */
  readonly alias: string;
}

function entityOf(call: Call, alias: string): string {
  const { entities } = call.world.state;
  const key = `${call.mount.accessor} ${alias}`;
  const id = entities.get(key) ?? uuid();
  entities.set(key, id);
  return id;
}

/** The answer to a login that succeeded: an orphan token as the role describes it. */
export function logIn(call: Call, login: Login): Reply {
  const { role } = login;
  const mountName = call.mount.path.slice('auth/'.length, -1).replaceAll('/', '-');
  const batch = textOf(role, 'token_type') === 'batch';
  const { entry, warnings } = issueToken(call.world, {
    policies: sanitizePolicies(listOf(role, 'token_policies'), role['token_no_default_policy'] !== true),
    path: call.request.path,
    displayName: login.subject === '' ? mountName : `${mountName}-${login.subject}`,
    meta: login.metadata,
    type: batch ? 'batch' : 'service',
    entityId: entityOf(call, login.alias),
    ttl: numberOf(role, 'token_ttl'),
    maxTtl: numberOf(role, 'token_max_ttl'),
    explicitMaxTtl: numberOf(role, 'token_explicit_max_ttl'),
    period: numberOf(role, 'token_period'),
    numUses: numberOf(role, 'token_num_uses'),
    roleTtl: numberOf(role, 'token_ttl'),
    roleName: login.roleName,
  });
  return secret(null, { auth: authBody(entry), warnings });
}
