import type { Duration } from '../../domain/duration.js';
import type { ChangeOutcome } from '../../domain/events.js';
import type { Hue } from './pen.js';
import { elapsedText } from './relative.js';

/** How an outcome reads; says what became of the value, which is what people ask first. */
export const OUTCOME_WORDS = {
  rotated: 'rotated',
  reconciled: 'reconciled',
  undone: 'undone, the old value is in use',
  failed: 'failed, nothing was changed',
  stuck: 'stuck, neither forward nor back works; both values are kept',
  held: 'held back after failed attempts',
  blocked: 'blocked',
  locked: 'locked by another run',
  stale: 'no longer what was approved',
  interrupted: 'interrupted, the journal is intact',
  notStarted: 'not started',
} as const satisfies { readonly [outcome in ChangeOutcome]: string };

export const OUTCOME_HUES = {
  rotated: 'green',
  reconciled: 'green',
  undone: 'yellow',
  failed: 'red',
  stuck: 'red',
  held: 'yellow',
  blocked: 'yellow',
  locked: 'yellow',
  stale: 'yellow',
  interrupted: 'yellow',
  notStarted: 'dim',
} as const satisfies { readonly [outcome in ChangeOutcome]: Hue };

/** `gap 4.2s: from promote to proof`; nothing for a change without a gap. Milliseconds. */
export function gapTexts(gap: Duration | null): readonly string[] {
  return gap === null ? [] : [`gap ${elapsedText(gap)}: from promote to proof`];
}
