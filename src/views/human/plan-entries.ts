import type { SourceRange } from '../../domain/diagnostic.js';
import type { Finding } from '../../domain/finding.js';
import type { Change, Notice } from '../../domain/plan.js';
import type { Instant } from '../../domain/time.js';
import type { Pen } from './pen.js';
import { withRelative } from './relative.js';
import { signOfAction, signText, type SignMeaning } from './symbols.js';
import { padTo, proseTokens, textWidth, withAction, wrapTokens } from './width.js';

/** One line of a plan before it is laid out: the same for what changes and for what must be said. */
export interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly source?: SourceRange;
  readonly sign: SignMeaning;
  /** `rotate`, `waiting`. */
  readonly word: string;
  /** Sanitised; one per finding, the first with the reason and what to do. */
  readonly texts: readonly string[];
}

/** Columns that the entries of one plan share. */
export interface Columns {
  readonly id: number;
  readonly word: number;
  readonly kind: number;
}

const INDENT = 2;
/** A text that would get less room starts on a line of its own. */
const LEAST_ROOM = 32;

export function entryOfChange(change: Change, now: Instant, pen: Pen): Entry {
  const { id, kind, action, source, findings } = change;
  const texts = findings.map((finding) => findingText(finding, now, pen, source));
  return { id, kind, ...(source && { source }), sign: signOfAction(action), word: action, texts };
}

export function entryOfNotice(notice: Notice, now: Instant, pen: Pen): Entry {
  const { id, kind, state, source, findings, reason, action } = notice;
  const facts = findings.map((finding) => findingText(finding, now, pen, source));
  const known = findings.some((finding) => finding.evidence === reason);
  const said = known ? [] : [withRelative(pen.clean(reason), now)];
  const text = [...facts, ...said].join('; ');
  const full = action === undefined ? text : withAction(text, pen.clean(action));
  return { id, kind, ...(source && { source }), sign: 'notice', word: state, texts: [full] };
}

/** `Overdue: last rotated … -> due 2026-11-19, 4 days ago`, with its own place where that is another file. */
export function findingText(finding: Finding, now: Instant, pen: Pen, entrySource?: SourceRange): string {
  const { reason, evidence, source } = finding;
  const text = `${pen.clean(reason)}: ${withRelative(pen.clean(evidence), now)}`;
  return source === undefined || source.file === entrySource?.file ? text : `${text} (${placeText(source, pen)})`;
}

export function placeText(source: SourceRange, pen: Pen): string {
  return `${pen.clean(source.file)}:${source.line}`;
}

export function columnsOfEntries(entries: readonly Entry[], pen: Pen): Columns {
  const longest = (texts: readonly string[], least: number, most: number) =>
    Math.max(least, ...texts.map((text) => Math.min(most, textWidth(pen.clean(text)))));
  return {
    id:
      longest(
        entries.map((e) => e.id),
        38,
        64,
      ) + 3,
    word:
      longest(
        entries.map((e) => e.word),
        7,
        12,
      ) + 1,
    kind:
      longest(
        entries.map((e) => e.kind),
        18,
        40,
      ) + 3,
  };
}

/** The comment line with id and place, then the entry, its text wrapped under itself. */
export function entryLines(entry: Entry, columns: Columns, pen: Pen): readonly string[] {
  const word = padTo(entry.word, columns.word);
  const kind = padTo(pen.clean(entry.kind), columns.kind - 1);
  const start = INDENT + 2 + columns.word + columns.kind;
  const head = `${' '.repeat(INDENT)}${signText(entry.sign, pen)} ${pen.paint('bold', word)}${kind} `;
  const inline = pen.width - start >= LEAST_ROOM;
  const hang = inline ? start : INDENT + 4;
  const body = entry.texts.flatMap((text) => wrapTokens(proseTokens(text), pen.width - hang));
  const rest = (inline ? body.slice(1) : body).map((line) => ' '.repeat(hang) + line);
  const first = inline ? head + (body[0] ?? '') : head;
  return [...commentLines(entry, columns, pen), first.trimEnd(), ...rest];
}

function commentLines(entry: Entry, columns: Columns, pen: Pen): readonly string[] {
  const id = `${' '.repeat(INDENT)}# ${pen.clean(entry.id)}`;
  if (entry.source === undefined) return [pen.paint('bold', id)];
  const place = placeText(entry.source, pen);
  const column = INDENT + 2 + columns.id;
  const narrow = textWidth(id) + 3 + textWidth(place);
  if (narrow > pen.width) return [pen.paint('bold', id), `${' '.repeat(INDENT)}#   ${place}`];
  const at = Math.min(column, pen.width - textWidth(place));
  return [pen.paint('bold', padTo(id, Math.max(at, textWidth(id) + 3))) + place];
}

/** Everything about an entry in one line that is never wrapped: for plans that are too long to read in blocks, and for grep. */
export function compactLine(entry: Entry, columns: Columns, pen: Pen): string {
  const place = entry.source === undefined ? '' : `   ${placeText(entry.source, pen)}`;
  const id = padTo(pen.clean(entry.id), columns.id - 1);
  const kind = padTo(pen.clean(entry.kind), columns.kind - 1);
  const word = pen.paint('bold', padTo(entry.word, columns.word));
  return `${' '.repeat(INDENT)}${signText(entry.sign, pen)} ${word}${id} ${kind} ${entry.texts.join('; ')}${place}`;
}
