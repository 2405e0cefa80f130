import type { Hue, Pen } from './pen.js';
import { padTo, proseTokens, textWidth, wrapTokens } from './width.js';

/** One row of a table: cells of fixed width, the first of them a name, then free text that may be wrapped. Everything is sanitised already. */
export interface Row {
  readonly cells: readonly string[];
  /** The cell that stands out, by index. */
  readonly emphasis?: { readonly cell: number; readonly hue: Hue };
  readonly remark: string;
}

export interface Table {
  readonly heading: Row;
  readonly rows: readonly Row[];
}

const GAP = 2;
/** Less room than this for remarks: they go to lines of their own. */
const LEAST_REMARK = 26;
/** Less room than this for names: no table. */
const LEAST_NAME = 24;
const HANG = 4;

interface Layout {
  readonly widths: readonly number[];
  /** Columns of all cells with their gaps. */
  readonly fixed: number;
  readonly remarkBeside: boolean;
}

/** Do the fixed columns fit, with room for the names of at least three rows of four? The others get a line of their own for the name. */
export function fitsTable(table: Table, pen: Pen): boolean {
  const room = nameRoom(table, pen);
  const fitting = table.rows.filter((row) => textWidth(row.cells[0] ?? '') <= room).length;
  return room >= LEAST_NAME && fitting >= table.rows.length * 0.75;
}

/**
 * An aligned table with a heading. Where it does not fit, each row becomes a small block instead: the name on a line, the rest below it. Nothing is
 * ever cut.
 */
export function tableLines(table: Table, pen: Pen): readonly string[] {
  if (!fitsTable(table, pen)) return table.rows.flatMap((row) => stackedLines(table.heading, row, pen));
  const layout = layoutOf(table, pen);
  const plain = { ...pen, paint: (_hue: Hue, text: string) => text };
  const heading = layout.remarkBeside ? table.heading : { ...table.heading, remark: '' };
  const [head = ''] = rowLines(heading, layout, plain);
  return [pen.paint('bold', head), ...table.rows.flatMap((row) => rowLines(row, layout, pen))];
}

function columnWidths({ heading, rows }: Table): readonly number[] {
  return heading.cells.map((_, i) => Math.max(...[heading, ...rows].map((row) => textWidth(row.cells[i] ?? ''))));
}

function nameRoom(table: Table, pen: Pen): number {
  return (
    pen.width -
    columnWidths(table)
      .slice(1)
      .reduce((sum, width) => sum + GAP + width, 0)
  );
}

function layoutOf(table: Table, pen: Pen): Layout {
  const room = nameRoom(table, pen);
  const names = [table.heading, ...table.rows].map((row) => textWidth(row.cells[0] ?? ''));
  const widths = [Math.max(...names.filter((width) => width <= room)), ...columnWidths(table).slice(1)];
  const fixed = widths.reduce((sum, width) => sum + width + GAP, 0);
  const short = table.rows.every((row) => fixed + textWidth(row.remark) <= pen.width);
  return { widths, fixed, remarkBeside: short || pen.width - fixed >= LEAST_REMARK };
}

function rowLines(row: Row, { widths, fixed, remarkBeside }: Layout, pen: Pen): readonly string[] {
  const name = row.cells[0] ?? '';
  const room = widths[0] ?? 0;
  const apart = textWidth(name) > room;
  const cells = cellsText(apart ? { ...row, cells: ['', ...row.cells.slice(1)] } : row, widths, pen);
  const remarks =
    row.remark === '' ? [] : wrapTokens(proseTokens(row.remark), pen.width - (remarkBeside ? fixed : HANG));
  const beside = remarkBeside ? (remarks[0] ?? '') : '';
  const below = (remarkBeside ? remarks.slice(1) : remarks).map(
    (line) => ' '.repeat(remarkBeside ? fixed : HANG) + line,
  );
  return [...(apart ? [name] : []), (cells + beside).trimEnd(), ...below];
}

function cellsText(row: Row, widths: readonly number[], pen: Pen): string {
  const texts = row.cells.map((cell, i) => {
    const padding = ' '.repeat(Math.max(0, (widths[i] ?? 0) - textWidth(cell)) + GAP);
    return (row.emphasis?.cell === i ? pen.paint(row.emphasis.hue, cell) : cell) + padding;
  });
  return texts.join('');
}

function stackedLines(heading: Row, row: Row, pen: Pen): readonly string[] {
  const [name = '', ...others] = row.cells;
  const facts = others.map(
    (cell, i) => `${(heading.cells[i + 1] ?? '').toLowerCase()}: ${cell}${i === others.length - 1 ? '' : ';'}`,
  );
  const remark = row.remark === '' ? [] : wrapTokens(proseTokens(row.remark), pen.width - HANG);
  return [
    pen.paint('bold', name),
    ...[...wrapTokens(facts, pen.width - HANG), ...remark].map((line) => ' '.repeat(HANG) + line),
  ];
}

/** A labelled text, wrapped under itself. */
export function labelled(label: string, text: string, labelWidth: number, indent: number, pen: Pen): readonly string[] {
  const hang = indent + labelWidth;
  const lines = wrapTokens(proseTokens(text), Math.max(20, pen.width - hang));
  return lines.map((line, i) => (i === 0 ? ' '.repeat(indent) + padTo(label, labelWidth) : ' '.repeat(hang)) + line);
}

/** Column of the texts behind these labels. */
export function labelWidth(labels: readonly string[]): number {
  return Math.max(0, ...labels.map(textWidth)) + GAP;
}
