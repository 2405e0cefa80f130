import type { Instant } from '../../domain/time.js';

const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

/** The instant of an HTTP date (RFC 9110 5.6.7, the one form that may be sent: `Tue, 24 Nov 2026 11:00:00 GMT`); undefined for anything else. */
export function instantOfHttpDate(text: string): Instant | undefined {
  if (!IMF_FIXDATE.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
