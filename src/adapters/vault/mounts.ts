import type { Duration } from '../../domain/duration.js';
import { Fault } from '../../domain/fault.js';
import type { Api } from './api.js';
import { saysNoMount } from './faults.js';
import { count, field, goDuration, text } from './guards.js';
import { safeSegments } from './paths.js';
import type { Call } from './call.js';

/** A secrets engine and where it is mounted. */
export interface Mount {
  /** With its trailing slash: `secret/`. */
  readonly path: string;
  /** 2 for KV version 2, 1 for KV version 1, 0 for anything else. */
  readonly kvVersion: number;
}

/** A logical path as its KV v2 mount sees it. */
export interface Located {
  /** Without the trailing slash: `secret`. */
  readonly mount: string;
  /** Below the mount; empty for the mount itself. */
  readonly rest: string;
}

export interface MountConfig {
  readonly maxVersions: number;
  readonly deleteVersionAfter: Duration;
}

export interface Mounts {
  /** null: nothing is mounted there. */
  find(path: string): Promise<Mount | null>;
  /** Fault `absent` where nothing is mounted, `invalid` where it is not KV v2. */
  locate(path: string): Promise<Located>;
  config(mount: Mount): Promise<MountConfig>;
}

/** Versions that KV v2 keeps where neither key nor mount says otherwise. */
export const DEFAULT_MAX_VERSIONS = 10;

/** Mounts as the server tells them, each asked about once. */
export function createMounts(api: Api): Mounts {
  const find = createFinder(api);
  const configs = new Map<string, Promise<MountConfig>>();
  return {
    find,
    async locate(path) {
      const mount = await find(path);
      if (mount === null) throw refusal(api, path, 'absent', 'nothing is mounted there');
      if (mount.kvVersion !== 2) throw refusal(api, path, 'invalid', `${mount.path} is not a mount of KV version 2`);
      return { mount: mount.path.slice(0, -1), rest: path.slice(mount.path.length) };
    },
    config(mount) {
      const config = configs.get(mount.path) ?? readConfig(api, mount.path.slice(0, -1));
      configs.set(mount.path, config);
      config.catch(() => configs.delete(mount.path));
      return config;
    },
  };
}

/**
 * Mounts by `sys/internal/ui/mounts/<path>`, which any token may ask about a mount on which it has any right. One request per
 * mount: mounts cannot lie inside each other, so one that is known answers for every path below it, and look-ups with the same first
 * segment wait for the first of them and share what it learns, a fault included.
 */
function createFinder(api: Api): Mounts['find'] {
  const known: Mount[] = [];
  const asking = new Map<string, { readonly path: string; readonly answer: Promise<Mount | null> }>();

  const ask = async (path: string, first: string): Promise<Mount | null> => {
    try {
      const mount = await look(api, path, first);
      if (mount !== null) known.push(mount);
      return mount;
    } finally {
      asking.delete(first);
    }
  };
  return async (path) => {
    const [first = ''] = safeSegments(path, api.server);
    for (;;) {
      const hit = known.find((mount) => covers(mount, path));
      if (hit !== undefined) return hit;
      const other = asking.get(first);
      if (other === undefined) break;
      const mount = await other.answer;
      if (other.path === path) return mount;
    }
    const answer = ask(path, first);
    asking.set(first, { path, answer });
    return answer;
  };
}

function covers(mount: Mount, path: string): boolean {
  return `${path}/`.startsWith(mount.path);
}

/**
 * Vault answers 403 both where nothing is mounted and where the token has no right below the mount, so that mounts cannot be guessed.
 * The mount's config, asked at the first segment, then decides: 200 in KV v2's shape is a mount; `no handler for route` means that
 * a policy allows the path and nothing is there; a second 403 leaves it open, and is the fault.
 */
async function look(api: Api, path: string, first: string): Promise<Mount | null> {
  const call: Call = {
    method: 'GET',
    path: `sys/internal/ui/mounts/${path}`,
    changes: false,
    shape: 'sys/internal/ui/mounts/:path',
  };
  const reply = await api.ask(call, [403]);
  if (reply.status !== 403) return api.parsed(call, reply, mountOf(field(reply.body, 'data'), path));
  const config = configCall(first);
  const second = await api.ask(config, [404]);
  if (second.status === 404) return saysNoMount(second) ? null : { path: `${first}/`, kvVersion: 0 };
  const isVersion2 = configOf(field(second.body, 'data')) !== undefined;
  return { path: `${first}/`, kvVersion: isVersion2 ? 2 : 0 };
}

async function readConfig(api: Api, mount: string): Promise<MountConfig> {
  const call = configCall(mount);
  const reply = await api.ask(call);
  return api.parsed(call, reply, configOf(field(reply.body, 'data')));
}

function configCall(mount: string): Call {
  return { method: 'GET', path: `${mount}/config`, changes: false, shape: ':mount/config' };
}

function mountOf(data: unknown, asked: string): Mount | undefined {
  const path = text(field(data, 'path')) ?? '';
  const type = text(field(data, 'type'));
  if (type === undefined || !path.endsWith('/') || !`${asked}/`.startsWith(path)) return undefined;
  if (type !== 'kv' && type !== 'generic') return { path, kvVersion: 0 };
  return { path, kvVersion: field(field(data, 'options'), 'version') === '2' ? 2 : 1 };
}

function configOf(data: unknown): MountConfig | undefined {
  const maxVersions = count(field(data, 'max_versions'));
  const deleteVersionAfter = goDuration(field(data, 'delete_version_after'));
  if (maxVersions === undefined || deleteVersionAfter === undefined) return undefined;
  return { maxVersions: maxVersions === 0 ? DEFAULT_MAX_VERSIONS : maxVersions, deleteVersionAfter };
}

function refusal(api: Api, path: string, kind: 'absent' | 'invalid', said: string): Fault {
  return new Fault({ kind, server: api.server, call: `GET ${path}`, said, retriable: false, effect: 'none' });
}
