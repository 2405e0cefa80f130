import type { ChangeOutcome, ChangeResult } from '../domain/events.js';
import type { ExitReason } from '../domain/exit-codes.js';

const WELL: ReadonlySet<ChangeOutcome> = new Set(['rotated', 'reconciled']);

export interface RunEnd {
  readonly results: readonly ChangeResult[];
  /** Secrets that could not be observed. */
  readonly unobserved: boolean;
  readonly stoppedBy: 'SIGINT' | 'SIGTERM' | undefined;
}

/**
 * What a run that carried out changes ends with: an interruption speaks for itself, then the first that applies in the order of the exit codes.
 * 77, 69, 5, 7 and 8 only if nothing ran at all.
 */
export function exitOfRun({ results, unobserved, stoppedBy }: RunEnd): ExitReason {
  if (stoppedBy !== undefined && results.some((result) => !WELL.has(result.outcome)))
    return stoppedBy === 'SIGINT' ? 'interrupted' : 'terminated';
  const bad = results.filter((result) => !WELL.has(result.outcome));
  if (bad.length === 0) return unobserved ? 'partial' : 'done';
  if (bad.length < results.length) return 'partial';
  return common(bad) ?? 'partial';
}

/** The one reason why nothing ran, where all have the same. */
function common(bad: readonly ChangeResult[]): ExitReason | undefined {
  const all = (judge: (result: ChangeResult) => boolean): boolean => bad.every((result) => judge(result));
  if (all(({ fault }) => fault?.kind === 'denied' || fault?.kind === 'unauthenticated')) return 'denied';
  if (all(({ fault }) => fault?.kind === 'unreachable' || fault?.kind === 'timeout' || fault?.kind === 'unavailable'))
    return 'unreachable';
  if (all(({ outcome }) => outcome === 'stale')) return 'notApproved';
  if (all(({ outcome }) => outcome === 'locked')) return 'locked';
  return undefined;
}
