import { renderHelp } from '../../src/commands/help.js';
import type { CommandName } from '../../src/commands/table.js';
import type { Diagnostic } from '../../src/domain/diagnostic.js';
import type { ChangeResult, RunEvent } from '../../src/domain/events.js';
import type { HistoryEntry } from '../../src/domain/journal.js';
import type { DriftReport } from '../../src/domain/outputs.js';
import type { Plan } from '../../src/domain/plan.js';
import type { SecretStatus, Why } from '../../src/domain/status.js';
import { instantOf } from '../../src/domain/time.js';
import { renderValidation } from '../../src/views/human/diagnostics.js';
import { renderDrift } from '../../src/views/human/drift.js';
import { renderEnding } from '../../src/views/human/ending.js';
import { renderHistory } from '../../src/views/human/history.js';
import type { HumanOptions } from '../../src/views/human/options.js';
import { renderPlan } from '../../src/views/human/plan.js';
import { advanceProgress, startProgress } from '../../src/views/human/progress.js';
import { renderStatus } from '../../src/views/human/status.js';
import { renderWhy } from '../../src/views/human/why.js';

/** One case: the data of one view, what is "now", and the files that diagnostics point into. */
export interface GoldenInput {
  readonly view: keyof typeof VIEWS;
  readonly now: string;
  readonly data: unknown;
  /** Files with characters that do not belong into a repository; others stand in the folder. */
  readonly sources?: { readonly [file: string]: string };
}

type Options = HumanOptions & { readonly details?: boolean; readonly brief?: boolean; readonly savedTo?: string; readonly live?: boolean };
type Sources = ReadonlyMap<string, string>;

const VIEWS = {
  plan: (data: unknown, options: Options) => renderPlan(data as Plan, options),
  status: (data: unknown, options: Options) => renderStatus(data as SecretStatus[], options),
  drift: (data: unknown, options: Options) => renderDrift(data as DriftReport, options),
  why: (data: unknown, options: Options) => renderWhy(data as Why, options),
  history: (data: unknown, options: Options) => renderHistory(data as HistoryEntry[], options),
  ending: (data: unknown, options: Options) => renderEnding(data as ChangeResult[], options),
  progress: (data: unknown, options: Options) => renderEvents(data as RunEvent[], options),
  help: (data: unknown, options: Options) => renderHelp((data as { command?: CommandName }).command, options),
  validation: (data: unknown, options: Options, sources: Sources) =>
    renderValidation(data as Diagnostic[], sources, { files: sources.size, secrets: sources.size }, options),
} as const;

export function render(input: GoldenInput, sources: Sources, given: Partial<Options>): string {
  const now = instantOf(input.now);
  if (now === undefined) throw new Error(`not an instant: ${input.now}`);
  const options = { width: 80, colour: false, unicode: true, automation: true, now, ...given };
  return VIEWS[input.view](input.data, options, new Map([...sources, ...Object.entries(input.sources ?? {})]));
}

function renderEvents(events: readonly RunEvent[], options: Options): string {
  let progress = startProgress();
  let written = '';
  for (const event of events) {
    const step = advanceProgress(progress, event, { live: false, ...options });
    progress = step.progress;
    written += step.output;
  }
  return written;
}
