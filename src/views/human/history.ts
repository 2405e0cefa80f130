import type { HistoryEntry } from '../../domain/journal.js';
import { instantOf, type Instant } from '../../domain/time.js';
import { labelled, tableLines, type Row } from './columns.js';
import type { HumanOptions } from './options.js';
import { counted, penOf, type Pen } from './pen.js';
import { elapsedText, relativeTo, shortTime } from './relative.js';
import { padTo } from './width.js';

export interface HistoryOptions extends HumanOptions {
  /** The steps of each entry too. */
  readonly details?: boolean;
}

const HEADING: Row = { cells: ['SECRET', 'SETTLED', 'OUTCOME', 'TOOK', 'GAP'], remark: 'REASON' };
const HUES = { rotated: 'green', reconciled: 'green', undone: 'yellow' } as const satisfies {
  readonly [outcome in HistoryEntry['outcome']]: string;
};

/** `keyturn history`: finished changes in the order given. Ends with a line feed. */
export function renderHistory(entries: readonly HistoryEntry[], options: HistoryOptions): string {
  const pen = penOf(options);
  if (entries.length === 0) return 'No finished changes.\n';
  if (options.details === true) return `${entries.map((entry) => blockOf(entry, options.now, pen)).join('\n\n')}\n`;
  const rows = entries.map((entry) => rowOf(entry, pen));
  return `${tableLines({ heading: HEADING, rows }, pen).join('\n')}\n\n${counted(entries.length, 'finished change')}.\n`;
}

function rowOf(entry: HistoryEntry, pen: Pen): Row {
  const cells = [
    pen.clean(entry.id),
    shortTime(pen.clean(entry.settledAt)),
    entry.outcome,
    tookText(entry),
    gapText(entry),
  ];
  return { cells, emphasis: { cell: 2, hue: HUES[entry.outcome] }, remark: reasonText(entry, pen) };
}

function tookText(entry: HistoryEntry): string {
  const from = instantOf(entry.startedAt);
  const to = instantOf(entry.settledAt);
  return from === undefined || to === undefined ? '?' : elapsedText(to - from);
}

function gapText(entry: HistoryEntry): string {
  return entry.gap === null ? '-' : elapsedText(entry.gap);
}

function reasonText(entry: HistoryEntry, pen: Pen): string {
  const findings = entry.findings.map((finding) => pen.clean(finding)).join(', ');
  return entry.reason === undefined ? findings : `${findings}; ${pen.clean(entry.reason)}`;
}

function blockOf(entry: HistoryEntry, now: Instant, pen: Pen): string {
  const settled = pen.clean(entry.settledAt);
  const when = `${shortTime(settled)}, ${relativeTo(settled, now) ?? 'unknown'}`;
  const facts: readonly (readonly [string, string])[] = [
    ['settled', when],
    [
      'took',
      `${tookText(entry)} in ${counted(entry.runs.length, 'run')}: ${entry.runs.map((run) => pen.clean(run)).join(', ')}`,
    ],
    ['gap', entry.gap === null ? 'none: old and new could live together' : `${gapText(entry)}: from promote to proof`],
    ['because', reasonText(entry, pen)],
    ['revision', entry.revision === null ? 'none' : pen.clean(entry.revision)],
  ];
  const outcome = pen.paint(HUES[entry.outcome], entry.outcome);
  const head = `${pen.paint('bold', pen.clean(entry.id))}   ${pen.clean(entry.kind)}   ${entry.action}, ${outcome}   generation ${pen.clean(entry.rotation)}`;
  const steps = entry.steps.map(
    ({ step, state, took }) => `    ${padTo(state, 9)}${elapsedText(took).padStart(7)}  ${pen.clean(step)}`,
  );
  const lines = facts.flatMap(([label, text]) => labelled(label, text, 11, 2, pen));
  return [head, ...lines, ...(steps.length === 0 ? [] : ['  steps', ...steps])].join('\n');
}
