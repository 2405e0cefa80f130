import type { OpenChange } from '../domain/journal.js';
import type { SecretStatus } from '../domain/status.js';

export type Progress = NonNullable<SecretStatus['open']>;

/** How far an open change is, read off its journal. Odd turns go back and need only the undo of what was ever intended. */
export function progressOf(open: OpenChange): Progress {
  const back = open.turn % 2 === 1;
  const ever = new Set(open.records.map((record) => record.step));
  const steps = back
    ? open.change.undo.filter((step) => step.undoes?.some((name) => ever.has(name)) === true)
    : open.change.steps;
  const direction = open.outcome !== undefined ? 'finishing' : back ? 'back' : 'forward';
  const done =
    open.outcome === undefined
      ? doneOf(
          open,
          steps.map((step) => step.name),
        )
      : steps.length;
  const current = steps[done]?.name;
  return {
    rotation: open.rotation,
    direction,
    done,
    steps: steps.length,
    ...(current === undefined ? {} : { current }),
  };
}

/** Steps up to the last one that is done in this turn: those that only look leave no record. */
function doneOf(open: OpenChange, names: readonly string[]): number {
  const done = new Set(
    open.records.filter((record) => record.turn === open.turn && record.state === 'done').map((record) => record.step),
  );
  return names.findLastIndex((name) => done.has(name)) + 1;
}
