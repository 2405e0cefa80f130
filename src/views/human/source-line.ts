import { credentialSpans, MASK, type Span } from '../mask.js';
import type { Pen } from './pen.js';
import { textWidth } from './width.js';

/** What one UTF-16 code unit of a source line looks like; the second half of a pair and the inside of a masked stretch look like nothing. */
interface Cell {
  readonly text: string;
  readonly width: number;
}

/** A source line made ready for showing: columns of the file can be turned into columns of the terminal. */
export interface SourceLine {
  readonly cells: readonly Cell[];
  readonly masked: readonly Span[];
  readonly width: number;
}

const TAB = '    ';
const NOTHING: Cell = { text: '', width: 0 };

/** Tabs become four spaces, hidden characters visible escapes, what looks like a credential the mask. */
export function sourceLine(text: string, pen: Pen): SourceLine {
  const masked = credentialSpans(text);
  const starts = new Map(masked.map((span) => [span.start, span]));
  const cells: Cell[] = [];
  while (cells.length < text.length) {
    const at = cells.length;
    const span = starts.get(at);
    const length = span === undefined ? codeUnitsAt(text, at) : span.end - span.start;
    const shown = span === undefined ? shownAs(text.slice(at, at + length), pen) : MASK;
    cells.push({ text: shown, width: textWidth(shown) });
    for (let i = 1; i < length; i++) cells.push(NOTHING);
  }
  return { cells, masked, width: cells.reduce((sum, cell) => sum + cell.width, 0) };
}

function codeUnitsAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function shownAs(character: string, pen: Pen): string {
  if (character === '\t') return TAB;
  return character >= ' ' && character <= '~' ? character : pen.clean(character);
}

/** Terminal columns from `start` on, `length` of them and at least one, for code units `from` to `to` (end exclusive) of the line. */
export function columnsOf(
  line: SourceLine,
  from: number,
  to: number,
): { readonly start: number; readonly length: number } {
  const first = line.masked.find((s) => s.start < from && from < s.end)?.start ?? from;
  const last = line.masked.find((s) => s.start < to && to < s.end)?.end ?? to;
  const widthOf = (a: number, b: number) => line.cells.slice(a, b).reduce((sum, cell) => sum + cell.width, 0);
  return { start: widthOf(0, first), length: Math.max(1, widthOf(first, last)) };
}

/** The columns `from` to `from + room` of the line; where something is cut off stands the mark, in place of as many columns, so that an underline below still fits. */
export function sliceColumns(line: SourceLine, from: number, room: number, mark: string): string {
  const left = from > 0 && line.width > from ? mark : '';
  const right = line.width > from + room ? mark : '';
  const low = from + textWidth(left);
  const high = from + room - textWidth(right);
  let column = 0;
  let shown = '';
  for (const cell of line.cells) {
    shown += visiblePart(cell, column, low, high);
    column += cell.width;
    if (column > high) break;
  }
  return left + shown + right;
}

/** The cell if all of it is inside; blanks for the part that is, where a wide one lies across an edge. */
function visiblePart(cell: Cell, start: number, low: number, high: number): string {
  const end = start + cell.width;
  if (start >= low && end <= high) return cell.text;
  return ' '.repeat(Math.max(0, Math.min(end, high) - Math.max(start, low)));
}
