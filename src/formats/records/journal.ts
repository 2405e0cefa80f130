import type {
  Generation,
  Held,
  HistoryEntry,
  Journal,
  Lease,
  OpenChange,
  RecordState,
  StepRecord,
} from '../../domain/journal.js';
import {
  anyObject,
  count,
  listOf,
  objectOf,
  oneOfWords,
  orNull,
  type Schema,
  text,
  time,
  type Words,
  wordsOf,
} from '../schema.js';
import { CONSUMER, FAULT, ID, KIND, LIVE, MILLISECONDS, ROTATION, SPEC_HASH } from './common.js';
import { ACTION, CHANGE } from './plan.js';

export const JOURNAL_FORMAT = 1;

const STATES: Words<RecordState> = {
  intended: true,
  done: true,
  absent: true,
  refused: true,
  failed: true,
};
const STATE = wordsOf(STATES, 'How the step stands.');
const FORMAT: Schema = { type: 'integer', const: JOURNAL_FORMAT, description: 'Version of the format.' };
const OUTCOME = oneOfWords(['rotated', 'undone', 'reconciled'], 'How it ended.');
const COMMIT = orNull(text('Commit of the policies; null: not from git.'));

const GENERATION = objectOf<Generation>('One issue of the secret.', {
  rotation: text('Rotation id; `-`: a value that keyturn did not make.', { pattern: '^([0-9a-f]{16}|-)$' }),
  birth: time('When it was made.'),
  kvVersion: count('Version of the live path that holds it.'),
  fingerprint: text('HMAC of the material under the key of the inventory.'),
  specHash: SPEC_HASH,
  consumers: listOf(CONSUMER, 'Who had to hold it when it became current.'),
});

const LEASE = objectOf<Lease>('The exclusive right to change the secret.', {
  holder: text('The run that holds it.'),
  who: text('For people.'),
  acquiredAt: time('Since when.'),
  beat: count('Counts up while the holder lives.'),
  leaseFor: MILLISECONDS,
});

const RECORD = objectOf<StepRecord>('One line about one step.', {
  step: text('Name of the step.'),
  turn: count('Even: forward; odd: back.'),
  state: STATE,
  run: text('The run that intended it.'),
  intendedAt: time('When.'),
  journalVersion: count('KV version of the journal that holds the intent.'),
  intent: anyObject('The preconditions of the effect.'),
  optional: {
    receipt: anyObject('What is needed to probe or undo it.'),
    closedAt: time('When its outcome was known.'),
    fault: FAULT,
    reason: text('Why it was refused or failed.'),
  },
});

const OPEN = objectOf<OpenChange>('A claimed change on its way.', {
  change: CHANGE,
  rotation: ROTATION,
  claimedAt: time('When it was claimed.'),
  revision: COMMIT,
  turn: count('Even: forward; odd: back.'),
  records: listOf(RECORD, 'What was intended and what came of it.'),
  optional: {
    turnReason: text('Why it was turned round.'),
    outcome: OUTCOME,
    settledAt: time('When the way ended.'),
  },
});

const HELD = objectOf<Held>('A failed attempt waits out its back-off.', {
  attempts: count('Failures in a row.'),
  since: time('Of the last failure.'),
  until: time('When it is tried again.'),
  reason: text('What went wrong.'),
  optional: { stuck: { const: true, description: 'Neither forward nor back works.' } },
});

export const JOURNAL = objectOf<Journal>('What keyturn keeps of one secret: references, never material.', {
  format: FORMAT,
  id: ID,
  kind: KIND,
  live: LIVE,
  writeId: text('Names this very write.'),
  lease: orNull(LEASE),
  current: orNull(GENERATION),
  open: orNull(OPEN),
  held: orNull(HELD),
  revision: orNull(
    objectOf<NonNullable<Journal['revision']>>('The newest policies that were applied.', {
      commit: text('Commit id.'),
      committedAt: time('Time of the commit.'),
    }),
  ),
});

export const HISTORY_ENTRY = objectOf<HistoryEntry>('One finished change.', {
  format: FORMAT,
  id: ID,
  kind: KIND,
  rotation: ROTATION,
  action: ACTION,
  outcome: OUTCOME,
  findings: listOf(text('Name of a reason.'), 'Why it was done.'),
  startedAt: time('When it was claimed.'),
  settledAt: time('When it ended.'),
  gap: orNull(
    count('Milliseconds in which one of the two values was refused somewhere; null: both could live together.'),
  ),
  revision: COMMIT,
  runs: listOf(text('A run.'), 'The runs that worked on it.'),
  steps: listOf(
    objectOf<HistoryEntry['steps'][number]>('One step.', {
      step: text('Its name.'),
      state: STATE,
      at: time('When it was intended.'),
      took: MILLISECONDS,
    }),
    'What was done, in order.',
  ),
  optional: { reason: text('Why it was turned back.') },
});
