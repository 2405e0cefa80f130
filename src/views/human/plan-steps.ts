import type { Change } from '../../domain/plan.js';
import type { Step } from '../../domain/step.js';
import type { Pen } from './pen.js';
import { signOfVerb, signText, verbText } from './symbols.js';
import { padTo, proseTokens, textWidth, wrapText, wrapTokens } from './width.js';

/** Where steps begin. */
export const STEP_INDENT = 6;
const LABEL_WIDTH = 10;
/** Longer targets do not push the notes of the others to the right. */
const LONGEST_TARGET = 48;

/** The steps of a change, one line each where they fit, with the marker behind the pivot and what a person must know about its proof. */
export function stepLines(change: Change, pen: Pen): readonly string[] {
  const steps = change.steps.map((step) => shownStep(step, change));
  return [...listLines(steps, pen), ...proofWarnings(change).flatMap((text) => warningLines(text, pen))];
}

/** A promotion shows the versions that it was planned for; to make consumers equal again needs no way back, so nothing is marked there. */
function shownStep(step: Step, { action, bindings }: Change): Step {
  const { pivot, ...rest } = step;
  const marked = pivot === true && action !== 'reconcile' ? { ...rest, pivot } : rest;
  if (step.verb !== 'promote' || step.note !== undefined || action === 'resume') return marked;
  const from = bindings.liveVersion;
  return { ...marked, note: `${from === 0 ? '' : `v${from} -> `}v${from + 1}, cas ${from}` };
}

/** One list of steps, forward or back. */
export function listLines(steps: readonly Step[], pen: Pen): readonly string[] {
  const short = steps.map((step) => textWidth(pen.clean(step.target))).filter((width) => width <= LONGEST_TARGET);
  const targetWidth = Math.max(0, ...short) + 4;
  const labelWidth = Math.max(LABEL_WIDTH, ...steps.map((step) => verbText(step.verb).length + 2));
  return steps.flatMap((step) => [
    ...oneStep(step, labelWidth, targetWidth, pen),
    ...(step.pivot === true ? [pivotLine(labelWidth, pen)] : []),
  ]);
}

function oneStep(step: Step, labelWidth: number, targetWidth: number, pen: Pen): readonly string[] {
  const head = `${' '.repeat(STEP_INDENT)}${signText(signOfVerb(step.verb), pen)} ${padTo(pen.clean(verbText(step.verb)), labelWidth)}`;
  const column = STEP_INDENT + 2 + labelWidth;
  const hang = ' '.repeat(column);
  const target = pen.clean(step.target);
  const note = step.note === undefined ? '' : pen.clean(step.note);
  const line = note === '' ? target : `${padTo(target, targetWidth - 1)} ${note}`;
  if (column + textWidth(line) <= pen.width) return [head + line];
  const room = Math.max(20, pen.width - column);
  const [first = '', ...rest] = [
    ...wrapText(target, room),
    ...(note === '' ? [] : wrapTokens(proseTokens(note), room - 2).map((part) => `  ${part}`)),
  ];
  return [head + first, ...rest.map((part) => hang + part)];
}

function pivotLine(labelWidth: number, pen: Pen): string {
  const indent = ' '.repeat(STEP_INDENT + 2 + labelWidth);
  return indent + pen.paint('bold', `${pen.sign.rule} no way back after this step ${pen.sign.rule}`);
}

const PROOFS = {
  discriminating: [],
  weak: ['weak check: the old value would pass it too, so passing does not prove the new one'],
  convergence: ['not verified: no check is declared, so the proof is only that every consumer restarted'],
  none: ['not verified: nothing checks the new value'],
} as const satisfies { readonly [proof in Change['proof']]: readonly string[] };

/** What must be said whatever the notes of the steps say: no proof, weak proof, a gap that no note announces. */
export function proofWarnings(change: Change): readonly string[] {
  const renews = change.steps.some((step) => step.verb === 'promote');
  const said = change.steps.some((step) => step.note?.includes('no overlap') === true);
  const gap =
    change.noOverlap && !said ? ['no overlap: the old value stops working before every consumer has the new one'] : [];
  return [...gap, ...(renews ? PROOFS[change.proof] : [])];
}

function warningLines(text: string, pen: Pen): readonly string[] {
  const indent = ' '.repeat(STEP_INDENT);
  const lines = wrapText(text, Math.max(20, pen.width - STEP_INDENT - 2));
  return lines.map((line, i) => `${indent}${i === 0 ? `${signText('notice', pen)} ` : '  '}${line}`);
}
