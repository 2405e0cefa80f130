import type { Change, Notice, Plan } from '../domain/plan.js';
import { isoOf } from '../domain/time.js';
import { type Considered, noticeOf, outcomeOf } from './change.js';
import { inChains } from './chains.js';
import { evaluate } from './checks.js';
import { deferWaiting } from './dependencies.js';
import { digestOf } from './digest.js';
import { gather, type Subject } from './gather.js';
import type { Planned, PlanInput } from './input.js';
import { refusalsOf, takeWithin } from './limits.js';
import { selectionOf } from './select.js';
import { statusOf } from './status.js';
import { compareTexts } from './words.js';

/**
 * Desired + observed + now -> plan: gather, check, judge, wait for dependencies, keep to the limits, order. Pure: the same input gives the
 * same plan to the byte, in whatever order policies, observations and journals come. A plan that a threshold refuses is whole.
 */
export function makePlan(input: PlanInput): Planned {
  const considered = consider(input);
  return { plan: planOf(considered, input), statuses: considered.map((one) => statusOf(one, input)) };
}

/** Every selected secret with what is to be done or said, sorted by id. */
export function consider(input: PlanInput): readonly Considered[] {
  const isSelected = selectionOf(input.selection.targets, input.selection.excludes);
  const judged = gather(input).map((subject) => {
    const findings = evaluate(subject, input.now);
    return { subject, findings, outcome: outcomeOf(subject, findings, input) };
  });
  const settled = deferWaiting(
    judged.map((one) => one.outcome),
    isSelected,
  );
  const selected = judged
    .filter((one) => isSelected(one.subject.id))
    .map((one) => ({ ...one, outcome: settled.get(one.subject.id) ?? one.outcome }));
  return cutToLimits(selected, input);
}

function cutToLimits(all: readonly Considered[], { inventory, selection }: PlanInput): readonly Considered[] {
  const { limits } = inventory.settings;
  const { cut } = takeWithin(changesOf(all), limits, selection.overLimit);
  const ids = new Set(cut.map((change) => change.id));
  const reason = `${limits.maxChanges} more urgent changes come first (\`maxChanges\`)`;
  return all.map((one) => {
    if (!ids.has(one.subject.id)) return one;
    const remark = { state: 'deferred', reason, deferredBy: 'limit', action: 'keyturn apply --over-limit' } as const;
    return { ...one, outcome: noticeOf(one.subject, one.findings, remark) };
  });
}

function planOf(considered: readonly Considered[], { inventory, now, revision, selection, sha256 }: PlanInput): Plan {
  const { limits, inventory: name } = inventory.settings;
  const changes = inChains(changesOf(considered));
  const format = 'keyturn.dev/plan/v1';
  return {
    format,
    inventory: name,
    at: isoOf(now),
    validUntil: isoOf(now + limits.planValidFor),
    revision,
    changes,
    notices: considered.flatMap(({ outcome }): readonly Notice[] =>
      outcome.type === 'notice' ? [outcome.notice] : [],
    ),
    upToDate: considered.flatMap(({ outcome }) => (outcome.type === 'upToDate' ? [outcome.subject.id] : [])),
    refusals: refusalsOf(changes, inventory, selection.overLimit),
    complete: considered.every(({ subject }) => wasObserved(subject)),
    digest: digestOf({ format, inventory: name, changes }, sha256),
  };
}

/** The changes, most urgent first: what is claimed, what is missing, what a person asked for, then what is due longest, then by id. */
function changesOf(considered: readonly Considered[]): readonly Change[] {
  const ranked = considered.flatMap(({ subject, outcome }) =>
    outcome.type === 'change' ? [{ change: outcome.change, rank: rankOf(outcome.change, subject), subject }] : [],
  );
  ranked.sort(
    (a, b) =>
      a.rank - b.rank ||
      (a.subject.due?.at ?? Infinity) - (b.subject.due?.at ?? Infinity) ||
      compareTexts(a.change.id, b.change.id),
  );
  return ranked.map(({ change }) => change);
}

const RANKS = { resume: 0, create: 1, rotate: 3, reconcile: 4 } as const;

function rankOf(change: Change, { forced }: Subject): number {
  return forced && change.action === 'rotate' ? 2 : RANKS[change.action];
}

/** Open work without a policy is not looked at on the live path: its journal says all. */
function wasObserved({ policy, observation, journalFault }: Subject): boolean {
  return journalFault === undefined && (policy === undefined || observation.state === 'observed');
}
