/** A length of time in milliseconds. */
export type Duration = number;

const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** A sum of whole `w d h m s`, each unit at most once and from large to small: `90d`, `1w2d`, `300s`, `0s`. Anything else is undefined. */
export function parseDuration(text: string): Duration | undefined {
  const match = /^(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,7})h)?(?:(\d{1,9})m)?(?:(\d{1,10})s)?$/.exec(text);
  if (match === null || text === '') return undefined;
  return UNITS.reduce((sum, [, size], i) => sum + Number(match[i + 1] ?? 0) * size, 0);
}

/** The shortest exact text that parseDuration reads back; days stay days (`90d`, not `12w6d`), as people say it. */
export function formatDuration(length: Duration): string {
  let rest = Math.max(0, Math.floor(length / 1000) * 1000);
  let text = '';
  for (const [unit, size] of UNITS.slice(1)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
