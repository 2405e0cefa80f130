import type { Duration } from '../domain/duration.js';
import type { Window } from '../domain/policy.js';
import type { Instant } from '../domain/time.js';
import { atMostNever, NEVER } from './never.js';
import { nextFiring } from './firing.js';

/** One opening of a window. `closes` is exclusive and later than `opens`. */
export interface Opening {
  /** Is it open at the instant that was asked about? */
  readonly open: boolean;
  readonly opens: Instant;
  readonly closes: Instant;
}

/** Openings that follow each other without a pause are one; so many are joined at most, so `closes` may be early, never late. */
const JOINED = 64;

/**
 * The opening that an instant lies in, else the next one. A window opens at each firing of its cron and lasts its length in elapsed
 * time, also over a change of the clock; it is open at `opens` and no longer at `closes`.
 */
export function windowAt(window: Window, at: Instant): Opening {
  const opens = nextFiring(window.cron, window.timezone, at - window.lasts);
  if (opens >= NEVER) return { open: false, opens: NEVER, closes: NEVER + 1 };
  return { open: opens <= at, opens, closes: closing(window, opens) };
}

/** Is the window open, with at least so much time left? */
export function roomIn(window: Window, at: Instant, needed: Duration): boolean {
  const { open, closes } = windowAt(window, at);
  return open && closes - at >= needed;
}

/** The first opening that begins at or after an instant, even where an earlier one is still open then. */
export function nextOpening(window: Window, at: Instant): Opening {
  const opens = nextFiring(window.cron, window.timezone, at - 1);
  return { open: opens === at, opens, closes: opens >= NEVER ? NEVER + 1 : closing(window, opens) };
}

function closing(window: Window, opens: Instant): Instant {
  let closes = opens + window.lasts;
  let last = opens;
  for (let i = 0; i < JOINED; i += 1) {
    const next = nextFiring(window.cron, window.timezone, last);
    if (next > closes) break;
    closes = next + window.lasts;
    last = next;
  }
  return Math.max(opens + 1, atMostNever(closes));
}
