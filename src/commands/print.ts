import type { Failure } from '../app/failure.js';
import type { Output, Runtime } from '../app/runtime.js';
import type { Diagnostic } from '../domain/diagnostic.js';
import { EXIT_CODES, type ExitReason } from '../domain/exit-codes.js';
import type { HumanOptions } from '../views/human/options.js';
import { renderDiagnostics } from '../views/human/diagnostics.js';
import { errorOutput } from '../views/json/outputs.js';
import { jsonDocument } from '../views/json/json-text.js';

/** Flags that say how a command speaks. */
export interface SpeakFlags {
  readonly json?: boolean;
  readonly noColor?: boolean;
}

/** Width of text that goes to a file or a pipe. */
const PIPE_WIDTH = 100;

/** How text for people is made for one stream: the terminal decides, then NO_COLOR (no-color.org: set and not empty), then the flag. */
export function humanOptions(runtime: Runtime, flags: SpeakFlags, stream: Output): HumanOptions {
  const { env } = runtime;
  const noColour = flags.noColor === true || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    width: stream.terminal ? (stream.width ?? 80) : PIPE_WIDTH,
    colour: stream.terminal && !noColour,
    unicode: hasUnicode(env),
    now: runtime.clock.now(),
    automation: (env['CI'] ?? '') !== '' || !stream.terminal,
  };
}

/** By the locale (POSIX: LC_ALL, LC_CTYPE, LANG); where nothing is set, today's runners read UTF-8. */
function hasUnicode(env: Runtime['env']): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}

const NO_SOURCES: ReadonlyMap<string, string> = new Map();

/** Problems go to the standard error of people; with --json the one document on standard output tells them. */
export function printDiagnostics(
  runtime: Runtime,
  flags: SpeakFlags,
  diagnostics: readonly Diagnostic[],
  sources = NO_SOURCES,
): void {
  if (diagnostics.length > 0)
    runtime.err.write(renderDiagnostics(diagnostics, sources, humanOptions(runtime, flags, runtime.err)));
}

/** A command that could not do its work: never silence. */
export function printFailure(runtime: Runtime, flags: SpeakFlags, { exit, diagnostics, sources }: Failure): ExitReason {
  if (flags.json === true) runtime.out.write(jsonDocument(errorOutput(EXIT_CODES[exit].code, diagnostics)));
  else printDiagnostics(runtime, flags, diagnostics, sources);
  return exit;
}

/**
 * Says on a terminal what takes long, once it took a second; the function returned ends it. Nothing is said to a pipe, and nothing at all
 * by a command that is quick.
 */
export function afterASecond(runtime: Runtime, text: string): () => void {
  if (!runtime.err.terminal) return () => undefined;
  let said = false;
  const end = runtime.clock.every(1000, () => {
    if (!said) runtime.err.write(text);
    said = true;
    return Promise.resolve();
  });
  return () => {
    end();
    if (said) runtime.err.write('\r\u001b[K');
  };
}
