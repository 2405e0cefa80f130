import type { Consumer } from './policy.js';
import type { FaultDetails } from './fault.js';
import type { JsonObject } from './json.js';
import type { Change } from './plan.js';

/** One issue of a secret, as the journal knows it. References only, never material. */
export interface Generation {
  /** `-`: a value that keyturn did not make. */
  readonly rotation: string;
  /** RFC 3339. */
  readonly birth: string;
  /** The live path's KV version that holds it. */
  readonly kvVersion: number;
  /** HMAC of the material under the inventory's fingerprint key. */
  readonly fingerprint: string;
  readonly specHash: string;
  /** Who had to hold it when it became current. */
  readonly consumers: readonly Consumer[];
}

/** The time-limited exclusive right to change one secret. */
export interface Lease {
  /** The run that holds it. */
  readonly holder: string;
  /** For people: `alice@laptop` or a CI job's address. */
  readonly who: string;
  readonly acquiredAt: string;
  /** Counts up while the holder lives; a journal that stands still for `leaseFor` may be taken over. */
  readonly beat: number;
  readonly leaseFor: number;
}

export type RecordState = 'intended' | 'done' | 'absent' | 'refused' | 'failed';

/**
 * One line of the journal about one step. A record is appended as `intended` before the effect, with the preconditions that the effect
 * carries, and closed in place: `done` with its receipt; `absent`: certainly not in effect, may be tried again; `refused`: the check
 * said no; `failed`: a fault that will not go away by itself.
 */
export interface StepRecord {
  readonly step: string;
  readonly turn: number;
  readonly state: RecordState;
  readonly run: string;
  readonly intendedAt: string;
  /** The journal's KV version that this record's intent became. */
  readonly journalVersion: number;
  readonly intent: JsonObject;
  readonly receipt?: JsonObject;
  readonly closedAt?: string;
  readonly fault?: FaultDetails;
  readonly reason?: string;
}

/** A claimed change on its way. */
export interface OpenChange {
  readonly change: Change;
  /** The generation on its way; of a reconcile: the one that consumers must hold. */
  readonly rotation: string;
  readonly claimedAt: string;
  /** Commit of the policies it was claimed from. */
  readonly revision: string | null;
  /** Even: forward; odd: back. Each turn round starts the list of steps anew. */
  readonly turn: number;
  readonly turnReason?: string;
  readonly records: readonly StepRecord[];
  /** Set by the one write that ends the way: the rest is tidying. */
  readonly outcome?: 'rotated' | 'undone' | 'reconciled';
  readonly settledAt?: string;
}

/** A failed attempt waits out its back-off. */
export interface Held {
  readonly attempts: number;
  readonly since: string;
  readonly until: string;
  readonly reason: string;
  /** Neither forward nor back works. */
  readonly stuck?: true;
}

/** Per secret, compare-and-set, one string field of a KV v2 path. */
export interface Journal {
  readonly format: 1;
  readonly id: string;
  readonly kind: string;
  readonly live: { readonly path: string; readonly field: string };
  /** Names this very write: after an unknown outcome the writer recognises its own. */
  readonly writeId: string;
  readonly lease: Lease | null;
  readonly current: Generation | null;
  readonly open: OpenChange | null;
  readonly held: Held | null;
  /** Commit of the newest policies that were applied, with its time: an older one is refused. */
  readonly revision: { readonly commit: string; readonly committedAt: string } | null;
}

/** One finished change, kept for good. */
export interface HistoryEntry {
  readonly format: 1;
  readonly id: string;
  readonly kind: string;
  readonly rotation: string;
  readonly action: Change['action'];
  readonly outcome: 'rotated' | 'undone' | 'reconciled';
  readonly findings: readonly string[];
  readonly startedAt: string;
  readonly settledAt: string;
  /** Milliseconds between promote and proof in which one of the two values was refused somewhere; null where both could live together. */
  readonly gap: number | null;
  readonly reason?: string;
  readonly revision: string | null;
  readonly runs: readonly string[];
  readonly steps: readonly {
    readonly step: string;
    readonly state: RecordState;
    readonly at: string;
    readonly took: number;
  }[];
}
