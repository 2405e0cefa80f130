import type { Diagnostic } from '../../domain/diagnostic.js';
import type { ChangeResult, RunEvent } from '../../domain/events.js';
import { OUTPUT_FORMATS, type EventLine, type OutputEvent } from '../../domain/outputs.js';
import { isoOf, type Instant } from '../../domain/time.js';
import { endingLists } from '../ending-lists.js';
import { jsonLine } from './json-text.js';
import { maskedDiagnostics } from './outputs.js';

/** The first line of every stream: which format follows, and which run it tells of. */
export function versionLine(version: string, run: string, at: Instant): string {
  return line({ type: 'version', format: OUTPUT_FORMATS.events, version, run }, at);
}

/** What the executor says, with the time; lengths of time in whole milliseconds. One line with a line feed. */
export function eventLine(event: RunEvent, at: Instant): string {
  if ('elapsed' in event) return line({ ...event, elapsed: Math.round(event.elapsed) }, at);
  if (event.type !== 'preflightFailed') return line(event, at);
  return line({ ...event, diagnostics: maskedDiagnostics(event.diagnostics) }, at);
}

/** Problems that belong to no change; one line each. */
export function diagnosticLines(diagnostics: readonly Diagnostic[], at: Instant): string {
  return maskedDiagnostics(diagnostics)
    .map((diagnostic) => line({ type: 'diagnostic', diagnostic }, at))
    .join('');
}

/** The last line: the four lists and the exit code, also after a failure or an interruption. */
export function endingLine(results: readonly ChangeResult[], exitCode: number, at: Instant): string {
  return line({ type: 'ending', exitCode, ...endingLists(results) }, at);
}

function line(event: OutputEvent, at: Instant): string {
  const withTime: EventLine = { at: isoOf(at), ...event };
  return jsonLine(withTime);
}
