import type { JsonObject } from '../../../domain/json.js';
import type { Call, Engine } from '../engine.js';
import { part } from '../engine.js';
import type { FieldSpec } from '../fields.js';
import { absent, fail, noContent, secret, type Reply } from '../reply.js';
import { table } from '../state.js';
import { TOKEN_FIELDS, listOf, logIn, sent, textOf, tokenSettings } from './login.js';

const ROLE_FIELDS: FieldSpec = {
  bound_service_account_names: 'list',
  bound_service_account_namespaces: 'list',
  bound_service_account_namespace_selector: 'string',
  audience: 'string',
  alias_name_source: 'string',
};

const ROLE_DEFAULTS: JsonObject = {
  alias_name_source: 'serviceaccount_uid',
  bound_service_account_names: [],
  bound_service_account_namespace_selector: '',
  bound_service_account_namespaces: [],
};

const CONFIG_FIELDS: FieldSpec = {
  kubernetes_host: 'string',
  kubernetes_ca_cert: 'string',
  token_reviewer_jwt: 'string',
  pem_keys: 'list',
  issuer: 'string',
  disable_iss_validation: 'bool',
  disable_local_ca_jwt: 'bool',
};

function writeConfig(call: Call): Reply {
  if ((call.fields.text('kubernetes_host') ?? '') === '') return fail(400, 'no host provided');
  table(call.mount, 'config').set('config', sent(call.fields, CONFIG_FIELDS));
  return noContent();
}

function readConfig(call: Call): Reply {
  const config = table(call.mount, 'config').get('config');
  if (config === undefined) return absent();
  return secret({
    disable_iss_validation: config['disable_iss_validation'] ?? true,
    disable_local_ca_jwt: config['disable_local_ca_jwt'] ?? false,
    issuer: textOf(config, 'issuer'),
    kubernetes_ca_cert: textOf(config, 'kubernetes_ca_cert'),
    kubernetes_host: textOf(config, 'kubernetes_host'),
    pem_keys: listOf(config, 'pem_keys'),
    token_reviewer_jwt_set: textOf(config, 'token_reviewer_jwt') !== '',
  });
}

function writeRole(call: Call): Reply {
  const name = part(call, 'name').toLowerCase();
  const before = table(call.mount, 'roles').get(name);
  const role = { ...ROLE_DEFAULTS, ...tokenSettings(call.fields, before), ...sent(call.fields, ROLE_FIELDS) };
  if (listOf(role, 'bound_service_account_names').length === 0) {
    return fail(400, '"bound_service_account_names" can not be empty');
  }
  if (listOf(role, 'bound_service_account_namespaces').length === 0) {
    const unless = 'if "bound_service_account_namespace_selector" is not set';
    return fail(400, `"bound_service_account_namespaces" can not be empty ${unless}`);
  }
  table(call.mount, 'roles').set(name, role);
  return noContent();
}

function readRole(call: Call): Reply {
  const role = table(call.mount, 'roles').get(part(call, 'name').toLowerCase());
  return role === undefined ? absent() : secret(role);
}

function deleteRole(call: Call): Reply {
  table(call.mount, 'roles').delete(part(call, 'name').toLowerCase());
  return noContent();
}

function listRoles(call: Call): Reply {
  const keys = [...table(call.mount, 'roles').keys()].sort();
  return keys.length === 0 ? absent() : secret({ keys });
}

function allows(patterns: readonly string[], value: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : pattern === value,
  );
}

/** The audiences that the token itself names; none where it is no JWT. */
function audiencesOf(token: string): readonly string[] {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as JsonObject;
    return typeof claims['aud'] === 'string' ? [claims['aud']] : listOf(claims, 'aud');
  } catch {
    return [];
  }
}

function judge(call: Call, role: JsonObject, roleName: string, token: string): Reply {
  const account = call.world.reviewToken(token);
  if (account === undefined) return fail(403, 'permission denied');
  if (!allows(listOf(role, 'bound_service_account_names'), account.name)) {
    return fail(403, 'service account name not authorized');
  }
  if (!allows(listOf(role, 'bound_service_account_namespaces'), account.namespace)) {
    return fail(403, 'namespace not authorized');
  }
  const audience = textOf(role, 'audience');
  if (audience !== '' && !audiencesOf(token).includes(audience)) {
    return fail(403, 'invalid audience (aud) claim: audience claim does not match any expected audience');
  }
  const metadata = {
    role: roleName,
    service_account_name: account.name,
    service_account_namespace: account.namespace,
    service_account_secret_name: '',
    service_account_uid: account.uid,
  };
  const subject = `${account.namespace}-${account.name}`;
  return logIn(call, { role, roleName, subject, metadata, alias: account.uid });
}

function login(call: Call): Reply {
  const roleName = call.fields.text('role') ?? '';
  const token = call.fields.text('jwt') ?? '';
  if (roleName === '') return fail(400, 'missing role');
  if (token === '') return fail(400, 'missing jwt');
  const role = table(call.mount, 'roles').get(roleName.toLowerCase());
  if (role === undefined) return fail(400, `invalid role name "${roleName}"`);
  if (!table(call.mount, 'config').has('config')) return fail(500, 'could not load backend configuration');
  return judge(call, role, roleName, token);
}

/** auth/kubernetes: configuration, roles, login. Tokens are judged by the server's `reviewToken`. */
export const KUBERNETES_ENGINE: Engine = {
  routes: [
    { pattern: /^login$/, fields: { role: 'string', jwt: 'string' }, on: { update: login }, open: true },
    { pattern: /^config$/, fields: CONFIG_FIELDS, on: { read: readConfig, update: writeConfig } },
    { pattern: /^role\/?$/, fields: {}, on: { list: listRoles } },
    {
      pattern: /^role\/(?<name>[^/]+)$/,
      fields: { ...ROLE_FIELDS, ...TOKEN_FIELDS },
      on: { read: readRole, update: writeRole, delete: deleteRole },
      exists: (call) => table(call.mount, 'roles').has(part(call, 'name').toLowerCase()),
    },
  ],
};
