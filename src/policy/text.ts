import type { DiagnosticCode } from '../domain/catalogue.js';
import type { Diagnostic } from '../domain/diagnostic.js';
import type { SourceFile } from '../domain/source.js';
import { Lines } from './lines.js';

/** 1 MiB: more than ten thousand policies; what is larger is no policy file. */
const LARGEST_FILE = 1024 * 1024;
/** So many places of one kind are shown of a file. */
const MOST = 10;

export interface DecodedFile {
  /** Absent where the file cannot be used. Without byte order mark. */
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** The text of a file, and whatever stands in it that no policy may hold. */
export function decodeFile(file: SourceFile): DecodedFile {
  if (file.escapes === true) return refused(file.path, 'KT1004', 'the link leads out of the policies folder');
  if ((file.size ?? file.bytes.length) > LARGEST_FILE || file.bytes.length > LARGEST_FILE)
    return refused(file.path, 'KT1003', 'the file is larger than 1 MB');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(file.bytes);
  } catch {
    return { diagnostics: [notUtf8(file)] };
  }
  const lines = new Lines(file.path, text);
  const fatal = tangled(text, lines);
  const found = [...fatal, ...hiddenCharacters(text, lines), ...tabs(text, lines), ...credentials(text, lines)];
  return { ...(fatal.length === 0 ? { text } : {}), diagnostics: found };
}

function refused(path: string, code: DiagnosticCode, summary: string): DecodedFile {
  return { diagnostics: [{ severity: 'error', code, summary, source: new Lines(path, '').range(0, 0) }] };
}

/** Points at the first character that a lenient decoder replaces. */
function notUtf8({ path, bytes }: SourceFile): Diagnostic {
  const text = new TextDecoder().decode(bytes);
  const at = Math.max(0, text.indexOf('\ufffd'));
  const source = new Lines(path, text).range(at, at + 1);
  const action = 'Save the file as UTF-8';
  return { severity: 'error', code: 'KT1002', summary: 'the file is not UTF-8', action, source };
}

/** Controls (YAML 1.2 section 5.1), a carriage return that ends no line, and characters that reorder what a reviewer sees. */
const HIDDEN = /(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\r(?!\n)/gu;

function hiddenCharacters(text: string, lines: Lines): readonly Diagnostic[] {
  return places(text, HIDDEN).map(({ index, found }) => ({
    severity: 'error',
    code: 'KT1010',
    summary: `a hidden character U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
    action: 'Remove it; inside double quotes it can be written as an escape',
    source: lines.range(index, index + 1),
  }));
}

/** A tab in a comment does no harm; elsewhere it looks like some number of spaces, and nobody sees which. */
function tabs(text: string, lines: Lines): readonly Diagnostic[] {
  return places(text, /^(?:(?!(?:^|[ \t])#)[^\t\n])*\t/gm).map(({ index, found }) => ({
    severity: 'error',
    code: 'KT1005',
    summary: 'a tab character',
    action: String.raw`Indent with spaces; inside double quotes write \t`,
    source: lines.range(index + found.length - 1, index + found.length),
  }));
}

/** Brackets that are nested or mismatched hundreds of times cost the parser seconds and gigabytes. */
function tangled(text: string, lines: Lines): readonly Diagnostic[] {
  const open: string[] = [];
  let wrong = 0;
  for (const { index, 0: bracket } of text.matchAll(/[[\]{}]/g)) {
    if (bracket === '[' || bracket === '{') open.push(bracket);
    else if (open.at(-1) === (bracket === ']' ? '[' : '{')) open.pop();
    else wrong += 1;
    if (open.length > 200 || wrong > 200)
      return [
        {
          severity: 'error',
          code: 'KT1013',
          summary: 'hundreds of brackets are left open',
          source: lines.range(index, index + 1),
        },
      ];
  }
  return [];
}

const KNOWN = [
  String.raw`\b(?:sk|xai)-[\w-]{20,300}`,
  String.raw`\bhv[sbr]\.[\w-]{20,}`,
  String.raw`\bgl(?:pat|dt|rt|cbt)-[\w-]{16,}`,
  String.raw`\b(?:gh[opsru]|github_pat)_\w{30,}`,
  String.raw`\bAKIA[A-Z0-9]{16}\b`,
  String.raw`\beyJ[\w-]{10,}\.eyJ[\w-]{10,}`,
  String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----`,
].join('|');

function credentials(text: string, lines: Lines): readonly Diagnostic[] {
  return places(text, new RegExp(KNOWN, 'g'))
    .filter(
      ({ found }) => !/^(?:sk|xai)-/.test(found) || found.split(/[-_]/).some((part) => /^(?=.*\d)\w{16,}$/.test(part)),
    )
    .map(({ index, found }) => ({
      severity: 'error',
      code: 'KT1011',
      summary: 'this looks like a credential',
      action: 'Remove it, and treat the credential as leaked: it stays in the history of the repository',
      source: lines.range(index, index + found.length),
    }));
}

function places(text: string, pattern: RegExp): readonly { readonly index: number; readonly found: string }[] {
  const found: { index: number; found: string }[] = [];
  for (const match of text.matchAll(pattern)) {
    found.push({ index: match.index, found: match[0] });
    if (found.length === MOST) break;
  }
  return found;
}
