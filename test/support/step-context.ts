import type { OpenChange, StepRecord } from '../../src/domain/journal.js';
import type { JsonObject } from '../../src/domain/json.js';
import type { Change } from '../../src/domain/plan.js';
import type { StepContext } from '../../src/domain/rotator.js';
import type { Step } from '../../src/domain/step.js';
import { emptyJournal } from '../../src/executor/log.js';
import { contextOf } from '../../src/executor/perform.js';
import type { World } from '../../src/executor/world.js';

export const ROTATION = '00000000000000aa';

/** A record as the journal has it. */
export function recordOf(step: string, intent: JsonObject, more: Partial<StepRecord> = {}): StepRecord {
  const intendedAt = '2026-11-24T10:00:00.000Z';
  return { step, turn: 0, state: 'intended', run: 'run', intendedAt, journalVersion: 7, intent, ...more };
}

/** The step of a change by the beginning of its name; the way back is looked through as well. */
export function stepOf(change: Change, name: string): Step {
  const found = [...change.steps, ...change.undo].find((step) => step.name.startsWith(name));
  if (found === undefined) throw new Error(`no step ${name}`);
  return found;
}

/** What a handler sees in the middle of a change with these records. */
export function contextFor(
  world: World,
  change: Change,
  name: string,
  records: readonly StepRecord[] = [],
): StepContext & { readonly told: string[] } {
  const open: OpenChange = { change, rotation: ROTATION, claimedAt: 'x', revision: null, turn: 0, records };
  const journal = { ...emptyJournal(change), open };
  const context = contextOf({ world, id: change.id, writer: { journal: () => journal } }, stepOf(change, name));
  const told: string[] = [];
  return { ...context, told, progress: (text) => void told.push(text) };
}
