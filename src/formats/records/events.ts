import type { ChangeOutcome, ChangeResult } from '../../domain/events.js';
import type { EventLine } from '../../domain/outputs.js';
import { OUTPUT_FORMATS } from '../../domain/outputs.js';
import {
  closedObject,
  count,
  flag,
  listOf,
  type Members,
  objectOf,
  oneOfWords,
  orNull,
  type Schema,
  text,
  time,
  variants,
  type Words,
  wordsOf,
} from '../schema.js';
import { DIAGNOSTIC, FAULT, ID, ids, MILLISECONDS } from './common.js';

const OUTCOMES: Words<ChangeOutcome> = {
  rotated: true,
  reconciled: true,
  undone: true,
  failed: true,
  stuck: true,
  held: true,
  blocked: true,
  locked: true,
  stale: true,
  interrupted: true,
  notStarted: true,
};
const OUTCOME = wordsOf(OUTCOMES, 'How the change ended.');
const GAP = orNull(count('Milliseconds without a value that everybody accepted; null: both could live together.'));
const RUN = text('Id of the run.');
const STEP = { id: ID, step: text('Name of the step.') };
const STEP_TARGET = { ...STEP, verb: text('What it does.'), target: text('What it acts on.') };

const RESULT = objectOf<ChangeResult>('How one change ended.', {
  id: ID,
  outcome: OUTCOME,
  gap: GAP,
  optional: { reason: text('Why.'), next: text('The next command.'), fault: FAULT },
});

type EventType = EventLine['type'];
type Event<Type extends EventType> = Omit<Extract<EventLine, { readonly type: Type }>, 'type' | 'at'>;

function event<Type extends EventType>(type: Type, description: string, members: Members<Event<Type>>): Schema {
  const common = { type: { const: type, description: 'What happened.' }, at: time('When.') };
  return closedObject(description, { ...common, ...members });
}

const BRANCHES: { readonly [type in EventType]: Schema } = {
  version: event('version', 'The first line.', {
    format: { const: OUTPUT_FORMATS.events, description: 'Format of the stream.' },
    version: text('Version of keyturn.'),
    run: RUN,
  }),
  diagnostic: event('diagnostic', 'A problem.', { diagnostic: DIAGNOSTIC }),
  ending: event('ending', 'The last line: each change of the run is in one of the lists.', {
    exitCode: count('Exit code of the process.'),
    done: listOf(RESULT, 'Changes that are done.'),
    failed: listOf(RESULT, 'Changes that failed.'),
    notStarted: listOf(RESULT, 'Changes that were not begun.'),
    needsAttention: listOf(RESULT, 'Changes that a person must look after.'),
  }),
  runStarted: event('runStarted', 'The run begins.', { run: RUN, changes: ids('What it is going to change.') }),
  changeStarted: event('changeStarted', 'A change is claimed.', {
    id: ID,
    action: text('What is done to the secret.'),
    rotation: text('Rotation id.'),
    resumed: flag('An earlier run began it.'),
  }),
  stepStarted: event('stepStarted', 'A step begins.', STEP_TARGET),
  stepProgress: event('stepProgress', 'A step goes on.', {
    ...STEP,
    text: text('How it is doing.'),
    elapsed: MILLISECONDS,
  }),
  stepDone: event('stepDone', 'A step is done.', {
    ...STEP_TARGET,
    elapsed: MILLISECONDS,
    optional: { found: { const: 'present', description: 'It had been done before.' } },
  }),
  stepFailed: event('stepFailed', 'A step failed.', {
    ...STEP_TARGET,
    elapsed: MILLISECONDS,
    reason: text('Why.'),
    optional: { fault: FAULT },
  }),
  turned: event('turned', 'A change is turned round.', {
    id: ID,
    direction: oneOfWords(['back', 'forward'], 'Where it goes now.'),
    reason: text('Why.'),
  }),
  waitingForLease: event('waitingForLease', 'Another run holds what is needed.', {
    id: ID,
    resource: text('What is needed.'),
    holder: text('The other run.'),
    who: text('For people.'),
    elapsed: MILLISECONDS,
  }),
  preflightFailed: event('preflightFailed', 'Something stands in the way; nothing was changed.', {
    id: ID,
    diagnostics: listOf(DIAGNOSTIC, 'What stands in the way.'),
  }),
  changeEnded: event('changeEnded', 'A change ended.', {
    id: ID,
    outcome: OUTCOME,
    gap: GAP,
    optional: { reason: text('Why.'), next: text('The next command.') },
  }),
  runEnded: event('runEnded', 'The run ends.', { run: RUN, results: listOf(RESULT, 'How each change ended.') }),
};

/** One line of the stream that `--json` makes of apply, rotate and recover. */
export const EVENT_LINE = variants('type', 'One event of a run.', BRANCHES);
