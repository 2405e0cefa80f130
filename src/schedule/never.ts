import type { Instant } from '../domain/time.js';

/** 9999-12-31T00:00:00Z: stands for "not in any time that matters", and still can be written as RFC 3339. */
export const NEVER: Instant = 253_402_214_400_000;

/** An instant that is not later than NEVER. */
export function atMostNever(at: Instant): Instant {
  return Math.min(at, NEVER);
}
