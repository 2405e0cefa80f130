import type { Duration } from '../domain/duration.js';
import { formatDuration } from '../domain/duration.js';
import type { Freeze, Inventory, Policy, Window } from '../domain/policy.js';
import type { Due } from '../domain/status.js';
import { type Instant, isoOf } from '../domain/time.js';
import { nextAllowed } from '../schedule/allowed.js';
import { dueOf, overdueAt } from '../schedule/due.js';
import { freezeAt } from '../schedule/freeze.js';
import { roomIn, windowAt } from '../schedule/window.js';
import type { Selection } from './input.js';
import { minute } from './words.js';

/** When one secret is due, and how that was reckoned. */
export interface Reckoned {
  readonly base: Instant;
  readonly at: Instant;
  readonly overdueAt: Instant;
  /** `every 30d`. */
  readonly rule: string;
  /** `every 30d, 5h12m earlier by jitter, window nights`. */
  readonly explanation: string;
}

/** Undefined without a schedule: only when forced. */
export function reckon({ schedule, id }: Policy, birth: Instant): Reckoned | undefined {
  if (schedule === undefined) return undefined;
  const { due, base, rule, explanation } = dueOf(schedule, birth, id);
  return { base, at: due, overdueAt: overdueAt(schedule, due), rule, explanation };
}

/** The longest that a change may take once it has begun: every wait to its time-out, and the check. */
export function timeNeeded({ consumers, verify }: Pick<Policy, 'consumers' | 'verify'>): Duration {
  return consumers.reduce((sum, consumer) => sum + consumer.timeout, verify?.timeout ?? 0);
}

/** What keeps a change from starting now. */
export interface Closed {
  readonly by: 'window' | 'freeze';
  readonly text: string;
  /** The flag that overrides it. */
  readonly flag: string;
}

/** How a change came about: windows are for work that comes from a schedule, or could wait as well. */
export interface Occasion {
  readonly action: 'create' | 'rotate' | 'reconcile';
  readonly forced: boolean;
}

/**
 * Does a window or a freeze keep this secret's change from starting now? A freeze keeps everything that is not claimed yet, for people
 * decided that nothing starts then. A window keeps scheduled rotations and restarts: a secret that is missing breaks nobody who works,
 * and is created at once; who asks for a rotation by name means now.
 */
export function closedNow(
  policy: Policy,
  occasion: Occasion,
  freezes: readonly Freeze[],
  { ignoreFreeze, ignoreWindow }: Pick<Selection, 'ignoreFreeze' | 'ignoreWindow'>,
  now: Instant,
): Closed | undefined {
  const window = occasion.action === 'create' || occasion.forced || ignoreWindow ? undefined : policy.schedule?.window;
  const respected = ignoreFreeze === undefined ? freezes : [];
  const needed = timeNeeded(policy);
  const freeze = freezeAt(respected, now);
  if (freeze !== undefined) {
    const next = window === undefined ? '' : nextStart(window, respected, now, needed);
    const text = `freeze ${freeze.name} until ${minute(freeze.until)}: ${freeze.reason}${next}`;
    return { by: 'freeze', text, flag: '--ignore-freeze REASON' };
  }
  if (window === undefined || roomIn(window, now, needed)) return undefined;
  const next = nextStart(window, respected, now, needed);
  return { by: 'window', text: `${shut(window, now, needed)}${next}`, flag: '--ignore-window' };
}

/** A freeze that a person decided to ignore, with the reason, for the record; undefined: none holds, or none is ignored. */
export function overriddenFreeze(
  freezes: readonly Freeze[],
  { ignoreFreeze }: Pick<Selection, 'ignoreFreeze'>,
  now: Instant,
): string | undefined {
  const freeze = ignoreFreeze === undefined ? undefined : freezeAt(freezes, now);
  return freeze === undefined ? undefined : `in spite of freeze ${freeze.name}: ${ignoreFreeze}`;
}

function shut(window: Window, now: Instant, needed: Duration): string {
  const { open, closes } = windowAt(window, now);
  if (!open) return `window ${window.name} is closed`;
  return `window ${window.name} closes ${minute(closes)}, and the change may take ${formatDuration(needed)}`;
}

function nextStart(window: Window, freezes: readonly Freeze[], now: Instant, needed: Duration): string {
  const at = nextAllowed(window, freezes, now, needed);
  return at === undefined ? '; it is never open for that long' : `; next start ${minute(at)}`;
}

/** The due date as `status` shows it, with the window's present or next opening and the freeze that holds now. */
export function dueView(policy: Policy, due: Reckoned, { freezes }: Inventory, now: Instant): Due {
  const window = policy.schedule?.window;
  const freeze = freezeAt(freezes, now);
  return {
    at: isoOf(due.at),
    overdueAt: isoOf(due.overdueAt),
    base: isoOf(due.base),
    rule: due.rule,
    ...(window === undefined ? {} : { window: windowView(window, now) }),
    ...(freeze === undefined
      ? {}
      : { freeze: { name: freeze.name, until: isoOf(freeze.until), reason: freeze.reason } }),
  };
}

function windowView(window: Window, now: Instant): NonNullable<Due['window']> {
  const { open, opens, closes } = windowAt(window, now);
  return { name: window.name, open, opens: isoOf(opens), closes: isoOf(closes) };
}
