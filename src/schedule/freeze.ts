import type { Freeze } from '../domain/policy.js';
import type { Instant } from '../domain/time.js';
import { DAY, parseDay } from './civil.js';
import { instantOfWall } from './zone.js';

export interface FreezeSpan {
  /** Where the first day begins in the freeze's zone. */
  readonly from: Instant;
  /** Where the day after the last begins: the first instant at which work may start again. */
  readonly until: Instant;
}

/** Undefined where a date names no day of the calendar. A day whose midnight is skipped begins where the clock lands. */
export function freezeSpan(freeze: Pick<Freeze, 'from' | 'to' | 'timezone'>): FreezeSpan | undefined {
  const first = parseDay(freeze.from);
  const last = parseDay(freeze.to);
  if (first === undefined || last === undefined) return undefined;
  return {
    from: instantOfWall(freeze.timezone, first * DAY),
    until: instantOfWall(freeze.timezone, (last + 1) * DAY),
  };
}

/** The freeze that an instant lies in; of several the one that ends last, since nothing starts before that. */
export function freezeAt(freezes: readonly Freeze[], at: Instant): (Freeze & { readonly until: Instant }) | undefined {
  const holding = freezes.flatMap((freeze) => {
    const span = freezeSpan(freeze);
    return span !== undefined && span.from <= at && at < span.until ? [{ ...freeze, until: span.until }] : [];
  });
  return holding.toSorted((a, b) => b.until - a.until)[0];
}
