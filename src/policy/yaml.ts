import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';
import type { Diagnostic, SourceRange } from '../domain/diagnostic.js';
import type { Json } from '../domain/json.js';
import { Lines } from './lines.js';
import { plainValue } from './yaml-value.js';

export type Path = readonly (string | number)[];

/** The place of a part, or of the nearest part around it; `key`: of its key, where it has one. */
export type Locate = (path: Path, part?: 'key' | 'value') => SourceRange;

/** One YAML document as plain data that still knows where each part stands. */
export interface YamlDocument {
  readonly file: string;
  /** Null for an empty document. */
  readonly value: Json;
  /** False where parts are missing from the value because they could not be read. */
  readonly whole: boolean;
  readonly locate: Locate;
}

export interface ParsedYaml {
  readonly documents: readonly YamlDocument[];
  readonly diagnostics: readonly Diagnostic[];
}

/** After the first few, errors of one document are consequences. */
const MOST = 5;

/**
 * The documents of a text, YAML 1.2 core schema. Anything that means more than it shows is an error: duplicate keys, merge keys,
 * anchors, aliases, unknown tags, other versions of YAML.
 */
export function parseYaml(file: string, text: string): ParsedYaml {
  const lines = new Lines(file, text);
  let parsed: ReturnType<typeof parseAllDocuments>;
  try {
    // The library's own search for duplicate keys takes time that grows with the square of their number.
    parsed = parseAllDocuments(text, { version: '1.2', strict: true, uniqueKeys: false, prettyErrors: false });
  } catch {
    const source = lines.range(0, 0);
    return {
      documents: [],
      diagnostics: [{ severity: 'error', code: 'KT1013', summary: 'the text is nested too deeply', source }],
    };
  }
  if ('empty' in parsed) return { documents: [], diagnostics: syntaxErrors(parsed, lines) };
  const read = parsed.map((document) => readDocument(file, document, lines));
  return {
    documents: read.map(({ document }) => document),
    diagnostics: read.flatMap(({ diagnostics }) => diagnostics),
  };
}

type Parsed = Exclude<ReturnType<typeof parseAllDocuments>, { readonly empty: true }>[number];

function readDocument(file: string, parsed: Parsed, lines: Lines) {
  const syntax = [...syntaxErrors(parsed, lines), ...versionError(parsed, lines)];
  const { value, whole, diagnostics } = plainValue(parsed.contents, (node) => rangeOf(node, lines));
  const document: YamlDocument = {
    file,
    value,
    whole: whole && syntax.length === 0,
    locate: (path, part = 'value') => locate(parsed, lines, path, part),
  };
  return { document, diagnostics: [...syntax, ...diagnostics] };
}

function syntaxErrors(parsed: Pick<Document, 'errors' | 'warnings'>, lines: Lines): readonly Diagnostic[] {
  return [...parsed.errors, ...parsed.warnings].slice(0, MOST).map(({ code, pos }): Diagnostic => {
    const source = lines.range(pos[0], pos[1]);
    if (code === 'RESOURCE_EXHAUSTION')
      return { severity: 'error', code: 'KT1013', summary: 'the text is nested too deeply', source };
    if (code === 'TAG_RESOLVE_FAILED' || code === 'BAD_DIRECTIVE')
      return { severity: 'error', code: 'KT1009', summary: WORDS[code] ?? code, source };
    return { severity: 'error', code: 'KT1001', summary: WORDS[code] ?? 'this is not YAML', source };
  });
}

/** `%YAML 1.1` would bring merge keys back and make `yes` a boolean. */
function versionError(parsed: Parsed, lines: Lines): readonly Diagnostic[] {
  if (parsed.directives?.yaml.version === '1.2') return [];
  const source = startOf(parsed, lines);
  return [
    { severity: 'error', code: 'KT1009', summary: 'the document asks for another version of YAML than 1.2', source },
  ];
}

/** The library's sentences quote the text; these do not. */
const WORDS: { readonly [code: string]: string } = {
  BAD_ALIAS: 'an alias or anchor without a proper name',
  BAD_COLLECTION_TYPE: 'the tag does not fit what it stands before',
  BAD_DIRECTIVE: 'a directive that YAML 1.2 does not know',
  BAD_DQ_ESCAPE: 'an escape that YAML does not know, in double quotes',
  BAD_INDENT: 'the indentation does not fit the lines around it',
  BAD_PROP_ORDER: 'an anchor or tag in the wrong place',
  BAD_SCALAR_START: 'a text without quotes must not begin with this character',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping or list cannot stand on this line; put quotes around a text that holds `: `',
  BLOCK_IN_FLOW: 'a block cannot stand inside brackets',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a character is missing here, such as a closing quote or bracket, a colon or a space',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line',
  MULTIPLE_DOCS: 'documents must be separated by a line `---`',
  TAB_AS_INDENT: 'a tab as indentation',
  TAG_RESOLVE_FAILED: 'a tag that policies do not know',
  UNEXPECTED_TOKEN: 'this is not expected here',
};

function locate(parsed: Parsed, lines: Lines, path: Path, part: 'key' | 'value'): SourceRange {
  let node: Node | null = parsed.contents;
  let key: Node | null = null;
  let inside = path.length === 0;
  for (const segment of path) {
    const next = childOf(node, segment);
    inside = next !== undefined;
    if (next === undefined) break;
    ({ node, key } = next);
  }
  // Of something that is not there, the name of what it should be in is shown.
  const wanted = inside && part === 'value' && isShort(node) ? node : (key ?? firstKey(node));
  return wanted === null ? startOf(parsed, lines) : rangeOf(wanted, lines);
}

function startOf({ range }: Parsed, lines: Lines): SourceRange {
  return lines.range(range?.[0] ?? 0, range?.[0] ?? 0);
}

interface Child {
  readonly node: Node | null;
  readonly key: Node | null;
}

function childOf(node: Node | null, segment: string | number): Child | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
    return pair === undefined ? undefined : { node: pair.value as Node | null, key: pair.key as Node };
  }
  if (!isSeq(node)) return undefined;
  const item = node.items[Number(segment)];
  return item === undefined ? undefined : { node: item as Node, key: null };
}

/** Underlining a whole block would say nothing; a value in brackets or quotes is worth it. */
function isShort(node: Node | null): node is Node {
  return node !== null && (isScalar(node) || isAlias(node) || ((isMap(node) || isSeq(node)) && node.flow === true));
}

/** The `kind:` of a document, or else the first key of a mapping, stands for the whole. */
function firstKey(node: Node | null): Node | null {
  if (isSeq(node)) return firstKey((node.items[0] ?? null) as Node | null);
  if (!isMap(node)) return node;
  const kind = node.items.find(({ key }) => isScalar(key) && key.value === 'kind');
  return ((kind ?? node.items[0])?.key ?? node) as Node;
}

function rangeOf(node: Node, lines: Lines): SourceRange {
  const [start, end] = node.range ?? [0, 0];
  return lines.range(start, end);
}
