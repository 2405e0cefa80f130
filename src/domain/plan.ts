import type { Diagnostic, SourceRange } from './diagnostic.js';
import type { FaultKind } from './fault.js';
import type { Finding } from './finding.js';
import type { Consumer } from './policy.js';
import type { Step } from './step.js';

/** `create`: no value is there yet. `rotate`: a new generation. `reconcile`: no new generation. `resume`: finish what a journal holds. */
export type ChangeAction = 'create' | 'rotate' | 'reconcile' | 'resume';

/** What a change was planned against; apply runs it only while all of it still holds. */
export interface Bindings {
  /** SHA-256 of the resolved policy's bound parts. */
  readonly policyHash: string;
  /** KV version of the journal; 0: none. */
  readonly journalVersion: number;
  /** KV version of the live path; 0: none. */
  readonly liveVersion: number;
  /** RFC 3339 of that version; null: none. */
  readonly liveCreatedTime: string | null;
}

/** All that will be done to one secret. */
export interface Change {
  readonly id: string;
  readonly kind: string;
  readonly action: ChangeAction;
  readonly source?: SourceRange;
  readonly findings: readonly Finding[];
  readonly live: { readonly path: string; readonly field: string };
  /** The generation at the live place before the change; an undo restores its birth. Null: there is none. */
  readonly before: { readonly birth: string; readonly rotation?: string } | null;
  readonly steps: readonly Step[];
  readonly undo: readonly Step[];
  /** Old and new cannot both be accepted: the gap is announced and measured. */
  readonly noOverlap: boolean;
  /** What proves the new credential: a check that the old one fails, a check that does not tell them apart, or only convergence. */
  readonly proof: 'discriminating' | 'weak' | 'convergence' | 'none';
  readonly consumers: readonly Consumer[];
  /** Short hash of the parts of spec that shape material. */
  readonly specHash: string;
  readonly bindings: Bindings;
  /** Shared resources, sorted; changes with one in common form a chain. */
  readonly resources: readonly string[];
  /** Smallest id of the chain. */
  readonly chain: string;
  readonly dependsOn: readonly string[];
}

export type NoticeState =
  | 'blocked'
  | 'held'
  | 'drift'
  | 'suspended'
  | 'waiting'
  | 'unobserved'
  | 'deferred'
  | 'warning';

/** Something that must be said about a secret and is not a change. */
export interface Notice {
  readonly id: string;
  readonly kind: string;
  readonly state: NoticeState;
  readonly findings: readonly Finding[];
  /** Why nothing is done, one sentence. */
  readonly reason: string;
  /** The exact command or deed that would change it. */
  readonly action?: string;
  /** Of a deferred one: what it waits for. */
  readonly deferredBy?: 'window' | 'freeze' | 'dependency' | 'limit';
  /** Of an unobserved one: how the first look failed. */
  readonly fault?: FaultKind;
  readonly source?: SourceRange;
}

export interface Revision {
  readonly commit: string;
  readonly dirty: boolean;
}

/** Ordered changes with their bindings and a digest; plain JSON; the thing that is approved. */
export interface Plan {
  readonly format: 'keyturn.dev/plan/v1';
  readonly inventory: string;
  /** RFC 3339; the instant that every due date in it was judged at. */
  readonly at: string;
  readonly validUntil: string;
  readonly revision: Revision | null;
  readonly changes: readonly Change[];
  readonly notices: readonly Notice[];
  readonly upToDate: readonly string[];
  /** Thresholds that refuse it; it is printed all the same. */
  readonly refusals: readonly Diagnostic[];
  /** False where a secret could not be observed. */
  readonly complete: boolean;
  /** SHA-256 over ids, actions, steps and bindings, sorted; not over times, commit or words. */
  readonly digest: string;
}
