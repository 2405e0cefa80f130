import type { Instant } from '../domain/time.js';
import { DAY, HOUR, type Wall } from './civil.js';

/** Longer than any jump of a clock that is on record (Samoa left out a whole day in December 2011). */
const AROUND = DAY + 2 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Why a text is not the name of a time zone of the IANA database; undefined: it is one. Offsets such as `+02:00` are none. */
export function checkTimezone(name: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(name)) return 'is not an IANA name such as Europe/Berlin';
  try {
    formatOf(name);
    return undefined;
  } catch {
    return 'is not in the IANA time zone database';
  }
}

/** Names for suggestions. The database knows more: links such as `CET` are accepted too. */
export function timezoneNames(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')];
}

/** Milliseconds that clocks in the zone are ahead of UTC at an instant. @throws RangeError for a zone that checkTimezone refuses. */
export function offsetAt(timezone: string, at: Instant): number {
  const stretch = Math.floor(at / STRETCH);
  const before = offsetAtStart(timezone, stretch);
  // No clock on record was moved and moved back within such a stretch, so between two equal ends the offset is the same.
  return before === offsetAtStart(timezone, stretch + 1) ? before : computedOffset(timezone, at);
}

/** Asking Intl is what a plan of thousands of windows would spend its time on, so it is asked once for the start of each stretch. */
const STRETCH = 6 * HOUR;
/** Ten years of one zone; a process that asks for more begins anew. */
const MOST_KEPT = 16_384;
const starts = new Map<string, Map<number, number>>();

function offsetAtStart(timezone: string, stretch: number): number {
  const kept = starts.get(timezone) ?? new Map<number, number>();
  const known = kept.get(stretch);
  if (known !== undefined) return known;
  const offset = computedOffset(timezone, stretch * STRETCH);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(stretch, offset);
  starts.set(timezone, kept);
  return offset;
}

function computedOffset(timezone: string, at: Instant): number {
  const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(formatOf(timezone).format(at));
  if (match === null) return 0;
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -size : size;
}

/** What a clock in the zone shows. */
export function wallAt(timezone: string, at: Instant): Wall {
  return at + offsetAt(timezone, at);
}

/** Smallest and largest offset within a day and two hours of an instant: equal unless a clock is moved about then. */
export function offsetsAround(timezone: string, at: Instant): { readonly least: number; readonly most: number } {
  const offsets = [at - AROUND, at, at + AROUND].map((near) => offsetAt(timezone, near));
  return { least: Math.min(...offsets), most: Math.max(...offsets) };
}

/**
 * The instants at which a clock in the zone shows a wall time: one; two, in order, where the clock is put back; none where it is put
 * forward over that time.
 */
export function instantsOf(timezone: string, wall: Wall): readonly Instant[] {
  const before = offsetAt(timezone, wall - AROUND);
  const after = offsetAt(timezone, wall + AROUND);
  if (before === after) return [wall - before];
  const [early, late] = [wall - Math.max(before, after), wall - Math.min(before, after)];
  return [early, late].filter((at) => wallAt(timezone, at) === wall);
}

/**
 * The instant that people mean by a wall time: its first occurrence; where the clock jumps over it, as much later as the clock jumps
 * (02:30 becomes 03:30), which is how RFC 5545 section 3.3.5 reads such a time.
 */
export function instantOfWall(timezone: string, wall: Wall): Instant {
  return instantsOf(timezone, wall)[0] ?? wall - offsetAt(timezone, wall - AROUND);
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' });
  formats.set(timezone, made);
  return made;
}
