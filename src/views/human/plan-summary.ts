import type { ChangeAction, NoticeState, Plan } from '../../domain/plan.js';
import { shortTime } from './relative.js';
import type { Pen } from './pen.js';

/**
 * `Plan: 1 to rotate, 0 to create, 0 to revoke, 0 to reconcile; 1 waiting for a person, 0 blocked, 0 held, 0 drifted; 5 up to date.`
 * This text is an interface: scripts read it. The counts named here are always there and in this order; further ones
 * (`to resume`, `suspended`, `deferred`, `not observed`, `with a warning`) come behind them, and only where they are not 0.
 */
export function planSummary(plan: Plan): string {
  const changes = (action: ChangeAction) => plan.changes.filter((change) => change.action === action).length;
  const notices = (state: NoticeState) => plan.notices.filter((notice) => notice.state === state).length;
  const toDo = [
    `${changes('rotate')} to rotate`,
    `${changes('create')} to create`,
    '0 to revoke',
    `${changes('reconcile')} to reconcile`,
    ...nonZero(changes('resume'), 'to resume'),
  ];
  const toSay = [
    `${notices('waiting')} waiting for a person`,
    `${notices('blocked')} blocked`,
    `${notices('held')} held`,
    `${notices('drift')} drifted`,
    ...nonZero(notices('suspended'), 'suspended'),
    ...nonZero(notices('deferred'), 'deferred'),
    ...nonZero(notices('unobserved'), 'not observed'),
    ...nonZero(notices('warning'), 'with a warning'),
  ];
  return `Plan: ${toDo.join(', ')}; ${toSay.join(', ')}; ${plan.upToDate.length} up to date.`;
}

function nonZero(count: number, words: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${words}`];
}

/** `digest 9f3c…e1 · revision 4ab81d0 · valid until 2026-11-24T11:00Z`; the whole digest where `full`, for an approver. */
export function digestLine(plan: Plan, pen: Pen, full: boolean): string {
  const { digest } = plan;
  const brief = `${pen.clean(digest.slice(0, 4))}${pen.sign.cut}${pen.clean(digest.slice(-2))}`;
  const short = full || digest.length <= 8 ? pen.clean(digest) : brief;
  const parts = [`digest ${short}`, revisionText(plan, pen), `valid until ${shortTime(pen.clean(plan.validUntil))}`];
  return parts.join(` ${pen.sign.dot} `);
}

function revisionText(plan: Plan, pen: Pen): string {
  if (plan.revision === null) return 'no revision';
  const commit = pen.clean(plan.revision.commit.slice(0, 7));
  return `revision ${commit}${plan.revision.dirty ? ' with uncommitted changes' : ''}`;
}
