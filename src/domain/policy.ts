import type { Duration } from './duration.js';
import type { SourceRange } from './diagnostic.js';
import type { SecretId } from './ids.js';
import type { Json, JsonObject } from './json.js';
import type { Instant } from './time.js';

/** A stretch of time that opens again and again and in which scheduled work may start. */
export interface Window {
  readonly name: string;
  /** Five fields; each firing opens the window. */
  readonly cron: string;
  readonly lasts: Duration;
  /** IANA name. */
  readonly timezone: string;
}

/** Days on which scheduled work must not start; both days inclusive, in the zone's own midnights. */
export interface Freeze {
  readonly name: string;
  /** `2026-12-18`. */
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  readonly reason: string;
  readonly except: readonly 'emergency'[];
  readonly source: SourceRange;
}

/** When a secret is due, every name resolved. */
export interface Schedule {
  /** The name in schedules.yaml; absent for an inline schedule. */
  readonly name?: string;
  readonly due:
    | { readonly type: 'every'; readonly every: Duration }
    | { readonly type: 'cron'; readonly cron: string; readonly timezone: string };
  readonly window?: Window;
  /** How long before it is due a secret is announced. */
  readonly warnBefore: Duration;
  /** Makes due earlier by a part of this, stable per id. */
  readonly jitter: Duration;
}

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

export interface WorkloadRef {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

/** Where keyturn also writes the value: one key of a Kubernetes Secret. */
export interface Copy {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

/** A workload that uses the secret, is restarted, and is waited for. */
export interface Consumer extends WorkloadRef {
  readonly timeout: Duration;
  /** `copy`: through one of the policy's copies; `readAtStart`: the pod reads the live path itself when it starts. */
  readonly via: 'copy' | 'readAtStart';
}

/** A call that the new credential passes and the old one fails. */
export interface HttpCheck {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  /** `Name: text with {value}`. */
  readonly header: string;
  readonly ok: readonly number[];
  /** Statuses that mean "this credential is refused"; empty: the check does not discriminate. */
  readonly refused: readonly number[];
  /** How long an answer that is neither is asked for again. */
  readonly timeout: Duration;
}

/** The desired state of one secret, normalised: defaults filled in, names resolved. */
export interface Policy {
  readonly id: SecretId;
  readonly kind: string;
  readonly description?: string;
  readonly owner?: string;
  readonly labels: { readonly [name: string]: string };
  /** Absent: rotated only when forced. */
  readonly schedule?: Schedule;
  readonly grace: Duration;
  readonly dependsOn: readonly SecretId[];
  /** `until` absent: until the line is removed. The instant is the start of that day in UTC where only a date is given. */
  readonly suspend?: { readonly until?: Instant; readonly reason: string };
  readonly movedFrom?: SecretId;
  readonly vault: { readonly path: string; readonly field: string };
  readonly publish: readonly Copy[];
  readonly consumers: readonly Consumer[];
  readonly verify?: HttpCheck;
  /** What only this kind knows, already valid against the kind's schema. */
  readonly spec: JsonObject;
  /** Where the document's `kind:` line stands. */
  readonly source: SourceRange;
}

/** The policies and calendars of one inventory. */
export interface Inventory {
  readonly policies: readonly Policy[];
  readonly freezes: readonly Freeze[];
  readonly settings: Settings;
}

export interface Limits {
  readonly maxChanges: number;
  /** 0 to 1. */
  readonly maxShare: number;
  readonly overLimit: 'refuse' | 'take';
  readonly failureBudget: number;
  readonly parallelism: number;
  readonly planValidFor: Duration;
  readonly leaseFor: Duration;
  readonly callDeadline: Duration;
}

export type VaultRole = 'plan' | 'apply';

export type VaultAuth =
  | { readonly method: 'token' }
  | { readonly method: 'tokenFile'; readonly file: string }
  | {
      readonly method: 'jwt';
      readonly mount: string;
      readonly tokenEnv: string;
      readonly roles: { readonly [role in VaultRole]?: string };
    }
  | {
      readonly method: 'kubernetes';
      readonly mount: string;
      readonly tokenFile: string;
      readonly roles: { readonly [role in VaultRole]?: string };
    }
  | {
      readonly method: 'appRole';
      readonly mount: string;
      readonly roleIdEnv: string;
      readonly secretIdEnv?: string;
      readonly secretIdFile?: string;
    };

/** keyturn.yaml, defaults filled in. */
export interface Settings {
  readonly inventory: string;
  readonly vault: { readonly address?: string; readonly auth?: VaultAuth; readonly state: string };
  readonly kubernetes: { readonly context?: string };
  readonly limits: Limits;
  readonly source?: SourceRange;
}

/** The parts of a policy that a plan binds: its place in the file and its prose may change freely. */
export function boundParts(policy: Policy): Json {
  const { source: _source, description: _description, labels: _labels, owner: _owner, ...rest } = policy;
  return JSON.parse(JSON.stringify(rest)) as Json;
}
