import type { Json, JsonObject } from '../../domain/json.js';
import type { HttpRequest } from './request.js';
import { fail, type Reply } from './reply.js';
import type { VaultState } from './state.js';
import { COMMIT_DATE, VERSION } from './version.js';

/** What the status endpoints need to know beside the state. */
export interface StatusWorld {
  readonly state: VaultState;
  /** Seconds since 1970. */
  readonly seconds: number;
  /** The address of the node that is not behind, while this one answers reads from the past. */
  readonly activeAddress: string | undefined;
}

function raw(status: number, body: Json): Reply {
  return { kind: 'raw', status, body };
}

function flagged(query: URLSearchParams, name: string): boolean {
  return query.has(name) && query.get(name) !== 'false';
}

function codeFrom(query: URLSearchParams, name: string, usual: number): number {
  const given = Number(query.get(name));
  return query.has(name) && Number.isInteger(given) && given >= 100 ? given : usual;
}

function health(world: StatusWorld, query: URLSearchParams): Reply {
  const { state } = world;
  const standby = world.activeAddress !== undefined || state.sealed;
  let status = codeFrom(query, 'activecode', 200);
  if (state.sealed) status = codeFrom(query, 'sealedcode', 503);
  else if (standby && !flagged(query, 'standbyok')) status = codeFrom(query, 'standbycode', 429);
  return raw(status, {
    initialized: true,
    sealed: state.sealed,
    standby,
    replication_performance_mode: state.sealed ? 'unknown' : 'disabled',
    replication_dr_mode: state.sealed ? 'unknown' : 'disabled',
    server_time_utc: world.seconds,
    version: VERSION,
    ...(state.sealed ? {} : { cluster_name: state.clusterName, cluster_id: state.clusterId }),
  });
}

function sealStatus(state: VaultState): JsonObject {
  return {
    type: 'shamir',
    initialized: true,
    sealed: state.sealed,
    t: 1,
    n: 1,
    progress: 0,
    nonce: '',
    recovery_seal: false,
    version: VERSION,
    commit_date: COMMIT_DATE,
    migration: false,
    ...(state.sealed ? {} : { cluster_name: state.clusterName, cluster_id: state.clusterId }),
    storage_type: 'inmem',
  };
}

function leader(world: StatusWorld): JsonObject {
  if (world.activeAddress === undefined) return { ha_enabled: false };
  return { ha_enabled: true, is_self: false, leader_address: world.activeAddress, leader_cluster_address: '' };
}

function unseal(world: StatusWorld, body: string): Reply {
  let key: unknown;
  try {
    key = (JSON.parse(body) as JsonObject)['key'];
  } catch {
    return fail(400, 'failed to decode JSON input: unexpected EOF');
  }
  if (typeof key !== 'string' || key === '') {
    return fail(400, "'key' must be specified in request body as JSON, or 'reset' set to true");
  }
  if (world.state.sealed && key !== world.state.unsealKey) {
    return fail(400, 'invalid key: key is shorter than minimum 16 bytes');
  }
  world.state.sealed = false;
  return raw(200, sealStatus(world.state));
}

type StatusHandler = (world: StatusWorld, http: HttpRequest, query: URLSearchParams) => Reply;

interface StatusRoute {
  readonly methods: readonly string[];
  readonly answer: StatusHandler;
}

const NOT_OPEN: StatusRoute = { methods: [], answer: () => fail(405, 'unsupported operation') };

const ROUTES: Readonly<Record<string, StatusRoute>> = {
  'sys/health': { methods: ['GET', 'HEAD'], answer: (world, _http, query) => health(world, query) },
  'sys/seal-status': { methods: ['GET'], answer: (world) => raw(200, sealStatus(world.state)) },
  'sys/init': { methods: ['GET'], answer: () => raw(200, { initialized: true }) },
  'sys/leader': { methods: ['GET'], answer: (world) => raw(200, leader(world)) },
  'sys/unseal': { methods: ['PUT', 'POST'], answer: (world, http) => unseal(world, http.body) },
  // Without a token they are switched off since OpenBao 2.5, whatever the method.
  'sys/generate-root/attempt': NOT_OPEN,
  'sys/rekey/init': NOT_OPEN,
};

/** The endpoints that need no token and answer also while sealed; undefined for any other path. */
export function answerStatus(world: StatusWorld, path: string, http: HttpRequest): Reply | undefined {
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (route === undefined) return undefined;
  if (route === NOT_OPEN && world.state.sealed) return fail(503, 'Vault is sealed');
  if (route === NOT_OPEN || route.methods.includes(http.method)) {
    return route.answer(world, http, new URLSearchParams(http.target.split('?')[1] ?? ''));
  }
  return { kind: 'errors', status: 405, errors: [] };
}
