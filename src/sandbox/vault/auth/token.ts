import type { Call, Engine, Route } from '../engine.js';
import { Refusal, badToken, fail, listed, noContent, secret, type Reply } from '../reply.js';
import { table, type TokenEntry } from '../state.js';
import {
  authBody,
  describeToken,
  findByAccessor,
  findToken,
  issueToken,
  renewToken,
  revokeAlone,
  revokeToken,
  sanitizePolicies,
  type TokenSpec,
} from '../tokens.js';
import { capabilitiesOn } from '../acl.js';
import { parseSeconds } from '../clock.js';

function caller(call: Call): TokenEntry {
  if (call.caller === undefined) throw new Refusal(badToken());
  return call.caller;
}

/** Durations of a token request are texts or numbers, and zero is not a mistake. Seconds. */
function duration(call: Call, name: string): number {
  const sent = call.fields.any(name);
  if (sent === undefined || sent === null) return 0;
  const text = typeof sent === 'string' ? sent : JSON.stringify(sent);
  const seconds = parseSeconds(text);
  if (seconds === undefined) {
    const reason = /^[\d.]+$/.test(text) ? 'missing unit in' : 'invalid';
    throw new Refusal(fail(400, `time: ${reason} duration ${JSON.stringify(text)}`));
  }
  if (seconds < 0) throw new Refusal(fail(400, `${name} must be positive`));
  return seconds;
}

function isSudo(call: Call): boolean {
  const acl = call.world.aclOf(caller(call));
  return acl.root || capabilitiesOn(acl, call.request.path, false).has('sudo');
}

function requireSudo(call: Call, wanted: boolean, what: string): void {
  if (wanted && !isSudo(call)) throw new Refusal(fail(400, `root or sudo privileges required to ${what}`));
}

/** The policies of a new token: those asked for, which the parent must have too, or else the parent's. */
function policiesFor(call: Call): readonly string[] {
  const parent = caller(call);
  const wanted = call.fields.list('policies') ?? [];
  const addDefault = call.fields.flag('no_default_policy') !== true;
  if (wanted.length === 0) return parent.policies.filter((name) => addDefault || name !== 'default');
  const clean = sanitizePolicies(wanted, addDefault);
  const foreign = clean.find((name) => name === 'response-wrapping' || name === 'control-group');
  if (foreign !== undefined) throw new Refusal(fail(400, `cannot assign policy "${foreign}"`));
  const subset = clean.every((name) => name === 'default' || parent.policies.includes(name));
  if (!subset && !isSudo(call)) throw new Refusal(fail(400, 'child policies must be subset of parent'));
  if (clean.includes('root') && !parent.policies.includes('root')) {
    throw new Refusal(fail(400, 'root tokens may not be created without parent token being root'));
  }
  return clean;
}

function displayName(call: Call): string {
  const wanted = (call.fields.text('display_name') ?? '').replaceAll(/[^A-Za-z0-9-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return wanted === '' ? 'token' : `token-${wanted}`;
}

function checkSpecial(call: Call): void {
  const id = call.fields.text('id') ?? '';
  requireSudo(call, id !== '', 'specify token id');
  requireSudo(call, call.fields.flag('no_parent') === true, 'create orphan token');
  requireSudo(call, duration(call, 'period') > 0, 'create periodic token');
  if (id !== '' && call.world.state.tokens.has(id)) {
    throw new Refusal(fail(400, 'cannot create a token with a duplicate ID'));
  }
  if (id.startsWith('s.')) throw new Refusal(fail(400, "custom token ID cannot have the 's.' prefix"));
}

function checkKind(call: Call): void {
  const uses = call.fields.number('num_uses') ?? 0;
  const type = call.fields.text('type') ?? 'service';
  if (uses < 0) throw new Refusal(fail(400, 'number of uses cannot be negative'));
  if (type !== 'service' && type !== 'batch') throw new Refusal(fail(400, "invalid 'token_type' value"));
  if (type === 'batch' && uses > 0) throw new Refusal(fail(400, 'batch tokens cannot have "num_uses" set'));
}

function specOf(call: Call, orphan: boolean): TokenSpec {
  const id = call.fields.text('id') ?? '';
  return {
    ...(id === '' ? {} : { id }),
    policies: policiesFor(call),
    path: call.request.path,
    displayName: displayName(call),
    meta: (call.fields.map('meta') ?? null) as Readonly<Record<string, string>> | null,
    type: call.fields.text('type') === 'batch' ? 'batch' : 'service',
    renewable: call.fields.flag('renewable') ?? true,
    ttl: duration(call, 'ttl') || duration(call, 'lease'),
    explicitMaxTtl: duration(call, 'explicit_max_ttl'),
    period: duration(call, 'period'),
    numUses: call.fields.number('num_uses') ?? 0,
    parent: orphan ? null : caller(call).id,
  };
}

const CUSTOM_ID =
  'Supplying a custom ID for the token uses the weaker SHA1 hashing instead of the more secure SHA2-256 HMAC for token ' +
  'obfuscation. SHA1 hashed tokens on the wire leads to less secure lookups.';

function create(call: Call): Reply {
  checkSpecial(call);
  checkKind(call);
  const orphan = call.request.path.endsWith('create-orphan') || call.fields.flag('no_parent') === true;
  const spec = specOf(call, orphan);
  const { entry, warnings } = issueToken(call.world, spec);
  const known = call.world.state.policies;
  const missing = entry.policies
    .filter((name) => name !== 'root' && !known.has(name))
    .map((name) => `Policy "${name}" does not exist`);
  const custom = spec.id === undefined ? [] : [CUSTOM_ID];
  return secret(null, { auth: authBody(entry), warnings: [...custom, ...warnings, ...missing] });
}

function lookUp(call: Call): Reply {
  const id = call.fields.text('token') ?? '';
  const entry = id === '' ? caller(call) : findToken(call.world, id);
  return entry === undefined ? fail(403, 'bad token') : secret(describeToken(call.world, entry));
}

function lookUpSelf(call: Call): Reply {
  return secret(describeToken(call.world, caller(call)));
}

function byAccessor(call: Call): TokenEntry {
  const accessor = call.fields.text('accessor') ?? '';
  if (accessor === '') throw new Refusal(listed(400, 'missing accessor'));
  const entry = findByAccessor(call.world, accessor);
  if (entry === undefined) throw new Refusal(listed(400, 'invalid accessor'));
  return entry;
}

function lookUpAccessor(call: Call): Reply {
  return secret(describeToken(call.world, byAccessor(call), ''));
}

/** A token from a login is renewed by the role that made it; without the role it is not. */
function checkRole(call: Call, entry: TokenEntry): void {
  const mount = [...call.world.state.mounts.values()].find(
    (candidate) => candidate.path !== 'auth/token/' && entry.path.startsWith(candidate.path),
  );
  if (entry.roleName === '' || mount === undefined || table(mount, 'roles').has(entry.roleName)) return;
  throw new Refusal(listed(500, `failed to renew entry: role ${entry.roleName} does not exist during renewal`));
}

function renew(call: Call, entry: TokenEntry | undefined, shownId?: string): Reply {
  if (entry === undefined) return fail(400, 'token not found');
  if (!entry.renewable) return fail(400, 'lease is not renewable');
  checkRole(call, entry);
  const warnings = renewToken(call.world, entry, call.fields.number('increment') ?? 0);
  return secret(null, { auth: authBody(entry, shownId), warnings });
}

function revoke(call: Call): Reply {
  const id = call.fields.text('token') ?? '';
  if (id === '') return fail(400, 'missing token ID');
  revokeToken(call.world, id);
  return noContent();
}

function revokeOrphan(call: Call): Reply {
  const id = call.fields.text('token') ?? '';
  if (id === '') return fail(400, 'missing token ID');
  requireSudo(call, true, 'revoke and orphan');
  revokeAlone(call.world, id);
  return noContent();
}

function revokeSelf(call: Call): Reply {
  revokeToken(call.world, caller(call).id);
  return noContent();
}

function revokeAccessor(call: Call): Reply {
  const accessor = call.fields.text('accessor') ?? '';
  if (accessor === '') return listed(400, 'missing accessor');
  const entry = findByAccessor(call.world, accessor);
  if (entry === undefined) return secret(null, { warnings: ['No token found with this accessor'] });
  revokeToken(call.world, entry.id);
  return noContent();
}

function listAccessors(call: Call): Reply {
  const living = [...call.world.state.tokens.values()].filter((entry) => findToken(call.world, entry.id) !== undefined);
  const keys = living.map((entry) => entry.accessor).filter((accessor) => accessor !== '');
  return secret({ keys: keys.sort() });
}

const CREATE_FIELDS: Route['fields'] = {
  id: 'string',
  policies: 'strings',
  meta: 'pairs',
  no_parent: 'bool',
  no_default_policy: 'bool',
  renewable: 'bool',
  ttl: 'any',
  lease: 'any',
  explicit_max_ttl: 'any',
  period: 'any',
  display_name: 'string',
  num_uses: 'int',
  type: 'string',
  entity_alias: 'string',
};

const TOKEN_AND_INCREMENT: Route['fields'] = { token: 'string', accessor: 'string', increment: 'seconds' };

const renewGiven = (call: Call): Reply => {
  const id = call.fields.text('token') ?? '';
  return id === '' ? fail(400, 'missing token ID') : renew(call, findToken(call.world, id));
};
const renewSelf = (call: Call): Reply => renew(call, caller(call));
const renewAccessor = (call: Call): Reply => renew(call, byAccessor(call), '');

/** auth/token: create, look up, renew, revoke. */
export const TOKEN_ENGINE: Engine = {
  routes: [
    { pattern: /^create$/, fields: CREATE_FIELDS, on: { update: create } },
    { pattern: /^create-orphan$/, fields: CREATE_FIELDS, on: { update: create } },
    { pattern: /^lookup$/, fields: { token: 'string' }, on: { read: lookUp, update: lookUp } },
    { pattern: /^lookup-self$/, fields: { token: 'string' }, on: { read: lookUpSelf, update: lookUpSelf } },
    { pattern: /^lookup-accessor$/, fields: { accessor: 'string' }, on: { update: lookUpAccessor } },
    { pattern: /^accessors\/?$/, fields: {}, on: { list: listAccessors }, sudo: true },
    { pattern: /^renew$/, fields: TOKEN_AND_INCREMENT, on: { update: renewGiven } },
    { pattern: /^renew-self$/, fields: TOKEN_AND_INCREMENT, on: { update: renewSelf } },
    { pattern: /^renew-accessor$/, fields: TOKEN_AND_INCREMENT, on: { update: renewAccessor } },
    { pattern: /^revoke$/, fields: { token: 'string' }, on: { update: revoke } },
    { pattern: /^revoke-orphan$/, fields: { token: 'string' }, on: { update: revokeOrphan } },
    { pattern: /^revoke-self$/, fields: { token: 'string' }, on: { update: revokeSelf } },
    { pattern: /^revoke-accessor$/, fields: { accessor: 'string' }, on: { update: revokeAccessor } },
  ],
};
