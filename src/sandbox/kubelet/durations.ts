const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000 };

/** Milliseconds of `500ms`, `1.5s`, `2m`; undefined where the text is none of these. */
export function millisecondsOf(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text ?? '');
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
}
