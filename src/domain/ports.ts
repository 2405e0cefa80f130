import type { Duration } from './duration.js';
import type { KvMetadata, WorkloadView } from './observation.js';
import type { Material } from './material.js';
import type { Copy, WorkloadRef } from './policy.js';
import type { Instant } from './time.js';

/*
 * Demands on the outside, as types. Every method may throw Fault and nothing else; "there is none" is null, not a fault.
 * Deadlines are the adapters' own (one per client, from the settings); every call ends by then.
 */

/** What a write to KV v2 says: the version it made and the server's time of it. */
export interface KvWritten {
  readonly version: number;
  readonly createdAt: Instant;
}

/** Fields of one version. `null` in a write removes the field (merge patch, RFC 7396). */
export type KvFields = { readonly [field: string]: Material | string | null };

export interface KvVersion {
  readonly version: number;
  readonly createdAt: Instant;
  /** String fields only; a field that holds something else is listed in `others`. Absent data (deleted, destroyed): `gone` is true. */
  readonly fields: { readonly [field: string]: Material };
  readonly others: readonly string[];
  readonly gone: boolean;
}

/** KV v2; paths are logical (`secret/ai-gateway/openai`), the adapter knows the mounts. */
export interface Kv {
  metadata(path: string): Promise<KvMetadata | null>;
  /** Needs the right to read values; plan has none. */
  read(path: string, version?: number): Promise<KvVersion | null>;
  /** Names of the fields of one version, without values. */
  subkeys(path: string, version: number): Promise<readonly string[] | null>;
  /** POST with cas; 0: only if the key does not exist. Fault `conflict`, effect none, where cas does not hold. */
  write(path: string, fields: KvFields, cas: number): Promise<KvWritten>;
  /** PATCH with cas: the fields named change, the others stay unread. */
  patch(path: string, fields: KvFields, cas: number): Promise<KvWritten>;
  /** Merges into custom_metadata; null removes a key. */
  patchMetadata(path: string, custom: { readonly [key: string]: string | null }): Promise<void>;
  /** Keys below a folder, folders with a trailing "/"; none: []. */
  list(folder: string): Promise<readonly string[]>;
  destroy(path: string, versions: readonly number[]): Promise<void>;
  /** DELETE metadata: for open markers alone. */
  deleteMetadata(path: string): Promise<void>;
  /** sys/capabilities-self for API paths (`secret/data/x`, `keyturn/metadata/x/`). */
  capabilities(paths: readonly string[]): Promise<{ readonly [path: string]: readonly string[] }>;
  /** The API path of a logical path: apiPath('data', 'secret/a/b') = 'secret/data/a/b'. */
  apiPath(kind: 'data' | 'metadata' | 'subkeys' | 'destroy', path: string): Promise<string>;
  /** The mount that holds a path and whether it is KV v2; null: no mount. */
  mount(path: string): Promise<{
    readonly path: string;
    readonly kvVersion: number;
    readonly deleteVersionAfter: number;
    readonly maxVersions: number;
  } | null>;
}

/** The identity that the calls are made with. */
export interface VaultSession {
  /** Milliseconds left; undefined: never ends. */
  remaining(): Duration | undefined;
  readonly displayName: string;
}

/** One Kubernetes Secret as keyturn needs it. */
export interface SecretView {
  readonly resourceVersion: string;
  readonly value?: Material;
  readonly type: string;
  readonly immutable: boolean;
  /** `ExternalSecret/litellm` of ownerReferences, and managers that own the key. */
  readonly owners: readonly string[];
  readonly annotations: { readonly [name: string]: string };
}

/** Why a workload does not roll by itself when its template changes; undefined: it does. */
export type RollObstacle = 'paused' | 'OnDelete' | 'partitioned';

export interface WorkloadDetails extends WorkloadView {
  readonly resourceVersion: string;
  readonly generation: number;
  readonly obstacle?: RollObstacle;
  /** Containers of the pod template: env names with a literal value present or a reference, and the Secret keys that the spec refers to. */
  readonly env: readonly {
    readonly name: string;
    readonly secretKey?: { readonly name: string; readonly key: string };
  }[];
  /** Secrets that the template refers to in any way (env, envFrom, volumes, projected volumes). */
  readonly secrets: readonly string[];
}

/** How far a rollout is, judged on the pods themselves. */
export interface Rollout {
  readonly observedGeneration: number;
  readonly generation: number;
  readonly replicas: number;
  /** The Deployment's controller gave up (Progressing=False, ProgressDeadlineExceeded), with its message. */
  readonly deadlineExceeded?: string;
  /** Every pod of the workload, terminating ones included. */
  readonly pods: readonly {
    readonly name: string;
    readonly annotations: { readonly [name: string]: string };
    readonly ready: boolean;
    readonly terminating: boolean;
    /** Why it does not get ready, where it says so: `CreateContainerConfigError: secret "x" not found`. */
    readonly trouble?: string;
  }[];
}

export interface Kubernetes {
  readSecret(copy: Copy): Promise<SecretView | null>;
  /** Creates an Opaque Secret; fault `conflict` where the name exists. A missing value creates it without the key. */
  createSecret(
    copy: Copy,
    value: Material | undefined,
    annotations: { readonly [name: string]: string },
  ): Promise<string>;
  /** Merge patch of one key and annotations under a resourceVersion; value null removes the key; undefined leaves it. Returns the new resourceVersion. */
  patchSecret(
    copy: Copy,
    value: Material | null | undefined,
    annotations: { readonly [name: string]: string },
    resourceVersion: string,
  ): Promise<string>;
  readWorkload(ref: WorkloadRef): Promise<WorkloadDetails | null>;
  /** Sets annotations of the pod template under a resourceVersion; returns the generation that the server made of it. */
  annotateTemplate(
    ref: WorkloadRef,
    annotations: { readonly [name: string]: string },
    resourceVersion: string,
  ): Promise<{ readonly resourceVersion: string; readonly generation: number }>;
  rollout(ref: WorkloadRef): Promise<Rollout | null>;
  /** SelfSubjectAccessReview. */
  allowed(access: KubernetesAccess): Promise<boolean>;
}

export interface KubernetesAccess {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name?: string;
}

/** Sends one request with one header that holds material; an answer of any status is an answer. Redirects are not followed. */
export interface HttpProbe {
  send(request: {
    readonly method: string;
    readonly url: string;
    readonly headerName: string;
    readonly headerValue: Material;
  }): Promise<{ readonly status: number }>;
}

/** Wall clock, monotonic clock, waiting. */
export interface Clock {
  now(): Instant;
  /** Milliseconds that never jump; only differences mean something. */
  monotonic(): number;
  /** Ends early, with a Fault of kind `interrupted`, when the run is asked to stop. */
  sleep(length: Duration): Promise<void>;
  /** Calls tick again and again, the pause counted from the end of one call to the start of the next; the returned function ends it. */
  every(pause: Duration, tick: () => Promise<void>): () => void;
  /** Was the run asked to stop? */
  stopping(): boolean;
}

/** Cryptographic randomness and hashes. */
export interface Crypto {
  /** Lower-case hex digits. */
  randomHex(bytes: number): string;
  /** Uniform choice of `length` characters of `alphabet`; the value exists only inside the Material. */
  randomMaterial(length: number, alphabet: string, prefix: string): Material;
  sha256(text: string): string;
  /** HMAC-SHA256 in hex of a value under a key. */
  fingerprint(key: Material, value: Material): string;
}
