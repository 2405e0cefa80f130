import type { Runtime } from '../app/runtime.js';
import type { Diagnostic } from '../domain/diagnostic.js';
import type { ChangeResult, RunEvent } from '../domain/events.js';
import { EXIT_CODES, type ExitReason } from '../domain/exit-codes.js';
import { renderEnding } from '../views/human/ending.js';
import { advanceProgress, startProgress } from '../views/human/progress.js';
import { diagnosticLines, endingLine, eventLine, versionLine } from '../views/json/events.js';
import { humanOptions, printDiagnostics, type SpeakFlags } from './print.js';

/** Where the events of a run go: lines for people, or JSON lines for programs. */
export interface Report {
  readonly emit: (event: RunEvent) => void;
  diagnostics(list: readonly Diagnostic[], sources?: ReadonlyMap<string, string>): void;
  /** The four lists; the last thing said, also after a failure. */
  end(results: readonly ChangeResult[], exit: ExitReason): ExitReason;
}

export function reportOf(runtime: Runtime, flags: SpeakFlags): Report {
  return flags.json === true ? jsonReport(runtime) : humanReport(runtime, flags);
}

function jsonReport({ out, clock, version, run }: Runtime): Report {
  out.write(versionLine(version, run, clock.now()));
  return {
    emit: (event) => out.write(eventLine(event, clock.now())),
    diagnostics: (list) => out.write(diagnosticLines(list, clock.now())),
    end: (results, exit) => {
      out.write(endingLine(results, EXIT_CODES[exit].code, clock.now()));
      return exit;
    },
  };
}

function humanReport(runtime: Runtime, flags: SpeakFlags): Report {
  const { out } = runtime;
  let progress = startProgress();
  return {
    emit: (event) => {
      const options = { ...humanOptions(runtime, flags, out), live: out.terminal && runtime.env['CI'] === undefined };
      const next = advanceProgress(progress, event, options);
      progress = next.progress;
      out.write(next.output);
      if (event.type === 'preflightFailed') printDiagnostics(runtime, flags, event.diagnostics);
    },
    diagnostics: (list, sources) => printDiagnostics(runtime, flags, list, sources),
    end: (results, exit) => {
      if (results.length > 0) out.write(`\n${renderEnding(results, humanOptions(runtime, flags, out))}`);
      return exit;
    },
  };
}
