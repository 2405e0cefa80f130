import type { Change } from '../../domain/plan.js';
import { formatDuration } from '../../domain/duration.js';
import type { Pen } from './pen.js';
import { listLines, STEP_INDENT } from './plan-steps.js';
import { shortTime } from './relative.js';
import { padTo, wrapText } from './width.js';

const LABEL_WIDTH = 12;

/** What an approver may want to see of one change besides its steps: the way back, what it is bound to, whom it touches. */
export function detailLines(change: Change, pen: Pen): readonly string[] {
  const facts = factsOf(change, pen).flatMap((fact) => factLines(fact, pen));
  if (change.undo.length === 0) return facts;
  const heading = `${' '.repeat(STEP_INDENT)}the way back, of what was begun:`;
  return [...facts, heading, ...listLines(change.undo, pen).map((line) => `  ${line}`)];
}

type Fact = readonly [label: string, text: string];

function factsOf(change: Change, pen: Pen): readonly Fact[] {
  const { bindings, live } = change;
  const written = bindings.liveCreatedTime === null ? '' : ` of ${shortTime(pen.clean(bindings.liveCreatedTime))}`;
  const version = bindings.liveVersion === 0 ? 'no live version' : `live v${bindings.liveVersion}${written}`;
  const journal = bindings.journalVersion === 0 ? 'no journal' : `journal v${bindings.journalVersion}`;
  const consumers = change.consumers.map(
    (c) => `${c.kind} ${pen.clean(c.namespace)}/${pen.clean(c.name)} (up to ${formatDuration(c.timeout)})`,
  );
  const chain = change.chain === change.id ? [] : [pen.clean(change.chain)];
  return [
    ['live', `${pen.clean(live.path)}, field ${pen.clean(live.field)}`],
    ['bound to', `policy ${pen.clean(bindings.policyHash.slice(0, 12))}, ${journal}, ${version}`],
    ...listed(
      'after',
      change.dependsOn.map((id) => pen.clean(id)),
    ),
    ...listed('chain of', chain),
    ...listed(
      'shares',
      change.resources.map((resource) => pen.clean(resource)),
    ),
    ...listed('consumers', consumers),
  ];
}

function listed(label: string, texts: readonly string[]): readonly Fact[] {
  return texts.length === 0 ? [] : [[label, texts.join(', ')]];
}

function factLines([label, text]: Fact, pen: Pen): readonly string[] {
  const hang = STEP_INDENT + LABEL_WIDTH;
  const lines = wrapText(text, Math.max(20, pen.width - hang));
  return lines.map(
    (line, i) => (i === 0 ? ' '.repeat(STEP_INDENT) + padTo(label, LABEL_WIDTH) : ' '.repeat(hang)) + line,
  );
}
