import type { FaultDetails } from '../domain/fault.js';
import type { SecretId } from '../domain/ids.js';
import type { Journal } from '../domain/journal.js';
import type { Observation } from '../domain/observation.js';
import type { Plan, Revision } from '../domain/plan.js';
import type { Inventory } from '../domain/policy.js';
import type { Rotator } from '../domain/rotator.js';
import type { SecretStatus } from '../domain/status.js';
import type { Instant } from '../domain/time.js';
import type { Sha256 } from './digest.js';

/** A journal as it was read (version 0 and null: there is none), or why it could not be. */
export type JournalRead =
  | { readonly version: number; readonly journal: Journal | null }
  | { readonly fault: FaultDetails };

/** A marker of open work: `open/<id>/<rotation id>`. */
export interface OpenMarker {
  readonly id: SecretId;
  readonly rotation: string;
}

/** What the caller asked for. Selection narrows what is said and done; what is true of the others still counts (dependencies, shares). */
export interface Selection {
  /** Globs on ids; empty: all. */
  readonly targets: readonly string[];
  readonly excludes: readonly string[];
  /** Ids that are rotated now, due or not, back-off or not. */
  readonly forced: readonly SecretId[];
  /** Ids whose open change is taken up now, back-off or not. Nothing new is started for them. */
  readonly recover: readonly SecretId[];
  readonly ignoreWindow: boolean;
  /** The reason that was given. */
  readonly ignoreFreeze?: string;
  readonly overLimit: boolean;
}

/** Nothing narrowed, nothing forced, nothing overridden. */
export const EVERYTHING: Selection = {
  targets: [],
  excludes: [],
  forced: [],
  recover: [],
  ignoreWindow: false,
  overLimit: false,
};

/** Desired, observed, now. */
export interface PlanInput {
  readonly inventory: Inventory;
  readonly rotators: ReadonlyMap<string, Rotator>;
  /** An id without an entry was not observed. */
  readonly observations: ReadonlyMap<SecretId, Observation>;
  /** At least those that `journalsNeeded` names. An id without an entry is planned as one without a journal, which the claim's cas checks. */
  readonly journals: ReadonlyMap<SecretId, JournalRead>;
  readonly openMarkers: readonly OpenMarker[];
  readonly now: Instant;
  readonly revision: Revision | null;
  readonly selection: Selection;
  readonly sha256: Sha256;
}

export interface Planned {
  readonly plan: Plan;
  /** One per selected secret, sorted by id. */
  readonly statuses: readonly SecretStatus[];
}
