import type { SourceRange } from './diagnostic.js';

/** Named reasons; a kind may add its own with its name in front (`cert-manager-certificate/RenewalLate`). */
export type FindingReason =
  | 'Missing'
  | 'Due'
  | 'Overdue'
  | 'Forced'
  | 'SpecChanged'
  | 'ConsumerDrifted'
  | 'ConsumerMissing'
  | 'ChangedOutside'
  | 'Interrupted'
  | 'Orphaned'
  | 'Moved'
  | `${string}/${string}`;

/** One named reason why something must happen or be said. The text states the fact and its evidence, never the caller's intention. */
export interface Finding {
  readonly reason: FindingReason;
  /** `last rotated 2026-10-20 (v7), every 30d -> due 2026-11-19`. Holds no wall-clock-relative words: views add those. */
  readonly evidence: string;
  readonly source?: SourceRange;
}
