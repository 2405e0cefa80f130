/** The text that takes the fewest insertions, deletions and replacements (Levenshtein); the first of equals. Undefined where all are far off. */
export function nearest(wanted: string, texts: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.ceil(wanted.length / 2)) + 1;
  for (const text of texts) {
    if (Math.abs(text.length - wanted.length) >= least) continue;
    const count = distance(wanted, text);
    if (count < least) [best, least] = [text, count];
  }
  return best;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
