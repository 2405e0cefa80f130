import type { Json } from '../../domain/json.js';

/** `key … = value` or `key … { body }`. */
export interface HclItem {
  readonly keys: readonly string[];
  readonly value?: Json;
  readonly body?: readonly HclItem[];
  readonly line: number;
}

interface Token {
  readonly kind: 'word' | 'text' | 'mark' | 'end';
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

type Complain = (message: string) => Error;

const SKIP = /(?:\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const TEXT = /"(?:\\.|[^"\\\n])*"/y;
const WORD = /[A-Za-z0-9_.:-]+/y;
const MARK = /[{}[\]=,]/y;

function take(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function unquote(literal: string, complain: Complain, where: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw complain(`At ${where}: literal not terminated`);
  }
}

type Scanned = Pick<Token, 'kind' | 'text'>;

/** The token that begins exactly here, quotes included; undefined where none does. */
function scan(source: string, at: number): Scanned | undefined {
  const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
    ['text', TEXT],
    ['word', WORD],
    ['mark', MARK],
  ];
  for (const [kind, pattern] of patterns) {
    const text = take(pattern, source, at);
    if (text !== undefined) return { kind, text };
  }
  return at >= source.length ? { kind: 'end', text: 'EOF' } : undefined;
}

function tokenize(source: string, complain: Complain): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (tokens.at(-1)?.kind !== 'end') {
    at += take(SKIP, source, at)?.length ?? 0;
    const before = source.slice(0, at).split('\n');
    const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    const where = `${place.line}:${place.column}`;
    const found = scan(source, at);
    if (found === undefined) throw complain(`At ${where}: illegal character`);
    const text = found.kind === 'text' ? unquote(found.text, complain, where) : found.text;
    tokens.push({ kind: found.kind, text, ...place });
    at += found.text.length;
  }
  return tokens;
}

/** Reads the tokens from the first to the last, one after the other. */
class Reader {
  readonly #tokens: readonly Token[];
  readonly #complain: Complain;
  #next = 0;

  constructor(tokens: readonly Token[], complain: Complain) {
    this.#tokens = tokens;
    this.#complain = complain;
  }

  items(closing: 'EOF' | '}'): readonly HclItem[] {
    const items: HclItem[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.text === closing && token.kind === (closing === 'EOF' ? 'end' : 'mark')) {
        this.#next += 1;
        return items;
      }
      if (token.kind === 'end') throw this.#error(token, 'object expected closing RBRACE got: EOF');
      items.push(this.#item());
      if (this.#isMark(',')) this.#next += 1;
    }
  }

  #item(): HclItem {
    const { line } = this.#peek();
    const keys: string[] = [];
    while (this.#peek().kind === 'word' || this.#peek().kind === 'text') keys.push(this.#advance().text);
    const mark = this.#advance();
    if (keys.length === 0) throw this.#error(mark, `expected a key, got: ${mark.text}`);
    if (mark.kind === 'mark' && mark.text === '{') return { keys, body: this.items('}'), line };
    if (mark.kind === 'mark' && mark.text === '=') return { keys, value: this.#value(), line };
    throw this.#error(mark, `key '${keys.join(' ')}' expected start of object ('{') or assignment ('=')`);
  }

  #value(): Json {
    const token = this.#advance();
    if (token.kind === 'text') return token.text;
    if (token.kind === 'word') return this.#literal(token);
    if (token.text === '[') return this.#list();
    if (token.text === '{') {
      return Object.fromEntries(this.items('}').map((item) => [item.keys.join('.'), item.value ?? null]));
    }
    throw this.#error(token, `unexpected ${token.text}`);
  }

  #list(): Json {
    const values: Json[] = [];
    for (;;) {
      if (this.#isMark(']')) {
        this.#next += 1;
        return values;
      }
      values.push(this.#value());
      if (this.#isMark(',')) this.#next += 1;
      else if (!this.#isMark(']')) throw this.#error(this.#peek(), 'error parsing list, expected comma or list end');
    }
  }

  #literal(token: Token): Json {
    if (token.text === 'true' || token.text === 'false') return token.text === 'true';
    const number = Number(token.text);
    if (Number.isNaN(number)) throw this.#error(token, `unknown token: ${token.text}`);
    return number;
  }

  #isMark(text: string): boolean {
    const token = this.#peek();
    return token.kind === 'mark' && token.text === text;
  }

  #peek(): Token {
    const token = this.#tokens[this.#next] ?? this.#tokens.at(-1);
    if (token === undefined) throw this.#complain('no tokens');
    return token;
  }

  #advance(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #error(token: Token, message: string): Error {
    return this.#complain(`At ${token.line}:${token.column}: ${message}`);
  }
}

/** A JSON object as the items that the same text in HCL would be. */
function fromJson(value: Json, keys: readonly string[], depth: number): readonly HclItem[] {
  if (Array.isArray(value) && depth > 0) return value.flatMap((item: Json) => fromJson(item, keys, depth));
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [{ keys, value, line: 1 }];
  if (depth === 0) {
    return [
      { keys, body: Object.entries(value).map(([key, item]) => ({ keys: [key], value: item, line: 1 })), line: 1 },
    ];
  }
  return Object.entries(value).flatMap(([key, item]) => fromJson(item, [...keys, key], depth - 1));
}

/**
 * The items of a text in HCL (the first version of the language, as far as policies use it) or, when it begins with a
 * brace, in JSON, where two levels of keys make one item. `complain` makes the error to throw.
 */
export function parseHcl(source: string, complain: Complain): readonly HclItem[] {
  if (!source.trimStart().startsWith('{')) return new Reader(tokenize(source, complain), complain).items('EOF');
  let parsed: Json;
  try {
    parsed = JSON.parse(source) as Json;
  } catch {
    throw complain('the text is no valid JSON');
  }
  return fromJson(parsed, [], 2);
}
