import type { Duration } from '../../domain/duration.js';
import type { Instant } from '../../domain/time.js';
import { instantOfHttpDate } from '../system/http-date.js';
import type { HttpAnswer, RetryPolicy } from './types.js';

/** Four attempts within about a second and a half. */
export function defaultRetry(random: () => number): RetryPolicy {
  return { attempts: 4, first: 200, longest: 2_000, random };
}

/** One attempt only. */
export const NO_RETRY: RetryPolicy = { attempts: 1, first: 0, longest: 0, random: () => 0 };

/**
 * The pause after the given attempt (counted from 1): doubling, of which the upper half is drawn at random so that many runs
 * that failed together do not come back together. A pause that the server asked for is kept in full, with jitter on top.
 */
export function pauseAfter(policy: RetryPolicy, attempt: number, asked?: Duration): Duration {
  const full = Math.min(policy.longest, policy.first * 2 ** (attempt - 1));
  const jitter = (full / 2) * policy.random();
  return asked === undefined ? full / 2 + jitter : asked + jitter;
}

/** Retry-After (RFC 9110 10.2.3) as milliseconds from `now`: seconds or an HTTP date; undefined where there is none or it says neither. */
export function retryAfter(headers: HttpAnswer['headers'], now: Instant): Duration | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = instantOfHttpDate(text);
  return at === undefined ? undefined : Math.max(0, at - now);
}
