/** The server's clock: milliseconds since 1970, and times of that instant as the server writes them down. */
export interface Clock {
  now(): number;
  /** RFC 3339 in UTC with nanoseconds. No two are alike, also within one millisecond or while the clock stands still. */
  stamp(): string;
}

/** A clock over `now` (milliseconds since 1970), which may be shifted or frozen by a test. */
export function createClock(now: () => number): Clock {
  let millisecond = Number.NaN;
  let within = 0;
  return {
    now,
    stamp() {
      const current = Math.floor(now());
      within = current === millisecond ? within + 1 : 1;
      millisecond = current;
      return new Date(current).toISOString().replace('Z', `${String(within).padStart(6, '0')}Z`);
    },
  };
}

/** The instant `seconds` after `stamp`, with the same fraction of a second. */
export function addSeconds(stamp: string, seconds: number): string {
  const moved = new Date(Date.parse(stamp) + seconds * 1000).toISOString();
  return moved.slice(0, 19) + stamp.slice(19);
}

/** Whether the instant of `stamp` is reached. Milliseconds decide: what was stamped in this millisecond is reached. */
export function isReached(stamp: string, now: number): boolean {
  return Date.parse(stamp) <= now;
}

/** RFC 3339 with trailing zeros of the fraction left out, as Go's RFC3339Nano writes it. */
export function rfc3339(milliseconds: number): string {
  return new Date(milliseconds)
    .toISOString()
    .replace(/(\.\d*?)0+Z$/, '$1Z')
    .replace('.Z', 'Z');
}

const UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/**
 * Seconds of a duration as the API takes it: a number of seconds, Go's notation (`1h30m`) or days (`2d`).
 * Undefined when it is none of these. Parts of a second are cut off.
 */
export function parseSeconds(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return 0;
  if (/^[+-]?\d+$/.test(trimmed)) return Number(trimmed);
  const days = /^([+-]?\d+)d$/.exec(trimmed);
  if (days?.[1] !== undefined) return Number(days[1]) * 86_400;
  if (!/^[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(trimmed)) return undefined;
  let sum = 0;
  for (const part of trimmed.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)) {
    sum += Number(part[1]) * (UNITS[part[2] ?? ''] ?? 0);
  }
  return Math.trunc(trimmed.startsWith('-') ? -sum : sum);
}

/** Go's notation of whole seconds: `1h30m0s`, `0s`, `-1s`. */
export function goDuration(seconds: number): string {
  const size = Math.abs(seconds);
  const hours = Math.floor(size / 3600);
  const minutes = Math.floor((size % 3600) / 60);
  const parts = [hours > 0 ? `${hours}h` : '', hours > 0 || minutes > 0 ? `${minutes}m` : '', `${size % 60}s`];
  return (seconds < 0 ? '-' : '') + parts.join('');
}

/** The same with empty trailing units left out: `1h30m`, `768h`, `45s`. */
export function shortDuration(seconds: number): string {
  return goDuration(seconds)
    .replace(/(?<=m)0s$/, '')
    .replace(/(?<=h)0m$/, '');
}
