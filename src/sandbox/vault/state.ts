import type { Json, JsonObject } from '../../domain/json.js';
import { mountAccessor, randomText, uuid } from './random.js';

/** One version of a KV key. Its data is undefined once it is destroyed. */
export interface KvVersion {
  createdTime: string;
  /** Empty while the version is not deleted; an instant to come where delete_version_after says so. */
  deletionTime: string;
  destroyed: boolean;
  data: JsonObject | null | undefined;
}

export interface KvKey {
  createdTime: string;
  updatedTime: string;
  currentVersion: number;
  oldestVersion: number;
  maxVersions: number;
  casRequired: boolean;
  /** Seconds. */
  deleteVersionAfter: number;
  customMetadata: Readonly<Record<string, string>> | null;
  metadataVersion: number;
  metadataCasRequired: boolean;
  versions: Map<number, KvVersion>;
}

export interface KvConfig {
  maxVersions: number;
  casRequired: boolean;
  metadataCasRequired: boolean;
  /** Seconds; below zero it is switched off for the whole mount. */
  deleteVersionAfter: number;
}

export interface KvData {
  readonly kind: 'kv';
  readonly config: KvConfig;
  readonly keys: Map<string, KvKey>;
}

/** What a mount of any other type keeps: named maps of plain data. */
export interface TableData {
  readonly kind: 'tables';
  readonly tables: Map<string, Map<string, JsonObject>>;
}

export interface MountEntry {
  /** With a trailing slash, without `v1/`: `secret/`, `auth/jwt/`. */
  readonly path: string;
  readonly type: string;
  readonly accessor: string;
  readonly uuid: string;
  readonly options: JsonObject | null;
  description: string;
  /** Seconds; 0 for the server's own. */
  defaultLease: number;
  maxLease: number;
  readonly data: KvData | TableData;
}

export interface PolicyEntry {
  readonly text: string;
  readonly version: number;
  readonly modified: string;
}

export interface TokenEntry {
  readonly id: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  /** The path that made it: `auth/token/create`, `auth/jwt/login`. */
  readonly path: string;
  readonly displayName: string;
  readonly meta: Readonly<Record<string, string>> | null;
  readonly type: 'service' | 'batch';
  readonly entityId: string;
  readonly renewable: boolean;
  readonly issueTime: string;
  /** Seconds, all four; 0 for none. */
  readonly creationTtl: number;
  readonly explicitMaxTtl: number;
  readonly period: number;
  readonly maxTtl: number;
  /** The role's own lifetime, to which a renewal without increment returns; 0: the last one granted. */
  readonly roleTtl: number;
  readonly roleName: string;
  grantedTtl: number;
  orphan: boolean;
  parent: string | null;
  /** Uses left; 0: no limit. */
  numUses: number;
  lastRenewal: string | null;
  /** Milliseconds since 1970; null: never. */
  expires: number | null;
}

export interface WrappedReply {
  readonly body: Json;
  readonly creationPath: string;
  readonly creationTime: string;
  readonly creationTtl: number;
}

/** All that the server knows. Maps and plain data only, so that it can be copied and written down. */
export interface VaultState {
  readonly clusterId: string;
  readonly clusterName: string;
  readonly unsealKey: string;
  sealed: boolean;
  readonly mounts: Map<string, MountEntry>;
  readonly policies: Map<string, PolicyEntry>;
  readonly tokens: Map<string, TokenEntry>;
  readonly wrapped: Map<string, WrappedReply>;
  /** Login alias to entity id. */
  readonly entities: Map<string, string>;
  /** Request headers that the audit log shows, in lower case. */
  readonly auditedHeaders: Map<string, JsonObject>;
}

/** What a new mount needs to be told. */
export interface MountSpec {
  readonly path: string;
  readonly type: string;
  readonly options?: JsonObject | null;
  readonly description?: string;
}

export function newMount(spec: MountSpec): MountEntry {
  const versioned = spec.type === 'kv' && spec.options?.['version'] === '2';
  return {
    path: spec.path,
    type: spec.type,
    accessor: mountAccessor(spec.path.startsWith('auth/') ? `auth_${spec.type}` : spec.type),
    uuid: uuid(),
    options: spec.options ?? null,
    description: spec.description ?? '',
    defaultLease: 0,
    maxLease: 0,
    data: versioned
      ? { kind: 'kv', config: newKvConfig(), keys: new Map() }
      : { kind: 'tables', tables: new Map<string, Map<string, JsonObject>>() },
  };
}

function newKvConfig(): KvConfig {
  return { maxVersions: 0, casRequired: false, metadataCasRequired: false, deleteVersionAfter: 0 };
}

/** A server that was just initialised, unsealed, with the mounts that every server has. */
export function newState(): VaultState {
  const mounts = [
    newMount({ path: 'sys/', type: 'system', description: 'system endpoints used for control, policy and debugging' }),
    newMount({ path: 'identity/', type: 'identity', description: 'identity store' }),
    newMount({ path: 'cubbyhole/', type: 'cubbyhole', description: 'per-token private secret storage' }),
    newMount({ path: 'auth/token/', type: 'token', description: 'token based credentials' }),
  ];
  return {
    clusterId: uuid(),
    clusterName: `vault-cluster-${uuid().slice(0, 8)}`,
    unsealKey: randomText(44),
    sealed: false,
    mounts: new Map(mounts.map((mount) => [mount.path, mount])),
    policies: new Map(),
    tokens: new Map(),
    wrapped: new Map(),
    entities: new Map(),
    auditedHeaders: new Map(),
  };
}

/** A named table of a mount that is no KV v2, made at first use. */
export function table(mount: MountEntry, name: string): Map<string, JsonObject> {
  if (mount.data.kind !== 'tables') throw new Error(`mount ${mount.path} keeps no tables`);
  const found = mount.data.tables.get(name) ?? new Map<string, JsonObject>();
  mount.data.tables.set(name, found);
  return found;
}

const TAGS = ['$map', '$object'] as const;

function isTagged(value: object): boolean {
  return TAGS.some((tag) => Object.hasOwn(value, tag));
}

/**
 * The state as plain data: a Map becomes `{"$map": [[key, value], …]}`, and an object of a client that has such a key
 * itself `{"$object": [[key, value], …]}`.
 */
export function freeze(state: VaultState): Json {
  const text = JSON.stringify(state, (_key, value: unknown) => {
    if (value instanceof Map) return { $map: [...value.entries()] };
    return typeof value === 'object' && value !== null && isTagged(value) ? { $object: Object.entries(value) } : value;
  });
  return JSON.parse(text) as Json;
}

/** The reverse of `freeze`. */
export function thaw(frozen: Json): VaultState {
  return JSON.parse(JSON.stringify(frozen), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !isTagged(value)) return value;
    if ('$map' in value) return new Map(value.$map as [string | number, unknown][]);
    return '$object' in value ? Object.fromEntries(value.$object as [string, unknown][]) : value;
  }) as VaultState;
}
