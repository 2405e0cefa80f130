/** The candidate that a person most likely meant, if one is close: case and separators do not count, then few edits. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 100) return undefined;
  const plain = bare(word);
  const same = candidates.find((candidate) => bare(candidate) === plain);
  if (same !== undefined) return same;
  const allowed = Math.min(3, Math.max(1, Math.floor(word.length / 3)));
  let best: string | undefined;
  let least = allowed + 1;
  for (const candidate of candidates) {
    const distance = Math.abs(candidate.length - word.length) < least ? edits(plain, bare(candidate)) : least;
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** The action of a diagnostic about an unknown word: `Did you mean x?`, or what else there is; nothing where that would be too much. */
export function suggestion(word: string, candidates: readonly string[], noun: string): { readonly action?: string } {
  const near = nearest(word, candidates);
  if (near !== undefined) return { action: `Did you mean \`${near}\`?` };
  if (candidates.length === 0 || candidates.length > 20) return {};
  return { action: `Known ${noun}: ${candidates.map((candidate) => `\`${candidate}\``).join(', ')}` };
}

function bare(word: string): string {
  return word.toLowerCase().replaceAll(/[-_. ]/g, '');
}

/** Optimal string alignment distance: insertions, deletions, replacements, and swaps of neighbours. */
function edits(a: string, b: string): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(before, j - 2) + 1 : Infinity;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, change, swap));
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
