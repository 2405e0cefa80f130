import type { ExitReason } from '../domain/exit-codes.js';
import type { DriftReport } from '../domain/outputs.js';
import type { Notice, Plan } from '../domain/plan.js';

export interface ExitOptions {
  readonly detailedExitcode: boolean;
  readonly failOnWaiting: boolean;
  /** Changes were asked for (apply, rotate), not only a look at them. */
  readonly applying?: boolean;
}

type Question = (plan: Plan, options: ExitOptions) => boolean;

/**
 * In the order of the exit codes; the first that applies. That everything waits for a window is what every plan of a working day says,
 * and no failure of the plan: it counts where work was asked for, or details were.
 */
const QUESTIONS: readonly (readonly [ExitReason, Question])[] = [
  // A path on no mount, a journal that nobody can read: somebody has to put it right, however often it is asked.
  ['invalid', (plan) => unobservedBy(plan, ['invalid', 'absent'])],
  ['denied', (plan) => unobservedBy(plan, ['unauthenticated', 'denied'])],
  ['unreachable', (plan) => !plan.complete],
  ['refused', (plan) => plan.refusals.length > 0],
  ['closed', (plan, options) => (options.applying === true || options.detailedExitcode) && allClosed(plan)],
  ['changes', (plan, options) => options.detailedExitcode && plan.changes.length > 0],
  ['drift', (plan, options) => options.detailedExitcode && plan.changes.length === 0 && driftOf(plan).length > 0],
  ['waiting', (plan, options) => options.failOnWaiting && plan.changes.length === 0 && someWait(plan)],
];

/** What a command that only planned ends with; the codes of saved plans, locks and failed work are its caller's. */
export function exitReasonOf(plan: Plan, options: ExitOptions): ExitReason {
  return QUESTIONS.find(([, applies]) => applies(plan, options))?.[0] ?? 'done';
}

function unobservedBy(plan: Plan, kinds: readonly Notice['fault'][]): boolean {
  return plan.notices.some(
    ({ state, fault }) => state === 'unobserved' && fault !== undefined && kinds.includes(fault),
  );
}

function allClosed({ changes, notices }: Plan): boolean {
  return changes.length === 0 && notices.some(({ deferredBy }) => deferredBy === 'window' || deferredBy === 'freeze');
}

function someWait({ notices }: Plan): boolean {
  return notices.some(({ state }) => state === 'waiting');
}

/** What nobody asked for: versions that keyturn did not write and consumers that do not carry the live generation, whether or not something is done about it. */
export function driftReportOf(plan: Plan): DriftReport {
  const unobserved = plan.notices.filter(({ state }) => state === 'unobserved');
  const looked = plan.changes.length + plan.notices.length + plan.upToDate.length - unobserved.length;
  return { at: plan.at, drift: driftOf(plan), unobserved, looked };
}

const DRIFT: ReadonlySet<string> = new Set(['ChangedOutside', 'ConsumerDrifted']);

function driftOf({ changes, notices }: Plan): readonly Notice[] {
  const done = changes.map((change): Notice => {
    const { id, kind, findings, action, source } = change;
    const about = { id, kind, findings, state: 'drift', reason: `the plan holds a ${action} for it` } as const;
    return source === undefined ? about : { ...about, source };
  });
  return [...done, ...notices].flatMap((notice) => {
    const findings = notice.findings.filter(({ reason }) => DRIFT.has(reason));
    return findings.length === 0 ? [] : [{ ...notice, state: 'drift', findings } as const];
  });
}
