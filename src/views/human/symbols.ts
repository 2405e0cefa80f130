import type { ChangeAction } from '../../domain/plan.js';
import type { StepVerb } from '../../domain/step.js';
import type { Hue, Pen } from './pen.js';

/** What a sign in the first column means; the legend explains those that are in use. */
export type SignMeaning = 'rotate' | 'resume' | 'add' | 'change' | 'restart' | 'check' | 'remove' | 'notice';

const MEANINGS = {
  rotate: 'new generation',
  resume: 'finish what was begun',
  add: 'add',
  change: 'change in place',
  restart: 'restart',
  check: 'check',
  remove: 'remove',
  notice: 'not done, or worth knowing',
} as const satisfies { readonly [meaning in SignMeaning]: string };

const HUES = {
  rotate: 'cyan',
  resume: 'cyan',
  add: 'green',
  change: 'yellow',
  restart: 'yellow',
  check: 'blue',
  remove: 'red',
  notice: 'yellow',
} as const satisfies { readonly [meaning in SignMeaning]: Hue };

const ACTION_SIGNS = {
  create: 'add',
  rotate: 'rotate',
  reconcile: 'change',
  resume: 'resume',
} as const satisfies { readonly [action in ChangeAction]: SignMeaning };

const VERB_SIGNS: ReadonlyMap<string, SignMeaning> = new Map<StepVerb, SignMeaning>([
  ['stage', 'add'],
  ['promote', 'change'],
  ['publish', 'change'],
  ['restart', 'restart'],
  ['wait', 'check'],
  ['verify', 'check'],
  ['unpublish', 'change'],
  ['unpromote', 'change'],
  ['verifyOld', 'check'],
]);

export function signOfAction(action: ChangeAction): SignMeaning {
  return ACTION_SIGNS[action];
}

/** A verb that this view does not know changes something, to be on the safe side. */
export function signOfVerb(verb: string): SignMeaning {
  return VERB_SIGNS.get(verb) ?? 'change';
}

/** `verify old` for `verifyOld`. */
export function verbText(verb: string): string {
  return verb.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** One character, coloured where the pen colours. */
export function signText(meaning: SignMeaning, pen: Pen): string {
  return pen.paint(HUES[meaning], plainSign(meaning, pen));
}

function plainSign(meaning: SignMeaning, pen: Pen): string {
  switch (meaning) {
    case 'rotate':
    case 'resume':
    case 'restart':
      return pen.sign[meaning];
    case 'add':
      return '+';
    case 'change':
      return '~';
    case 'check':
      return '?';
    case 'remove':
      return '-';
    case 'notice':
      return '!';
  }
}

/** `± new generation`, of those in use, in one fixed order. */
export function legendEntries(used: ReadonlySet<SignMeaning>, pen: Pen): readonly string[] {
  const all = Object.keys(MEANINGS) as SignMeaning[];
  return all.filter((meaning) => used.has(meaning)).map((meaning) => `${plainSign(meaning, pen)} ${MEANINGS[meaning]}`);
}
