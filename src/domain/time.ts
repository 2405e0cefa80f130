/** Milliseconds since 1970-01-01T00:00:00Z. The present instant always arrives as a parameter of this type. */
export type Instant = number;

/** RFC 3339 in UTC with milliseconds, `2026-11-24T11:00:00.000Z`. */
export function isoOf(at: Instant): string {
  return new Date(at).toISOString();
}

/**
 * The instant that an RFC 3339 text names (nanoseconds are cut to milliseconds), or undefined where it names none.
 * Vault writes nanoseconds (RFC3339Nano), Kubernetes whole seconds.
 */
export function instantOf(text: string): Instant | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const at = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(at) ? undefined : at;
}
