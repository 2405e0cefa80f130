import type { RunEvent } from '../../domain/events.js';
import type { HumanOptions } from './options.js';
import { gapTexts, OUTCOME_HUES, OUTCOME_WORDS } from './outcome.js';
import { counted, penOf, type Pen } from './pen.js';
import { elapsedText } from './relative.js';
import { verbText } from './symbols.js';
import { padTo, textWidth } from './width.js';

export interface LineOptions extends HumanOptions {
  /** Column of what follows the ids, so that the lines of one run align; the length of the longest id. */
  readonly idWidth?: number;
}

const ELAPSED_WIDTH = 7;
const VERB_WIDTH = 12;

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;
type EventOf = { readonly [Type in RunEvent['type']]: Of<Type> };

/**
 * One event as a line without a line feed: elapsed time, secret, step, what it acts on. Undefined for events that need no line of their own: a step's
 * start (its end has one) and the end of the run (renderEnding).
 */
export function stepLine(event: RunEvent, options: LineOptions): string | undefined {
  return lineOf(event.type, event, { pen: penOf(options), idWidth: options.idWidth ?? 0 });
}

/** The type is passed beside the event so that the compiler knows that both belong together. */
function lineOf<Type extends keyof EventOf>(type: Type, event: EventOf[Type], draw: Draw): string | undefined {
  return LINES[type](event, draw);
}

interface Draw {
  readonly pen: Pen;
  readonly idWidth: number;
}

function lead(elapsed: number | undefined, id: string, { pen, idWidth }: Draw): string {
  const time = elapsed === undefined ? '' : elapsedText(elapsed);
  return `${time.padStart(ELAPSED_WIDTH)}  ${padTo(pen.clean(id), idWidth)}  `;
}

/** Signs differ in width between character sets; what follows them does not move. */
function sign(name: 'done' | 'failed' | 'running', pen: Pen): string {
  const width = Math.max(textWidth(pen.sign.done), textWidth(pen.sign.failed), textWidth(pen.sign.running));
  const hue = { done: 'green', failed: 'red', running: 'dim' } as const;
  return pen.paint(hue[name], padTo(pen.sign[name], width));
}

function verb(text: string, pen: Pen): string {
  return padTo(pen.clean(verbText(text)), VERB_WIDTH);
}

function startedLine(event: Of<'changeStarted'>, draw: Draw): string {
  const how = event.resumed ? 'resumed' : 'begun';
  return `${lead(undefined, event.id, draw)}${draw.pen.clean(event.action)} ${how}, generation ${draw.pen.clean(event.rotation)}`;
}

function doneLine(event: Of<'stepDone'>, draw: Draw): string {
  const { pen } = draw;
  const found = event.found === undefined ? '' : ' (was in effect already)';
  return `${lead(event.elapsed, event.id, draw)}${sign('done', pen)} ${verb(event.verb, pen)}${pen.clean(event.target)}${found}`;
}

function failedLine(event: Of<'stepFailed'>, draw: Draw): string {
  const { pen } = draw;
  const what = `${pen.clean(event.target)}: failed: ${pen.clean(event.reason)}`;
  return `${lead(event.elapsed, event.id, draw)}${sign('failed', pen)} ${verb(event.verb, pen)}${what}`;
}

/** What a step is waiting for; the same words on a terminal, where they are rewritten in place, and in a log. */
export function heartbeatText(event: Of<'stepProgress' | 'waitingForLease'>, pen: Pen): string {
  if (event.type === 'stepProgress') {
    return `still ${pen.clean(event.step)}${event.text === '' ? '' : `: ${pen.clean(event.text)}`}`;
  }
  return `waiting for ${pen.clean(event.resource)}, held by ${pen.clean(event.who)}, run ${pen.clean(event.holder)}`;
}

function heartbeatLine(event: Of<'stepProgress' | 'waitingForLease'>, draw: Draw): string {
  return `${lead(event.elapsed, event.id, draw)}${sign('running', draw.pen)} ${heartbeatText(event, draw.pen)}`;
}

function turnedLine(event: Of<'turned'>, draw: Draw): string {
  const text = `turning ${event.direction}: ${draw.pen.clean(event.reason)}`;
  return `${lead(undefined, event.id, draw)}${draw.pen.paint('yellow', text)}`;
}

function preflightLine(event: Of<'preflightFailed'>, draw: Draw): string {
  const { pen } = draw;
  const head = `${lead(undefined, event.id, draw)}not started: ${counted(event.diagnostics.length, 'problem')} found before anything was made`;
  const problems = event.diagnostics.map(
    (d) => `           ${pen.paint('red', `${d.severity}[${d.code}]`)}: ${pen.clean(d.summary)}`,
  );
  return [head, ...problems].join('\n');
}

function endedLine(event: Of<'changeEnded'>, draw: Draw): string {
  const { pen } = draw;
  const word = pen.paint(OUTCOME_HUES[event.outcome], OUTCOME_WORDS[event.outcome]);
  const reason = event.reason === undefined ? [] : [pen.clean(event.reason)];
  return `${lead(undefined, event.id, draw)}${[word, ...reason, ...gapTexts(event.gap)].join('; ')}`;
}

const LINES: { readonly [Type in RunEvent['type']]: (event: Of<Type>, draw: Draw) => string | undefined } = {
  runStarted: (event, { pen }) => `Run ${pen.clean(event.run)}: ${counted(event.changes.length, 'change')}.`,
  changeStarted: startedLine,
  stepStarted: () => undefined,
  stepProgress: heartbeatLine,
  stepDone: doneLine,
  stepFailed: failedLine,
  turned: turnedLine,
  waitingForLease: heartbeatLine,
  preflightFailed: preflightLine,
  changeEnded: endedLine,
  runEnded: () => undefined,
};
