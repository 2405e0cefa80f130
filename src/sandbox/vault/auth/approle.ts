import type { JsonObject } from '../../../domain/json.js';
import type { Call, Engine } from '../engine.js';
import { part } from '../engine.js';
import type { FieldSpec } from '../fields.js';
import { uuid } from '../random.js';
import { absent, fail, noContent, secret, type Reply } from '../reply.js';
import { table } from '../state.js';
import { TOKEN_FIELDS, logIn, sent, textOf, tokenSettings } from './login.js';
import { SECRET_ID_ROUTES, roleNamed, roles, useSecretId } from './approle-secret-ids.js';

const ROLE_FIELDS: FieldSpec = {
  bind_secret_id: 'bool',
  local_secret_ids: 'bool',
  secret_id_bound_cidrs: 'list',
  secret_id_num_uses: 'int',
  secret_id_ttl: 'seconds',
};

const ROLE_DEFAULTS: JsonObject = {
  bind_secret_id: true,
  local_secret_ids: false,
  secret_id_bound_cidrs: null,
  secret_id_num_uses: 0,
  secret_id_ttl: 0,
};

function writeRole(call: Call): Reply {
  const name = part(call, 'name').toLowerCase();
  const before = roles(call).get(name);
  const roleId = call.fields.text('role_id') ?? (before === undefined ? uuid() : textOf(before, 'role_id'));
  const settings = { ...ROLE_DEFAULTS, ...tokenSettings(call.fields, before), ...sent(call.fields, ROLE_FIELDS) };
  roles(call).set(name, { ...settings, role_id: roleId });
  return noContent();
}

function readRole(call: Call): Reply {
  const role = roles(call).get(part(call, 'name').toLowerCase());
  if (role === undefined) return absent();
  return secret(Object.fromEntries(Object.entries(role).filter(([name]) => name !== 'role_id')));
}

function deleteRole(call: Call): Reply {
  const name = part(call, 'name').toLowerCase();
  roles(call).delete(name);
  const ids = table(call.mount, 'secretIds');
  for (const [id, entry] of ids) if (entry['role'] === name) ids.delete(id);
  return noContent();
}

function listRoles(call: Call): Reply {
  const keys = [...roles(call).keys()].sort();
  return keys.length === 0 ? absent() : secret({ keys });
}

function readRoleId(call: Call): Reply {
  const role = roles(call).get(part(call, 'name').toLowerCase());
  return role === undefined ? absent() : secret({ role_id: textOf(role, 'role_id') });
}

function writeRoleId(call: Call): Reply {
  const name = part(call, 'name').toLowerCase();
  const id = call.fields.text('role_id') ?? '';
  if (id === '') return fail(400, 'missing role_id');
  roles(call).set(name, { ...roleNamed(call, name), role_id: id });
  return noContent();
}

function login(call: Call): Reply {
  const roleId = call.fields.text('role_id') ?? '';
  const secretId = call.fields.text('secret_id') ?? '';
  if (roleId === '') return fail(500, 'missing role_id');
  const found = [...roles(call)].find(([, role]) => role['role_id'] === roleId);
  const invalid = fail(400, 'invalid role or secret ID');
  if (found === undefined) return invalid;
  const [name, role] = found;
  if (role['bind_secret_id'] === false) {
    return logIn(call, { role, roleName: name, subject: '', alias: roleId, metadata: { role_name: name } });
  }
  if (secretId === '') return fail(400, 'missing secret_id');
  const given = useSecretId(call, name, secretId);
  if (given === undefined) return invalid;
  const metadata = { ...given, role_name: name };
  return logIn(call, { role, roleName: name, subject: '', alias: roleId, metadata });
}

/** auth/approle: roles, role ids, secret ids, login. */
export const APPROLE_ENGINE: Engine = {
  routes: [
    {
      pattern: /^login$/,
      fields: { role_id: 'string', secret_id: 'string' },
      on: { update: login, read: login },
      open: true,
    },
    { pattern: /^role\/?$/, fields: {}, on: { list: listRoles } },
    {
      pattern: /^role\/(?<name>[^/]+)$/,
      fields: { ...ROLE_FIELDS, ...TOKEN_FIELDS, role_id: 'string' },
      on: { read: readRole, update: writeRole, delete: deleteRole },
      exists: (call) => roles(call).has(part(call, 'name').toLowerCase()),
    },
    {
      pattern: /^role\/(?<name>[^/]+)\/role-id$/,
      fields: { role_id: 'string' },
      on: { read: readRoleId, update: writeRoleId },
    },
    ...SECRET_ID_ROUTES,
  ],
};
