import { asciiText, plainText } from '../../domain/plain-text.js';
import { maskProse } from '../mask.js';
import type { HumanOptions } from './options.js';

const UNICODE = {
  rotate: '±',
  resume: '»',
  restart: '↻',
  rule: '──',
  dot: '·',
  cut: '…',
  done: '✓',
  failed: '✗',
  running: '…',
  arrow: '→',
} as const;

const ASCII: { readonly [name in keyof typeof UNICODE]: string } = {
  rotate: '*',
  resume: '>',
  restart: '@',
  rule: '--',
  dot: '|',
  cut: '...',
  done: 'ok',
  failed: 'x',
  running: '...',
  arrow: '->',
};

const SGR = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const;
export type Hue = keyof typeof SGR;

/** What every view draws with: the signs of this terminal, the one sanitiser, and colour where it is wanted. */
export interface Pen {
  readonly width: number;
  readonly sign: { readonly [name in keyof typeof UNICODE]: string };
  /** For every text that comes from files or servers: no hidden characters, nothing that looks like a credential. */
  clean(text: string): string;
  /** Colours a finished piece of text; its columns stay the same. */
  paint(hue: Hue, text: string): string;
}

/** The pen for these options. */
export function penOf(options: Pick<HumanOptions, 'width' | 'colour' | 'unicode'>): Pen {
  const plain = options.unicode ? plainText : asciiText;
  return {
    width: options.width,
    sign: options.unicode ? UNICODE : ASCII,
    clean: (text) => plain(maskProse(text)),
    paint: (hue, text) => (options.colour && text !== '' ? `\u001b[${SGR[hue]}m${text}\u001b[0m` : text),
  };
}

/** `1 error`, `2 errors`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** One word of a command line as a POSIX shell reads it back; quoted only where it must be. */
export function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
