import type { Due, SecretState, SecretStatus } from '../../domain/status.js';
import type { Instant } from '../../domain/time.js';
import { fitsTable, tableLines, type Row } from './columns.js';
import type { HumanOptions } from './options.js';
import { counted, penOf, type Hue, type Pen } from './pen.js';
import { findingText } from './plan-entries.js';
import { ageText, relativeTo, shortTime, withRelative } from './relative.js';
import { withAction } from './width.js';

const HUES = {
  settled: 'green',
  due: 'cyan',
  claimed: 'cyan',
  held: 'yellow',
  stuck: 'red',
  blocked: 'red',
  waiting: 'yellow',
  suspended: 'dim',
  drifted: 'yellow',
  missing: 'yellow',
  unobserved: 'red',
} as const satisfies { readonly [state in SecretState]: Hue };

const HEADING: Row = { cells: ['SECRET', 'KIND', 'STATE', 'GENERATION', 'DUE'], remark: 'REMARK' };
const STATE_CELL = 2;

/** `keyturn status`: a line per secret in the order given, and how many are in which state. Ends with a line feed. */
export function renderStatus(list: readonly SecretStatus[], options: HumanOptions): string {
  const pen = penOf(options);
  if (list.length === 0) return 'No secrets.\n';
  const wide = { heading: HEADING, rows: list.map((status) => rowOf(status, options.now, pen)) };
  const table = fitsTable(wide, pen) ? wide : { heading: withoutKind(HEADING), rows: wide.rows.map(withoutKind) };
  return `${tableLines(table, pen).join('\n')}\n\n${statusCounts(list)}\n`;
}

/** On narrow terminals the kind goes before the remark. */
function withoutKind({ cells, remark, emphasis }: Row): Row {
  const [name = '', kind = '', ...others] = cells;
  return {
    cells: [name, ...others],
    ...(emphasis && { emphasis: { ...emphasis, cell: emphasis.cell - 1 } }),
    remark: remark === '' ? kind : `${kind}: ${remark}`,
  };
}

/** `12 secrets: 10 settled, 2 due.` */
function statusCounts(list: readonly SecretStatus[]): string {
  const states = Object.keys(HUES) as SecretState[];
  const counts = states
    .map((state) => [state, list.filter((status) => status.state === state).length] as const)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  return `${counted(list.length, 'secret')}: ${counts.join(', ')}.`;
}

function rowOf(status: SecretStatus, now: Instant, pen: Pen): Row {
  const cells = [
    pen.clean(status.id),
    pen.clean(status.kind),
    status.state,
    generationText(status, now),
    dueText(status, now, pen),
  ];
  return { cells, emphasis: { cell: STATE_CELL, hue: HUES[status.state] }, remark: remarkOf(status, now, pen) };
}

/** `v7, 34d`; `~`: the birth is only guessed from the time of a version or of the key. */
function generationText(status: SecretStatus, now: Instant): string {
  if (status.generation === undefined) return '-';
  const { kvVersion, birth, birthFrom } = status.generation;
  const age = ageText(birth, now);
  return `v${kvVersion}, ${birthFrom === 'label' ? '' : '~'}${age}`;
}

function dueText(status: SecretStatus, now: Instant, pen: Pen): string {
  if (status.due === undefined) return '-';
  const at = pen.clean(status.due.at);
  return `${at.slice(0, 10)}, ${relativeTo(at, now) ?? 'unknown'}`;
}

/** Why the state is what it is, what stands in the way, and what a person should do. */
function remarkOf(status: SecretStatus, now: Instant, pen: Pen): string {
  const facts = [
    ...openTexts(status, now, pen),
    ...heldTexts(status, now, pen),
    ...status.findings.map((finding) => findingText(finding, now, pen, status.source)),
    ...(status.state === 'due' ? calendarTexts(status.due, now, pen) : []),
  ];
  const text = facts.join('; ');
  if (status.action === undefined) return text;
  const action = pen.clean(status.action);
  return text === '' ? action : withAction(text, action);
}

const DIRECTIONS = { forward: 'going forward', back: 'being undone', finishing: 'finishing' } as const;

function openTexts({ open, holder }: SecretStatus, now: Instant, pen: Pen): readonly string[] {
  const current = open?.current === undefined ? '' : ` (${pen.clean(open.current)})`;
  const way =
    open === undefined ? [] : [`${DIRECTIONS[open.direction]}, ${open.done} of ${open.steps} steps done${current}`];
  if (holder === undefined) return open === undefined ? way : [...way, 'nobody holds it; the next apply finishes it'];
  const since = withRelative(pen.clean(holder.since), now);
  return [...way, `held by ${pen.clean(holder.who)}, run ${pen.clean(holder.run)}, since ${since}`];
}

function heldTexts({ held }: SecretStatus, now: Instant, pen: Pen): readonly string[] {
  if (held === undefined) return [];
  const until = withRelative(pen.clean(held.until), now);
  return [`${counted(held.attempts, 'failed attempt')}, next one after ${until}: ${pen.clean(held.reason)}`];
}

function calendarTexts(due: Due | undefined, now: Instant, pen: Pen): readonly string[] {
  const { freeze, window } = due ?? {};
  const frozen =
    freeze === undefined
      ? []
      : [`freeze ${pen.clean(freeze.name)} until ${shortTime(pen.clean(freeze.until))}: ${pen.clean(freeze.reason)}`];
  if (window === undefined) return frozen;
  const when = window.open
    ? `is open until ${shortTime(pen.clean(window.closes))}`
    : `opens ${withRelative(pen.clean(window.opens), now)}`;
  return [...frozen, `window ${pen.clean(window.name)} ${when}`];
}
