import type { Duration } from '../domain/duration.js';
import type { Freeze, Window } from '../domain/policy.js';
import type { Instant } from '../domain/time.js';
import { freezeAt } from './freeze.js';
import { NEVER } from './never.js';
import { nextOpening, roomIn } from './window.js';

/** So many closed openings and freezes are passed over before the search is given up. */
const ATTEMPTS = 100;

/**
 * The first instant, at or after the given one, at which scheduled work may start: outside every freeze and, where there is a window,
 * inside it with so much time left. Undefined: none is found, because the work takes longer than the window is open.
 */
export function nextAllowed(
  window: Window | undefined,
  freezes: readonly Freeze[],
  at: Instant,
  needed: Duration,
): Instant | undefined {
  let candidate = at;
  for (let i = 0; i < ATTEMPTS && candidate < NEVER; i += 1) {
    const freeze = freezeAt(freezes, candidate);
    if (freeze === undefined && (window === undefined || roomIn(window, candidate, needed))) return candidate;
    if (freeze !== undefined) candidate = freeze.until;
    else if (window !== undefined) candidate = nextOpening(window, candidate + 1).opens;
  }
  return undefined;
}
