import { Fault } from '../../domain/fault.js';
import type { OpenChange, StepRecord } from '../../domain/journal.js';
import type { Json, JsonObject } from '../../domain/json.js';
import type { Step, StepVerb } from '../../domain/step.js';

/** The number under a key of a record's intent or receipt, or of a step's params. A journal that lacks it was written by nobody we know. */
export function numberIn(object: JsonObject, key: string): number {
  const value = object[key];
  if (typeof value !== 'number') throw malformed(key);
  return value;
}

/** The string under a key; see numberIn. */
export function stringIn(object: JsonObject, key: string): string {
  const value = object[key];
  if (typeof value !== 'string') throw malformed(key);
  return value;
}

/** The object under a key; see numberIn. */
export function objectIn(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  if (!isObject(value)) throw malformed(key);
  return value;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(key: string): Fault {
  return new Fault({
    kind: 'malformed',
    server: 'journal',
    call: `read ${key}`,
    said: `the journal lacks \`${key}\``,
    retriable: false,
    effect: 'none',
  });
}

/** Steps of a verb, forward and back alike. */
export function stepsOf(open: OpenChange, verb: StepVerb): readonly Step[] {
  return [...open.change.steps, ...open.change.undo].filter((step) => step.verb === verb);
}

/** The first intent of a forward step of that verb, in any turn: what the world was before keyturn touched it. */
export function firstRecord(
  open: OpenChange,
  verb: StepVerb,
  where: (step: Step) => boolean = () => true,
): StepRecord | undefined {
  const names = new Set(
    stepsOf(open, verb)
      .filter(where)
      .map((step) => step.name),
  );
  return open.records.find((record) => names.has(record.step));
}

/** The newest record that says a step is done, of any turn. */
export function lastDone(open: OpenChange, name: string): StepRecord | undefined {
  return open.records.findLast((record) => record.step === name && record.state === 'done');
}
