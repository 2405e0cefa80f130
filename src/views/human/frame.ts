import type { SourceRange } from '../../domain/diagnostic.js';
import { counted, type Hue, type Pen } from './pen.js';
import { columnsOf, sliceColumns, sourceLine } from './source-line.js';

/** Longer source lines are cut even where the terminal is wider. */
const LONGEST = 160;
/** Code units on either side of a spot that are looked at; more than LONGEST however they are drawn. */
const NEAR = 1000;
/** Room for source that is kept however narrow the terminal. */
const SHORTEST = 20;

export interface FramePlace {
  readonly source: SourceRange;
  /** `-->` for the place itself, `:::` for one that belongs to it. */
  readonly arrow: '-->' | ':::';
  readonly mark: '^' | '-';
  readonly hue: Hue;
  readonly label?: string;
}

/** Columns of the gutter that all frames of one diagnostic share: those of the largest line number shown. */
export function gutterWidth(ranges: readonly SourceRange[]): number {
  return Math.max(1, ...ranges.map((range) => String(range.line + 1).length));
}

/**
 * A place and its source as rustc frames it: the position, then the line with one line of context on either side, the exact range underlined. Only the
 * position where the text of the file is not at hand or does not reach so far.
 */
export function frameLines(
  place: FramePlace,
  lines: readonly string[] | undefined,
  gutter: number,
  pen: Pen,
): readonly string[] {
  const { source, arrow, hue } = place;
  const position = `${pen.clean(source.file)}:${source.line}:${source.column}`;
  const head = `${' '.repeat(gutter)}${pen.paint('blue', arrow)} ${position}`;
  const text = lines?.[source.line - 1];
  if (lines === undefined || text === undefined) {
    return place.label === undefined ? [head] : [`${head}: ${pen.clean(place.label)}`];
  }
  const bar = pen.paint('blue', '|');
  const blank = `${' '.repeat(gutter + 1)}${bar}`;
  const room = Math.min(LONGEST, Math.max(SHORTEST, pen.width - gutter - 3));
  const spot = spotOf(text, source, room, pen);
  const numbered = (at: number, shown: string) =>
    `${pen.paint('blue', `${String(at).padStart(gutter)} |`)} ${shown}`.trimEnd();
  const context = (at: number) => {
    const beside = (lines[at - 1] ?? '').slice(0, NEAR);
    return beside.trim() === '' ? [] : [numbered(at, sliceColumns(sourceLine(beside, pen), 0, room, pen.sign.cut))];
  };
  const underline = `${blank} ${' '.repeat(spot.indent)}${pen.paint(hue, place.mark.repeat(spot.length))}${remark(place, pen)}`;
  return [
    head,
    blank,
    ...context(source.line - 1),
    numbered(source.line, spot.shown),
    underline,
    ...context(source.line + 1),
  ];
}

function remark(place: FramePlace, pen: Pen): string {
  const { source, label } = place;
  const more = source.endLine > source.line ? ` and ${counted(source.endLine - source.line, 'more line')}` : '';
  return more + (label === undefined ? '' : ` ${pen.paint(place.hue, pen.clean(label))}`);
}

interface Spot {
  /** The part of the line that is shown. */
  readonly shown: string;
  readonly indent: number;
  readonly length: number;
}

/** Where the underline goes, and which part of a long line is shown so that the spot is in the middle of it. */
function spotOf(text: string, source: SourceRange, room: number, pen: Pen): Spot {
  const first = source.column - 1;
  // Of a very long line only the surroundings are looked at: they are wider than anything that is shown.
  const skipped = Math.max(0, Math.min(first, text.length) - NEAR);
  const part = text.slice(skipped, first + NEAR);
  const line = sourceLine(part, pen);
  const start = Math.min(first - skipped, part.length);
  const end = source.endLine > source.line ? part.length : Math.min(source.endColumn - 1 - skipped, part.length);
  const columns = columnsOf(line, start, Math.max(start, end));
  const length = Math.min(columns.length, room);
  const middle = columns.start - Math.floor((room - length) / 2);
  const from = line.width <= room ? 0 : Math.max(0, Math.min(middle, line.width - room));
  const indent = Math.max(0, columns.start - from);
  const shown = sliceColumns(line, from, room, pen.sign.cut);
  return { shown, indent, length: Math.max(1, Math.min(length, room - indent)) };
}
