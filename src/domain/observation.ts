import type { FaultDetails } from './fault.js';
import type { WorkloadRef } from './policy.js';
import type { Instant } from './time.js';

/** One read that a rotator asks for, as data. Equal queries of several policies are sent once. */
export type Query =
  | { readonly type: 'kvMetadata'; readonly path: string }
  | { readonly type: 'kvSubkeys'; readonly path: string; readonly version: number }
  | ({ readonly type: 'workload' } & { readonly workload: WorkloadRef });

/** `GET {mount}/metadata/{path}` of KV v2, without the parts nobody needs. */
export interface KvMetadata {
  readonly currentVersion: number;
  /** Of the current version. */
  readonly createdAt: Instant;
  /** Of the key itself. */
  readonly keyCreatedAt: Instant;
  /** The current version is soft-deleted or destroyed. */
  readonly deleted: boolean;
  readonly maxVersions: number;
  /** Milliseconds; 0: never. */
  readonly deleteVersionAfter: number;
  readonly customMetadata: { readonly [key: string]: string };
}

/** What plan needs of a Deployment, StatefulSet or DaemonSet. */
export interface WorkloadView {
  readonly templateAnnotations: { readonly [name: string]: string };
  readonly replicas: number;
  /** Who last set which annotation of the pod template: annotation name -> field manager. */
  readonly annotationManagers: { readonly [name: string]: string };
}

export type AnswerValue =
  | { readonly type: 'kvMetadata'; readonly metadata: KvMetadata | null }
  | { readonly type: 'kvSubkeys'; readonly fields: readonly string[] | null }
  | { readonly type: 'workload'; readonly workload: WorkloadView | null };

/** What the system said; a fault is an answer. `null` inside a value means "there is none". */
export type Answer =
  | { readonly ok: true; readonly value: AnswerValue }
  | { readonly ok: false; readonly fault: FaultDetails };

/** Query text (queryKey) -> answer. */
export type Answers = ReadonlyMap<string, Answer>;

/** Two queries are one if their keys are equal. */
export function queryKey(query: Query): string {
  switch (query.type) {
    case 'kvMetadata':
      return `kvMetadata ${query.path}`;
    case 'kvSubkeys':
      return `kvSubkeys ${query.path} ${query.version}`;
    case 'workload':
      return `workload ${workloadKey(query.workload)}`;
  }
}

/** `Deployment ai-gateway/litellm`. */
export function workloadKey(ref: WorkloadRef): string {
  return `${ref.kind} ${ref.namespace}/${ref.name}`;
}

/** What the answers mean for one secret at one instant. */
export type Observation =
  | { readonly state: 'unobserved'; readonly faults: readonly FaultDetails[] }
  | {
      readonly state: 'observed';
      /** Is there a value at the live place? */
      readonly present: boolean;
      /** KV version of the live path; 0: the path does not exist. */
      readonly version: number;
      readonly versionCreatedAt?: Instant;
      /** When the live generation was born; absent where there is none. */
      readonly birth?: Instant;
      /** How the birth is known. */
      readonly birthFrom?: 'label' | 'version' | 'key';
      /** The generation that the label names, where it explains the live version. */
      readonly rotation?: string;
      /** Short hash of the parts of spec that shape material, as the label has it. */
      readonly specHash?: string;
      /** A version that keyturn did not write stands at the live place. */
      readonly changedOutside?: { readonly version: number; readonly at: Instant; readonly labelVersion: number };
      /** Consumers whose pod template does not carry the live generation. */
      readonly driftedConsumers: readonly { readonly workload: WorkloadRef; readonly manager?: string }[];
      /** Consumers that do not exist. */
      readonly missingConsumers: readonly WorkloadRef[];
    };
