import type { Json, JsonObject } from '../../../domain/json.js';
import { reachesMount } from '../acl.js';
import type { Call, Route } from '../engine.js';
import { part } from '../engine.js';
import { plainText } from '../fields.js';
import { badToken, fail, flat, noContent, secret, type Reply } from '../reply.js';
import { newMount, type MountEntry } from '../state.js';
import { SYSTEM_MAX_TTL, findToken, revokeToken } from '../tokens.js';
import { parseSeconds } from '../clock.js';
import { ENGINE_TYPES, VERSION } from '../version.js';

const RESERVED = ['sys/', 'auth/', 'cubbyhole/', 'identity/'];

/** Mounts that every server has. */
const BUILT_IN: ReadonlySet<string> = new Set(['system', 'identity', 'cubbyhole', 'token']);

function passedHeaders(type: string): JsonObject {
  if (type === 'system') return { passthrough_request_headers: ['Accept'] };
  return type === 'identity' ? { passthrough_request_headers: ['Authorization'] } : {};
}

function isAuth(mount: MountEntry): boolean {
  return mount.path.startsWith('auth/');
}

/** A mount as the mount table shows it. */
function mountBody(mount: MountEntry): JsonObject {
  const builtIn = BUILT_IN.has(mount.type);
  return {
    accessor: mount.accessor,
    config: {
      default_lease_ttl: mount.defaultLease,
      force_no_cache: false,
      max_lease_ttl: mount.maxLease,
      ...passedHeaders(mount.type),
      ...(isAuth(mount) ? { token_type: 'default-service' } : {}),
    },
    ...(builtIn ? {} : { deprecation_status: 'supported' }),
    description: mount.description,
    external_entropy_access: false,
    local: mount.type === 'cubbyhole',
    options: mount.options,
    plugin_version: '',
    running_plugin_version: `v${VERSION}+builtin.bao`,
    running_sha256: '',
    seal_wrap: mount.type === 'system',
    type: mount.type,
    uuid: mount.uuid,
  };
}

function mountsOf(call: Call, auth: boolean): readonly MountEntry[] {
  return [...call.world.state.mounts.values()].filter((mount) => isAuth(mount) === auth);
}

/** The mount's path as its own table writes it: without `auth/`. */
function shownPath(mount: MountEntry): string {
  return isAuth(mount) ? mount.path.slice('auth/'.length) : mount.path;
}

function tableOf(mounts: readonly MountEntry[]): JsonObject {
  return Object.fromEntries(mounts.map((mount): [string, Json] => [shownPath(mount), mountBody(mount)]));
}

function named(call: Call, auth: boolean): { readonly shown: string; readonly mount: MountEntry | undefined } {
  const shown = `${part(call, 'path').replace(/\/+$/, '')}/`;
  return { shown, mount: call.world.state.mounts.get(auth ? `auth/${shown}` : shown) };
}

function readOne(call: Call, auth: boolean): Reply {
  const { shown, mount } = named(call, auth);
  if (mount !== undefined) return flat(mountBody(mount));
  return fail(400, auth ? `No auth engine at ${shown}` : `No secret engine mount at ${shown}`);
}

function seconds(value: Json | undefined): number {
  return typeof value === 'number' ? value : (parseSeconds(plainText(value ?? '0')) ?? 0);
}

/** `kv-v2` is `kv` with version 2. */
function typeAndOptions(call: Call): { readonly type: string; readonly options: JsonObject } {
  const sent = call.fields.map('options') ?? {};
  const options = Object.fromEntries(Object.entries(sent).map(([key, value]) => [key, plainText(value)]));
  const type = call.fields.text('type') ?? '';
  if (type === 'kv-v2') return { type: 'kv', options: { ...options, version: '2' } };
  if (type === 'kv-v1') return { type: 'kv', options: { ...options, version: '1' } };
  return { type, options };
}

function create(call: Call, auth: boolean): Reply {
  const { shown } = named(call, auth);
  const { type, options } = typeAndOptions(call);
  if (type === '') return fail(400, 'backend type must be specified as a string');
  if (!ENGINE_TYPES[auth ? 'auth' : 'secret'].has(type)) return fail(400, `plugin not found in the catalog: ${type}`);
  if (!auth && RESERVED.some((reserved) => shown.startsWith(reserved))) return fail(400, `cannot mount "${shown}"`);
  const path = auth ? `auth/${shown}` : shown;
  const taken = mountsOf(call, auth).find((mount) => mount.path.startsWith(path) || path.startsWith(mount.path));
  if (taken !== undefined) return fail(400, `path is already in use at ${shownPath(taken)}`);
  const mount = newMount({ path, type, options, description: call.fields.text('description') ?? '' });
  const config = call.fields.map('config') ?? {};
  mount.defaultLease = seconds(config['default_lease_ttl']);
  mount.maxLease = seconds(config['max_lease_ttl']);
  call.world.state.mounts.set(path, mount);
  return noContent();
}

function remove(call: Call, auth: boolean): Reply {
  const { shown, mount } = named(call, auth);
  if (auth && shown === 'token/') return fail(400, 'token credential backend cannot be disabled');
  if (!auth && RESERVED.includes(shown)) return fail(400, `cannot unmount "${shown}"`);
  if (mount === undefined) return noContent();
  call.world.state.mounts.delete(mount.path);
  if (!auth) return noContent();
  for (const token of call.world.state.tokens.values()) {
    if (token.path.startsWith(mount.path)) revokeToken(call.world, token.id);
  }
  return noContent();
}

function readTune(call: Call, auth: boolean): Reply {
  const { shown, mount } = named(call, auth);
  if (mount === undefined) return fail(400, `cannot fetch sysview for path "${auth ? 'auth/' : ''}${shown}"`);
  return flat({
    default_lease_ttl: mount.defaultLease || SYSTEM_MAX_TTL,
    description: mount.description,
    force_no_cache: false,
    max_lease_ttl: mount.maxLease || SYSTEM_MAX_TTL,
    ...(isAuth(mount) ? { token_type: 'default-service' } : {}),
    ...(mount.options === null || Object.keys(mount.options).length === 0 ? {} : { options: mount.options }),
  });
}

function writeTune(call: Call, auth: boolean): Reply {
  const { shown, mount } = named(call, auth);
  if (mount === undefined) return fail(400, `tune of path "${shown}" failed: no mount entry found`);
  const { fields } = call;
  if (fields.has('default_lease_ttl')) mount.defaultLease = seconds(fields.any('default_lease_ttl'));
  if (fields.has('max_lease_ttl')) mount.maxLease = seconds(fields.any('max_lease_ttl'));
  mount.description = fields.text('description') ?? mount.description;
  return noContent();
}

/** What the caller may see of the mount table; nothing without a token. */
function visible(call: Call): Reply {
  const { token } = call.request;
  const caller = findToken(call.world, token);
  if (token !== '' && caller === undefined) return badToken();
  const seen = (auth: boolean): JsonObject => {
    if (caller === undefined) return {};
    const acl = call.world.aclOf(caller);
    return tableOf(mountsOf(call, auth).filter((mount) => reachesMount(acl, mount.path)));
  };
  return secret({ auth: seen(true), secret: seen(false) });
}

function visibleOne(call: Call): Reply {
  const path = `${part(call, 'path').replace(/\/+$/, '')}/`;
  const mount = [...call.world.state.mounts.values()].find((candidate) => path.startsWith(candidate.path));
  const caller = findToken(call.world, call.request.token);
  if (caller === undefined) return badToken();
  if (mount === undefined || !reachesMount(call.world.aclOf(caller), mount.path)) {
    const advice = `please ensure client's policies grant access to path "${path}"`;
    return fail(403, `preflight capability check returned 403, ${advice}`);
  }
  return secret({ ...mountBody(mount), path: shownPath(mount) });
}

const MOUNT_FIELDS: Route['fields'] = {
  path: 'string',
  type: 'string',
  description: 'string',
  config: 'map',
  options: 'map',
  local: 'bool',
  seal_wrap: 'bool',
  external_entropy_access: 'bool',
  plugin_name: 'string',
  plugin_version: 'string',
};

const TUNE_FIELDS: Route['fields'] = {
  path: 'string',
  default_lease_ttl: 'any',
  max_lease_ttl: 'any',
  description: 'string',
  options: 'map',
  listing_visibility: 'string',
};

function routesFor(name: 'mounts' | 'auth'): readonly Route[] {
  const auth = name === 'auth';
  const sudo = auth ? { sudo: true } : {};
  return [
    { pattern: new RegExp(`^${name}$`), fields: {}, on: { read: (call) => flat(tableOf(mountsOf(call, auth))) } },
    {
      pattern: new RegExp(`^${name}/(?<path>.+?)/tune$`),
      fields: TUNE_FIELDS,
      on: { read: (call) => readTune(call, auth), update: (call) => writeTune(call, auth) },
      ...sudo,
    },
    {
      pattern: new RegExp(`^${name}/(?<path>.+)$`),
      fields: MOUNT_FIELDS,
      on: {
        read: (call) => readOne(call, auth),
        update: (call) => create(call, auth),
        delete: (call) => remove(call, auth),
      },
      ...sudo,
    },
  ];
}

/** sys/mounts, sys/auth and what a token sees of them without rights on either. */
export const MOUNT_ROUTES: readonly Route[] = [
  ...routesFor('mounts'),
  ...routesFor('auth'),
  { pattern: /^internal\/ui\/mounts\/?$/, fields: {}, on: { read: visible }, open: true },
  { pattern: /^internal\/ui\/mounts\/(?<path>.+)$/, fields: {}, on: { read: visibleOne }, open: true },
];
