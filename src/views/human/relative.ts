import type { Duration } from '../../domain/duration.js';
import { instantOf, type Instant } from '../../domain/time.js';
import { counted } from './pen.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Words for a distance: hours up to two days, then days, as people count ages of credentials. */
function distance(length: Duration): string {
  if (length < MINUTE) return 'less than a minute';
  if (length < 2 * HOUR) return counted(Math.floor(length / MINUTE), 'minute');
  if (length < 2 * DAY) return counted(Math.floor(length / HOUR), 'hour');
  return counted(Math.floor(length / DAY), 'day');
}

/** `4 days ago`, `in 3 hours`. */
export function relativeInstant(at: Instant, now: Instant): string {
  return at <= now ? `${distance(now - at)} ago` : `in ${distance(at - now)}`;
}

/** `today`, `4 days ago`, `in 25 days`: whole days in UTC, for a date without a time. */
function relativeDate(startOfDay: Instant, now: Instant): string {
  const days = Math.floor(now / DAY) - Math.floor(startOfDay / DAY);
  if (days === 0) return 'today';
  return days > 0 ? `${counted(days, 'day')} ago` : `in ${counted(-days, 'day')}`;
}

/** Relative words for a text that is an RFC 3339 instant (seconds may be left out) or a date; undefined for any other text. */
export function relativeTo(text: string, now: Instant): string | undefined {
  const instant = instantOf(text.replace(/(T\d\d:\d\d)(?=Z|[+-])/, '$1:00'));
  if (instant !== undefined) return relativeInstant(instant, now);
  const start = instantOf(`${text}T00:00:00Z`);
  return start === undefined ? undefined : relativeDate(start, now);
}

const TIMES = /\b\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?(?![\w-])/g;

/** Instants cut to minutes, `2026-11-24T11:00Z`: seconds are noise for people, and the JSON output has them. */
function shortTimes(text: string): string {
  return text.replace(TIMES, shortTime);
}

/** One RFC 3339 instant cut to minutes; a date stays. */
export function shortTime(text: string): string {
  return text.replace(/(T\d\d:\d\d):\d\d(?:\.\d+)?/, '$1');
}

/**
 * Evidence with relative words behind its last time, which is the one it argues to: `…, every 30d -> due 2026-11-19, 4 days ago`. Behind a comma at the
 * end of the text, in brackets elsewhere. Text without a time stays as it is.
 */
export function withRelative(evidence: string, now: Instant): string {
  const last = [...evidence.matchAll(TIMES)].at(-1);
  const words = last === undefined ? undefined : relativeTo(last[0], now);
  if (last === undefined || words === undefined) return shortTimes(evidence);
  const end = last.index + last[0].length;
  const rest = evidence.slice(end);
  return shortTimes(evidence.slice(0, end)) + (rest === '' ? `, ${words}` : ` (${words})${rest}`);
}

/** `0.4s`, `12.3s`, `1m05s`, `2h03m`: how long something took. */
export function elapsedText(length: Duration): string {
  const tenths = Math.round(Math.max(0, length) / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)}s`;
  const seconds = Math.floor(tenths / 10);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${two(Math.floor(seconds / 60) % 60)}m`;
}

function two(count: number): string {
  return String(count).padStart(2, '0');
}

/** `34d`, `5h`, `12m`: an age in one unit; `?` for a text that is no time. */
export function ageText(since: string, now: Instant): string {
  const at = instantOf(since);
  if (at === undefined) return '?';
  const age = Math.max(0, now - at);
  if (age >= 2 * DAY) return `${Math.floor(age / DAY)}d`;
  return age >= 2 * HOUR ? `${Math.floor(age / HOUR)}h` : `${Math.floor(age / MINUTE)}m`;
}
