import { CATALOGUE, type CatalogueEntry } from '../domain/catalogue.js';
import { EXIT_CODES, type ExitReason } from '../domain/exit-codes.js';
import { nearest } from '../domain/nearest.js';
import { wrapText } from '../views/human/width.js';
import { COMMAND_NAMES, commandSpec } from './table.js';

export type Explanation =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly nearest?: string };

/** What `keyturn explain CODE` prints: a diagnostic's code in any case, or an exit code. The nearest code where there is none of this name. */
export function explain(code: string, options: { readonly width: number }): Explanation {
  const wanted = code.trim().toUpperCase();
  const entry = entryOf(wanted);
  if (entry !== undefined)
    return { ok: true, text: textOf(`${wanted}: ${entry.title}`, entry.explanation, options.width) };
  const exit = (Object.keys(EXIT_CODES) as ExitReason[]).find((reason) => String(EXIT_CODES[reason].code) === wanted);
  if (exit !== undefined) return { ok: true, text: exitText(exit, options.width) };
  const near = nearest(wanted, Object.keys(CATALOGUE));
  return near === undefined ? { ok: false } : { ok: false, nearest: near };
}

function entryOf(code: string): CatalogueEntry | undefined {
  return Object.hasOwn(CATALOGUE, code) ? CATALOGUE[code as keyof typeof CATALOGUE] : undefined;
}

function textOf(head: string, text: string, width: number): string {
  return `${[head, '', ...wrapText(text, width)].join('\n')}\n`;
}

function exitText(reason: ExitReason, width: number): string {
  const { code, meaning } = EXIT_CODES[reason];
  const every = reason === 'usage' || reason === 'failure';
  const commands = COMMAND_NAMES.filter((name) => every || commandSpec(name).exits.includes(reason));
  const order = Object.values(EXIT_CODES).map((exit) => exit.code);
  const text = `Commands that can end with it: ${commands.join(', ')}. Where several codes apply, the first of ${order.join(', ')} is taken.`;
  return textOf(`exit code ${code}: ${meaning}`, text, width);
}
