import type { Due, SecretState, SecretStatus, Why } from '../../domain/status.js';
import { count, flag, listOf, type Members, objectOf, oneOfWords, text, time, type Words, wordsOf } from '../schema.js';
import { FINDING, ID, KIND, ROTATION, SOURCE } from './common.js';

const STATES: Words<SecretState> = {
  settled: true,
  due: true,
  claimed: true,
  held: true,
  stuck: true,
  blocked: true,
  waiting: true,
  suspended: true,
  drifted: true,
  missing: true,
  unobserved: true,
};

const DUE = objectOf<Due>('When the secret is due and how that was reckoned.', {
  at: time('When it is due.'),
  overdueAt: time('When it is overdue.'),
  base: time('Before window and jitter moved it.'),
  rule: text('The rule of the schedule: `every 30d`.'),
  optional: {
    window: objectOf<NonNullable<Due['window']>>('The window it waits for.', {
      name: text('Name of the window.'),
      open: flag('Is it open now?'),
      opens: time('When it opens, or opened.'),
      closes: time('When it closes.'),
    }),
    freeze: objectOf<NonNullable<Due['freeze']>>('The freeze that holds it back.', {
      name: text('Name of the freeze.'),
      until: time('When it ends.'),
      reason: text('Why it is there.'),
    }),
  },
});

export const STATUS = objectOf<SecretStatus>('One secret.', {
  id: ID,
  kind: KIND,
  state: wordsOf(STATES, 'Its state.'),
  findings: listOf(FINDING, 'What is to be said about it.'),
  optional: {
    source: SOURCE,
    generation: objectOf<NonNullable<SecretStatus['generation']>>('The live value.', {
      kvVersion: count('Version of the live path.'),
      birth: time('When it was made.'),
      birthFrom: oneOfWords(['label', 'version', 'key'], 'How that is known.'),
      optional: { rotation: ROTATION },
    }),
    due: DUE,
    holder: objectOf<NonNullable<SecretStatus['holder']>>('Who works on it.', {
      run: text('The run.'),
      who: text('For people.'),
      since: time('Since when.'),
    }),
    open: objectOf<NonNullable<SecretStatus['open']>>('How far an open change is.', {
      rotation: ROTATION,
      direction: oneOfWords(['forward', 'back', 'finishing'], 'Which way it goes.'),
      done: count('Steps that are done.'),
      steps: count('Steps in all.'),
      optional: { current: text('The step it is at.') },
    }),
    held: objectOf<NonNullable<SecretStatus['held']>>('A failed attempt that waits.', {
      until: time('When it is tried again.'),
      attempts: count('Failures in a row.'),
      reason: text('What went wrong.'),
    }),
    action: text('What a person should do.'),
  },
});

export const WHY: Members<Why> = {
  id: ID,
  kind: KIND,
  facts: listOf(
    objectOf<Why['facts'][number]>('A labelled fact.', { label: text('What it is.'), text: text('The fact.') }),
    'In the order of the reasoning.',
  ),
  conclusion: text('What follows.'),
  optional: { source: SOURCE },
};
