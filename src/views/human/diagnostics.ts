import { sortDiagnostics, type Diagnostic, type SourceRange } from '../../domain/diagnostic.js';
import { frameLines, gutterWidth, type FramePlace } from './frame.js';
import type { HumanOptions } from './options.js';
import { counted, penOf, type Pen } from './pen.js';
import { proseTokens, withAction, wrapTokens } from './width.js';

/** File name as diagnostics have it -> the text that was parsed. */
export type Sources = ReadonlyMap<string, string>;

/**
 * Problems as a compiler prints them, sorted by place, each with its source line where the text is at hand, and a closing count. Empty text for
 * an empty list. Ends with a line feed.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], sources: Sources, options: HumanOptions): string {
  if (diagnostics.length === 0) return '';
  const pen = penOf(options);
  const lines = lineReader(sources);
  const blocks = sortDiagnostics(diagnostics).map((d) => block(d, lines, pen).join('\n'));
  const first = diagnostics.find((d) => d.severity === 'error') ?? diagnostics[0];
  const more = options.automation || first === undefined ? '' : `More about a code: keyturn explain ${first.code}\n`;
  return `${blocks.join('\n\n')}\n\n${countLine(diagnostics)}\n${more}`;
}

/** `2 errors, 1 warning.` */
function countLine(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((d) => d.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  return parts.length === 0 ? 'No errors, no warnings.' : `${parts.join(', ')}.`;
}

/** What `keyturn validate` prints: the problems, then the verdict over so many secrets in so many files. */
export function renderValidation(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
  counts: { readonly files: number; readonly secrets: number },
  options: HumanOptions,
): string {
  const pen = penOf(options);
  const valid = diagnostics.every((d) => d.severity !== 'error');
  const verdict = valid ? pen.paint('green', 'Valid') : pen.paint('red', 'Not valid');
  const text = `${verdict}: ${counted(counts.secrets, 'secret')} in ${counted(counts.files, 'file')}.\n`;
  return renderDiagnostics(diagnostics, sources, options) + text;
}

type LineReader = (file: string) => readonly string[] | undefined;

/** Splits each file once, however many problems it has. A byte order mark is no column; line feeds end lines, as YAML parsers count them. */
function lineReader(sources: Sources): LineReader {
  const known = new Map<string, readonly string[]>();
  return (file) => {
    const text = sources.get(file);
    if (text === undefined) return undefined;
    const lines = known.get(file) ?? text.replace(/^\ufeff/, '').split(/\r?\n/);
    known.set(file, lines);
    return lines;
  };
}

function block(d: Diagnostic, lines: LineReader, pen: Pen): readonly string[] {
  const hue = d.severity === 'error' ? 'red' : 'yellow';
  const places = placesOf(d, hue);
  const ranges: readonly SourceRange[] = places.map((place) => place.source);
  const gutter = gutterWidth(ranges);
  const head = `${pen.paint(hue, `${d.severity}[${d.code}]`)}: ${pen.paint('bold', pen.clean(d.summary))}`;
  const frames = places.flatMap((place) => frameLines(place, lines(place.source.file), gutter, pen));
  return [head, ...frames, ...notes(d, ranges.length === 0 ? 1 : gutter, pen)];
}

function placesOf(d: Diagnostic, hue: 'red' | 'yellow'): readonly FramePlace[] {
  const own: readonly FramePlace[] = d.source === undefined ? [] : [{ source: d.source, arrow: '-->', mark: '^', hue }];
  const related = (d.related ?? []).map(
    ({ source, label }): FramePlace => ({ source, label, arrow: ':::', mark: '-', hue: 'blue' }),
  );
  return [...own, ...related];
}

function notes(d: Diagnostic, gutter: number, pen: Pen): readonly string[] {
  const about = d.id !== undefined && !d.summary.includes(d.id) ? [`secret: ${d.id}`] : [];
  const texts = [
    ...about,
    ...(d.detail === undefined ? [] : [d.detail]),
    ...(d.action === undefined ? [] : [withAction('help', d.action)]),
  ];
  const indent = ' '.repeat(gutter + 1);
  return texts.flatMap((text) =>
    wrapTokens(proseTokens(pen.clean(text)), pen.width - gutter - 3).map((line, i) =>
      i === 0 ? `${indent}${pen.paint('blue', '=')} ${line}` : `${indent}  ${line}`,
    ),
  );
}
