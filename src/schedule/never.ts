import { instantOf, type Instant } from '../domain/time.js';

/** An instant that stands for "not in any time that matters", and still is one: it can be written as RFC 3339. */
export const NEVER: Instant = instantOf('9999-12-31T00:00:00Z') ?? Number.MAX_SAFE_INTEGER;

/** An instant that is not later than NEVER. */
export function atMostNever(at: Instant): Instant {
  return Math.min(at, NEVER);
}
