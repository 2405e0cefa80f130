import type { ChangeOutcome, ChangeResult } from '../domain/events.js';
import type { Ending } from '../domain/outputs.js';

const LIST_OF = {
  rotated: 'done',
  reconciled: 'done',
  failed: 'failed',
  undone: 'failed',
  notStarted: 'notStarted',
  held: 'notStarted',
  locked: 'notStarted',
  stale: 'notStarted',
  stuck: 'needsAttention',
  blocked: 'needsAttention',
  interrupted: 'needsAttention',
} as const satisfies { readonly [outcome in ChangeOutcome]: keyof Ending };

/** Sorts results into the four lists. They partition the run: every result is in exactly one list, in the order of the run. */
export function endingLists(results: readonly ChangeResult[]): Ending {
  const of = (list: keyof Ending) => results.filter((result) => LIST_OF[result.outcome] === list);
  return { done: of('done'), failed: of('failed'), notStarted: of('notStarted'), needsAttention: of('needsAttention') };
}
