import { canonicalJson } from '../domain/json.js';
import type { Change, Plan } from '../domain/plan.js';
import type { Step } from '../domain/step.js';

/** SHA-256 of a text, lower-case hex. */
export type Sha256 = (text: string) => string;

/**
 * What an approval covers: the inventory, and per change its id, action, steps (the way back too) and bindings, sorted. Not covered, so
 * that the same work has the same digest tomorrow: times, the commit, findings, the notes of steps, chains, notices.
 */
export function digestOf(plan: Pick<Plan, 'format' | 'inventory' | 'changes'>, sha256: Sha256): string {
  const changes = plan.changes.map((change) => `${JSON.stringify(change.action)} ${workOf(change)}`).sort();
  return sha256(canonicalJson({ format: plan.format, inventory: plan.inventory, changes }));
}

/** One text per work on one secret: id, steps, way back, bindings. Two changes of the same work are the same but for action and words. */
export function workOf({ id, steps, undo, bindings }: Change): string {
  return canonicalJson({ id, steps: steps.map(deed), undo: undo.map(deed), bindings });
}

/** A step without the remark that is there for people. */
function deed({ note: _note, ...step }: Step): Omit<Step, 'note'> {
  return step;
}
