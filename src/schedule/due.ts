import type { Duration } from '../domain/duration.js';
import { formatDuration } from '../domain/duration.js';
import type { SecretId } from '../domain/ids.js';
import type { Schedule } from '../domain/policy.js';
import type { Instant } from '../domain/time.js';
import { DAY, MINUTE } from './civil.js';
import { nextFiring } from './firing.js';
import { atMostNever } from './never.js';
import { spread } from './spread.js';
import { nextOpening, windowAt } from './window.js';

export interface DueDate {
  /** When work may first be done for the schedule's sake. */
  readonly due: Instant;
  /** Before jitter and window moved it. */
  readonly base: Instant;
  /** `every 30d`; `cron 0 3 * * MON (Europe/Berlin)`. */
  readonly rule: string;
  /** The rule and what moved the date, in the order of the reckoning: `every 30d, 5h12m earlier by jitter, window nights`. */
  readonly explanation: string;
}

/**
 * When a secret is due. `every` counts from its birth, cron fires for the first time after it. Jitter, the same for an id at all times,
 * is then taken off; a cron with jitter is its whole row of firings moved earlier, so that one rotation is not followed by a second one
 * at the very firing it anticipated. At last, where the window is closed at that instant, the date moves on to the window's next
 * opening. So due is never before birth, and jitter never puts it outside a window.
 *
 * @param birth when the live generation was made.
 */
export function dueOf(schedule: Schedule, birth: Instant, id: SecretId): DueDate {
  const early = jitterOf(schedule, id);
  const { due: rule } = schedule;
  const base =
    rule.type === 'every' ? atMostNever(birth + rule.every) : nextFiring(rule.cron, rule.timezone, birth + early);
  const target = Math.max(birth, base - early);
  const { open, opens } =
    schedule.window === undefined ? { open: true, opens: target } : windowAt(schedule.window, target);
  const due = open ? target : opens;
  const moves = [
    ...(early > 0 ? [`${formatDuration(early)} earlier by jitter`] : []),
    ...(due > target && schedule.window !== undefined ? [`window ${schedule.window.name}`] : []),
  ];
  return { due, base, rule: ruleOf(schedule), explanation: [ruleOf(schedule), ...moves].join(', ') };
}

/** When a due secret is overdue: where the first window that opens at or after due closes again; without windows a day after due. */
export function overdueAt(schedule: Schedule, due: Instant): Instant {
  return schedule.window === undefined ? atMostNever(due + DAY) : nextOpening(schedule.window, due).closes;
}

export function ruleOf({ due }: Schedule): string {
  return due.type === 'every' ? `every ${formatDuration(due.every)}` : `cron ${due.cron} (${due.timezone})`;
}

/** How much earlier this id is due: whole minutes, evenly spread over ids from nothing up to the schedule's jitter. */
export function jitterOf(schedule: Schedule, id: SecretId): Duration {
  const limit = schedule.due.type === 'every' ? Math.min(schedule.jitter, schedule.due.every) : schedule.jitter;
  return Math.floor((spread(id) * limit) / MINUTE) * MINUTE;
}
