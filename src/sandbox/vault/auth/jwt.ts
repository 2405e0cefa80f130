import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../../domain/json.js';
import type { Call, Engine } from '../engine.js';
import { part } from '../engine.js';
import { plainText, type FieldSpec } from '../fields.js';
import { Refusal, absent, fail, noContent, secret, type Reply } from '../reply.js';
import { table } from '../state.js';
import { JwtError, audiences, checkClaims, readPublicKeys, verifiedClaims } from './jwt-verify.js';
import { TOKEN_FIELDS, listOf, logIn, numberOf, sent, textOf, tokenSettings } from './login.js';

const CONFIG_FIELDS: FieldSpec = {
  jwt_validation_pubkeys: 'list',
  bound_issuer: 'string',
  default_role: 'string',
  jwt_supported_algs: 'list',
  jwks_url: 'string',
  jwks_ca_pem: 'string',
  oidc_discovery_url: 'string',
  oidc_discovery_ca_pem: 'string',
};

const ROLE_FIELDS: FieldSpec = {
  role_type: 'string',
  user_claim: 'string',
  bound_audiences: 'list',
  bound_claims: 'map',
  bound_claims_type: 'string',
  bound_subject: 'string',
  claim_mappings: 'pairs',
  clock_skew_leeway: 'signedSeconds',
  expiration_leeway: 'signedSeconds',
  not_before_leeway: 'signedSeconds',
  groups_claim: 'string',
  allowed_redirect_uris: 'list',
  verbose_oidc_logging: 'bool',
  user_claim_json_pointer: 'bool',
};

const ROLE_DEFAULTS: JsonObject = {
  allowed_redirect_uris: null,
  bound_audiences: null,
  bound_claims: null,
  bound_claims_type: 'string',
  bound_subject: '',
  callback_mode: 'client',
  claim_mappings: null,
  clock_skew_leeway: 0,
  expiration_leeway: 0,
  groups_claim: '',
  max_age: 0,
  not_before_leeway: 0,
  oauth2_metadata: null,
  oidc_disable_confirmation: false,
  oidc_scopes: null,
  role_type: 'oidc',
  token_policies_template_claims: false,
  user_claim_json_pointer: false,
  verbose_oidc_logging: false,
};

/** Only static keys are served; the other sources of keys would make this server a client of something. */
function writeConfig(call: Call): Reply {
  const { fields } = call;
  const keys = fields.list('jwt_validation_pubkeys') ?? [];
  const remote = ['jwks_url', 'oidc_discovery_url'].some((name) => (fields.text(name) ?? '') !== '');
  if (keys.length === 0 || remote) {
    const sources = `'jwt_validation_pubkeys', 'jwks_url', 'jwks_pairs', 'oidc_discovery_url', or 'provider_config'`;
    return fail(400, `exactly one of ${sources} must be set`);
  }
  if (readPublicKeys(keys) === undefined) {
    return fail(400, 'error parsing public key: data does not contain any valid public keys');
  }
  table(call.mount, 'config').set('config', sent(fields, CONFIG_FIELDS));
  return noContent();
}

function readConfig(call: Call): Reply {
  const config = table(call.mount, 'config').get('config');
  if (config === undefined) return absent();
  return secret({
    bound_issuer: textOf(config, 'bound_issuer'),
    default_role: textOf(config, 'default_role'),
    jwks_ca_pem: '',
    jwks_pairs: [],
    jwks_url: '',
    jwt_supported_algs: listOf(config, 'jwt_supported_algs'),
    jwt_validation_pubkeys: listOf(config, 'jwt_validation_pubkeys'),
    namespace_in_state: true,
    oidc_client_id: '',
    oidc_discovery_ca_pem: '',
    oidc_discovery_url: '',
    oidc_response_mode: '',
    oidc_response_types: [],
    provider_config: {},
  });
}

function isBound(role: JsonObject): boolean {
  const claims = role['bound_claims'];
  const some = typeof claims === 'object' && claims !== null && Object.keys(claims).length > 0;
  return some || listOf(role, 'bound_audiences').length > 0 || textOf(role, 'bound_subject') !== '';
}

function writeRole(call: Call): Reply {
  const name = part(call, 'name');
  const before = table(call.mount, 'roles').get(name);
  const settings = tokenSettings(call.fields, before);
  const role: JsonObject = { ...ROLE_DEFAULTS, ...settings, ...sent(call.fields, ROLE_FIELDS) };
  if (textOf(role, 'user_claim') === '') return fail(400, 'a user claim must be defined on the role');
  const kind = textOf(role, 'bound_claims_type');
  if (kind !== 'string' && kind !== 'glob') return fail(400, `invalid 'bound_claims_type': ${kind}`);
  if (textOf(role, 'role_type') === 'jwt' && !isBound(role)) {
    return fail(400, 'must have at least one bound constraint when creating/updating a role');
  }
  table(call.mount, 'roles').set(name, role);
  return noContent();
}

function readRole(call: Call): Reply {
  const role = table(call.mount, 'roles').get(part(call, 'name'));
  return role === undefined ? absent() : secret(role);
}

function deleteRole(call: Call): Reply {
  table(call.mount, 'roles').delete(part(call, 'name'));
  return noContent();
}

function listRoles(call: Call): Reply {
  const keys = [...table(call.mount, 'roles').keys()].sort();
  return keys.length === 0 ? absent() : secret({ keys });
}

/** A claim by name or, when it begins with a slash, by JSON pointer (RFC 6901). */
function claimOf(claims: JsonObject, name: string): Json | undefined {
  if (!name.startsWith('/')) return Object.hasOwn(claims, name) ? claims[name] : undefined;
  let at: Json | undefined = claims;
  for (const step of name.slice(1).split('/')) {
    if (typeof at !== 'object' || at === null) return undefined;
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    at = Object.hasOwn(at, key) ? (at as JsonObject)[key] : undefined;
  }
  return at;
}

function asList(value: Json): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

function globMatches(pattern: Json, value: Json): boolean {
  if (typeof pattern !== 'string' || typeof value !== 'string') return false;
  const escaped = pattern.split('*').map((piece) => piece.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 's').test(value);
}

function checkBoundClaims(claims: JsonObject, role: JsonObject): void {
  const bound = role['bound_claims'] as JsonObject | null | undefined;
  const matches = textOf(role, 'bound_claims_type') === 'glob' ? globMatches : isDeepStrictEqual;
  for (const [name, expected] of Object.entries(bound ?? {})) {
    const actual = claimOf(claims, name);
    if (actual === undefined) throw new Refusal(fail(400, `error validating claims: claim "${name}" is missing`));
    const found = asList(actual).some((value) => asList(expected).some((wanted) => matches(wanted, value)));
    if (!found) {
      const reason = `claim "${name}" does not match any associated bound claim values`;
      throw new Refusal(fail(400, `error validating claims: ${reason}`));
    }
  }
}

function metadataOf(claims: JsonObject, role: JsonObject, roleName: string): Record<string, string> {
  const mappings = (role['claim_mappings'] ?? {}) as JsonObject;
  const entries = Object.entries(mappings).flatMap(([claim, target]): [string, string][] => {
    const value = claimOf(claims, claim);
    if (value === undefined) return [];
    if (typeof value !== 'string') throw new Refusal(fail(400, `error converting claim '${claim}' to string`));
    return [[plainText(target), value]];
  });
  return { ...Object.fromEntries(entries), role: roleName };
}

function validated(call: Call, config: JsonObject, role: JsonObject, token: string): JsonObject {
  const keys = readPublicKeys(listOf(config, 'jwt_validation_pubkeys')) ?? [];
  const expected = {
    issuer: textOf(config, 'bound_issuer'),
    subject: textOf(role, 'bound_subject'),
    audiences: listOf(role, 'bound_audiences'),
    clockSkew: numberOf(role, 'clock_skew_leeway'),
    expirationLeeway: numberOf(role, 'expiration_leeway'),
    notBeforeLeeway: numberOf(role, 'not_before_leeway'),
  };
  try {
    const claims = verifiedClaims(token, keys);
    checkClaims(claims, expected, Math.floor(call.world.clock.now() / 1000));
    return claims;
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    throw new Refusal(fail(400, `error validating token: ${error.message}`));
  }
}

function aliasOf(claims: JsonObject, role: JsonObject): string {
  const name = textOf(role, 'user_claim');
  const alias = claimOf(claims, name);
  if (alias === undefined) throw new Refusal(fail(400, `claim "${name}" not found in token`));
  if (typeof alias !== 'string') throw new Refusal(fail(400, `claim "${name}" could not be converted to string`));
  return alias;
}

/** Judges the token by the role and hands out a token of the server's own. */
function admit(call: Call, config: JsonObject, role: JsonObject, roleName: string): Reply {
  const token = call.fields.text('jwt') ?? '';
  if (token === '') return fail(400, 'missing token');
  const claims = validated(call, config, role, token);
  if (audiences(claims).length > 0 && listOf(role, 'bound_audiences').length === 0) {
    return fail(400, 'audience claim found in JWT but no audiences bound to the role');
  }
  checkBoundClaims(claims, role);
  const alias = aliasOf(claims, role);
  const metadata = metadataOf(claims, role, roleName);
  if (alias === '') return fail(500, 'missing name in alias');
  return logIn(call, { role, roleName, subject: alias, metadata, alias });
}

function login(call: Call): Reply {
  const config = table(call.mount, 'config').get('config');
  if (config === undefined) return fail(400, 'could not load configuration');
  const roleName = call.fields.text('role') || textOf(config, 'default_role');
  if (roleName === '') return fail(400, 'missing role');
  const role = table(call.mount, 'roles').get(roleName);
  if (role === undefined) return fail(400, `role "${roleName}" could not be found`);
  if (role['role_type'] !== 'jwt') return fail(400, 'role with oidc role_type is not allowed');
  return admit(call, config, role, roleName);
}

/** auth/jwt with static public keys: configuration, roles, login. */
export const JWT_ENGINE: Engine = {
  routes: [
    { pattern: /^login$/, fields: { role: 'string', jwt: 'string' }, on: { update: login }, open: true },
    { pattern: /^config$/, fields: CONFIG_FIELDS, on: { read: readConfig, update: writeConfig } },
    { pattern: /^role\/?$/, fields: {}, on: { list: listRoles } },
    {
      pattern: /^role\/(?<name>[^/]+)$/,
      fields: { ...ROLE_FIELDS, ...TOKEN_FIELDS },
      on: { read: readRole, update: writeRole, delete: deleteRole },
      exists: (call) => table(call.mount, 'roles').has(part(call, 'name')),
    },
  ],
};
