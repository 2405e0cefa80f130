import type { OpenChange, StepRecord } from '../domain/journal.js';
import type { Step } from '../domain/step.js';

/** What to do now with a claimed change. */
export type Action =
  | { readonly do: 'perform'; readonly step: Step }
  | { readonly do: 'probe'; readonly step: Step; readonly record: StepRecord }
  | { readonly do: 'turnBack'; readonly reason: string }
  | { readonly do: 'settle' }
  | { readonly do: 'stuck'; readonly step: Step; readonly reason: string }
  | { readonly do: 'tidy' };

/**
 * The whole of the saga's judgement, pure: the same journal always gives the same action, whoever asks and however often it was killed.
 *
 *   forward (even turn): steps in order -> settle (the pivot's own write)          -> tidy
 *   refused or failed:   turnBack -> undo steps of what was ever intended -> settle -> tidy
 *   refused on the way back: stuck, until somebody tries again
 */
export function next(open: OpenChange): Action {
  if (open.outcome !== undefined) return { do: 'tidy' };
  for (const step of stepsOfTurn(open)) {
    const record = newestRecord(open, step);
    if (record?.state === 'done') continue;
    return actionOn(open, step, record);
  }
  return { do: 'settle' };
}

/** Odd turns go back. */
export function goesBack(open: OpenChange): boolean {
  return open.turn % 2 === 1;
}

/** The steps that the present turn has to see done. */
function stepsOfTurn(open: OpenChange): readonly Step[] {
  if (!goesBack(open)) return open.change.steps;
  const intended = new Set(open.records.map((record) => record.step));
  return open.change.undo.filter((step) => step.undoes?.some((name) => intended.has(name)) === true);
}

/**
 * The record that counts: the newest of this turn. Staged material outlives a turn round (going forward again uses the same material);
 * every other step is done anew.
 */
export function newestRecord(open: OpenChange, step: Step): StepRecord | undefined {
  return open.records.findLast(
    (record) => record.step === step.name && (record.turn === open.turn || step.verb === 'stage'),
  );
}

function actionOn(open: OpenChange, step: Step, record: StepRecord | undefined): Action {
  if (record === undefined || record.state === 'absent') return { do: 'perform', step };
  if (record.state === 'intended') return { do: 'probe', step, record };
  const reason = `${step.name}: ${record.reason ?? record.state}`;
  return goesBack(open) ? { do: 'stuck', step, reason } : { do: 'turnBack', reason };
}
