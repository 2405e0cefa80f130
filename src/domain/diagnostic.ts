import type { DiagnosticCode } from './catalogue.js';

/** A stretch of a file; lines and columns count from 1, columns in UTF-16 code units, end exclusive. */
export interface SourceRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A problem as data: what is wrong, where, and what to do. Views add colour, frames and the source text. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** Stable, from the catalogue: `KT1203`. */
  readonly code: DiagnosticCode;
  /** The fact, one sentence without a full stop, identifiers in backticks. */
  readonly summary: string;
  /** More about the fact. */
  readonly detail?: string;
  /** What to do next: an imperative sentence or the exact command. */
  readonly action?: string;
  /** The secret it is about. */
  readonly id?: string;
  readonly source?: SourceRange;
  /** A second place that belongs to it, such as the first of two duplicates. */
  readonly related?: readonly { readonly label: string; readonly source: SourceRange }[];
}

/** Sorted by file, line, column, code: the same problems always come in the same order. */
export function sortDiagnostics(list: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...list].sort((a, b) => compare(keyOf(a), keyOf(b)));
}

type Key = readonly (string | number)[];

function keyOf(d: Diagnostic): Key {
  return [d.source?.file ?? '', d.source?.line ?? 0, d.source?.column ?? 0, d.code, d.id ?? '', d.summary];
}

function compare(a: Key, b: Key): number {
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? '';
    if (x < y) return -1;
    if (x > y) return 1;
  }
  return 0;
}
