import type { Json } from '../../../domain/json.js';
import type { Call, Route } from '../engine.js';
import { part } from '../engine.js';
import { PolicyError, parsePolicy } from '../policytext.js';
import { absent, fail, noContent, secret, type Reply } from '../reply.js';

/** Rights that every token has: on itself, on its own capabilities, on wrapping. */
const DEFAULT_RIGHTS: Readonly<Record<string, readonly string[]>> = {
  'auth/token/lookup-self': ['read'],
  'auth/token/renew-self': ['update'],
  'auth/token/revoke-self': ['update'],
  'sys/capabilities-self': ['update'],
  'sys/internal/ui/resultant-acl': ['read'],
  'sys/leases/renew': ['update'],
  'sys/leases/lookup': ['update'],
  'sys/wrapping/wrap': ['update'],
  'sys/wrapping/lookup': ['update'],
  'sys/wrapping/unwrap': ['update'],
  'cubbyhole/*': ['create', 'read', 'update', 'delete', 'list'],
  'identity/oidc/provider/+/authorize': ['read', 'update'],
};

/** The text of the policy that every token has unless it is made without. */
export const DEFAULT_POLICY = Object.entries(DEFAULT_RIGHTS)
  .map(([path, capabilities]) => `path "${path}" {\n  capabilities = ${JSON.stringify(capabilities)}\n}\n`)
  .join('\n');

const RESERVED: ReadonlySet<string> = new Set(['root', 'response-wrapping']);

function nameOf(call: Call): string {
  return part(call, 'name').toLowerCase();
}

/** A policy text may be sent in base64. */
function decoded(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  return text.length % 4 === 0 && bytes.toString('base64') === text ? bytes.toString('utf8') : text;
}

function read(call: Call): Reply {
  const name = nameOf(call);
  const policy = call.world.state.policies.get(name);
  if (policy === undefined) return name === 'root' ? secret({ name, policy: '' }) : absent();
  return secret({
    allow_slashes_in_identity_templates: false,
    allow_wildcards_in_identity_templates: false,
    cas_required: false,
    modified: policy.modified,
    name,
    policy: policy.text,
    version: policy.version,
  });
}

function complaint(text: string): string | undefined {
  if (text === '') return "'policy' parameter not supplied or empty";
  try {
    parsePolicy(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return `failed to parse policy: ${error.message}`;
  }
}

function write(call: Call, changed: Reply): Reply {
  const name = nameOf(call);
  const text = decoded(call.fields.text('policy') ?? '');
  if (RESERVED.has(name)) return fail(400, `cannot update "${name}" policy`);
  const wrong = complaint(text);
  if (wrong !== undefined) return fail(400, wrong);
  const { policies } = call.world.state;
  const version = policies.get(name)?.version ?? 0;
  const cas = call.fields.number('cas') ?? -1;
  if (cas >= 0 && cas !== version) {
    return fail(400, `check-and-set parameter ${cas} did not match the current version ${version}`);
  }
  policies.set(name, { text, version: version + 1, modified: call.world.clock.stamp() });
  return changed;
}

function remove(call: Call): Reply {
  const name = nameOf(call);
  if (RESERVED.has(name)) return fail(400, `cannot delete "${name}" policy`);
  if (name === 'default') return fail(400, 'cannot delete default policy');
  call.world.state.policies.delete(name);
  return noContent();
}

function list(call: Call): Reply {
  const keys: readonly Json[] = [...[...call.world.state.policies.keys()].sort(), 'root'];
  return secret({ keys });
}

const FIELDS: Route['fields'] = { name: 'string', policy: 'string', cas: 'int', cas_required: 'bool', ttl: 'any' };

/** sys/policies/acl */
export const POLICY_ROUTES: readonly Route[] = [
  { pattern: /^policies\/acl\/?$/, fields: {}, on: { list } },
  {
    pattern: /^policies\/acl\/(?<name>.+)$/,
    fields: FIELDS,
    on: {
      read,
      update: (call) => write(call, noContent()),
      patch: (call) => write(call, secret(null)),
      delete: remove,
    },
  },
];
