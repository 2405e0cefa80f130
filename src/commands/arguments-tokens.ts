import { FLAGS, flagSpec, type FlagName } from './table-flags.js';

/** One piece of a command line, in order. */
export type Token =
  | { readonly type: 'word'; readonly text: string }
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | { readonly type: 'flag'; readonly name: FlagName; readonly value?: string }
  /** Looks like a flag, and no command has one of this name. */
  | { readonly type: 'unknown'; readonly name: string };

/**
 * Splits a command line. `--name`, `--name=value`, `--name value`, and the same with one dash, as Terraform writes long flags; behind a bare `--` everything
 * is a word. A flag means the same on every command, so this needs not know which one is called. A text that begins with a dash is not taken for the value of the
 * flag before it.
 */
export function tokensOf(argv: readonly string[]): readonly Token[] {
  const tokens: Token[] = [];
  const end = argv.indexOf('--');
  const flags = end === -1 ? argv : argv.slice(0, end);
  const words = end === -1 ? [] : argv.slice(end + 1);
  for (let i = 0; i < flags.length; i++) {
    const text = flags[i] ?? '';
    const next = flags[i + 1];
    const token = isFlag(text) ? flagToken(text, next) : ({ type: 'word', text } as const);
    tokens.push(token);
    if (token.type === 'flag' && token.value !== undefined && !text.includes('=')) i++;
  }
  return [...tokens, ...words.map((text) => ({ type: 'word', text }) as const)];
}

function isFlag(text: string): boolean {
  return text.length > 1 && text.startsWith('-');
}

const SPECIAL: ReadonlyMap<string, Token> = new Map([
  ['help', { type: 'help' }],
  ['h', { type: 'help' }],
  ['version', { type: 'version' }],
]);

function flagToken(text: string, next: string | undefined): Token {
  const equals = text.indexOf('=');
  const name = text.slice(text.startsWith('--') ? 2 : 1, equals === -1 ? undefined : equals);
  if (!Object.hasOwn(FLAGS, name)) return SPECIAL.get(name) ?? { type: 'unknown', name };
  const flag = { type: 'flag', name: name as FlagName } as const;
  if (equals !== -1) return { ...flag, value: text.slice(equals + 1) };
  const takesNext = flagSpec(flag.name).type !== 'boolean' && next !== undefined && !isFlag(next);
  return takesNext ? { ...flag, value: next } : flag;
}
