import type { Bindings, Change, ChangeAction, Notice, NoticeState, Plan, Revision } from '../../domain/plan.js';
import type { Step, StepVerb } from '../../domain/step.js';
import {
  anyObject,
  count,
  flag,
  listOf,
  objectOf,
  oneOfWords,
  orNull,
  text,
  time,
  type Words,
  wordsOf,
} from '../schema.js';
import { CONSUMER, DIAGNOSTIC, DIGEST, FAULT_KIND, FINDING, ID, ids, KIND, LIVE, SOURCE, SPEC_HASH } from './common.js';

export const PLAN_FORMAT = 'keyturn.dev/plan/v1';

const VERBS: Words<StepVerb> = {
  stage: true,
  promote: true,
  publish: true,
  restart: true,
  wait: true,
  verify: true,
  unpublish: true,
  unpromote: true,
  verifyOld: true,
};
const ACTIONS: Words<ChangeAction> = {
  create: true,
  rotate: true,
  reconcile: true,
  resume: true,
};
const NOTICES: Words<NoticeState> = {
  blocked: true,
  held: true,
  drift: true,
  suspended: true,
  waiting: true,
  unobserved: true,
  deferred: true,
  warning: true,
};

export const ACTION = wordsOf(ACTIONS, 'What is done to the secret.');

const STEP = objectOf<Step>('The smallest effect.', {
  name: text('Unique in its change.', { minLength: 1 }),
  verb: wordsOf(VERBS, 'What it does.'),
  target: text('What it acts on.'),
  params: anyObject('What its handler needs.'),
  optional: {
    note: text('A remark for readers.'),
    undoes: listOf(text('Name of a step.'), 'In an undo list: needed only if one of these was ever intended.'),
    pivot: { const: true, description: 'There is no way back after this step.' },
  },
});

const BINDINGS = objectOf<Bindings>('What the change was planned against; it runs only while all of it holds.', {
  policyHash: DIGEST,
  journalVersion: count('KV version of the journal; 0: none.'),
  liveVersion: count('KV version of the live path; 0: none.'),
  liveCreatedTime: orNull(time('Time of that version; null: none.')),
});

export const CHANGE = objectOf<Change>('All that will be done to one secret.', {
  id: ID,
  kind: KIND,
  action: ACTION,
  findings: listOf(FINDING, 'Why.'),
  live: LIVE,
  before: orNull(
    objectOf<NonNullable<Change['before']>>(
      'The generation at the live place before the change; null: there is none.',
      {
        birth: time('When it was made.'),
        optional: { rotation: text('Its rotation id.') },
      },
    ),
  ),
  steps: listOf(STEP, 'The way forward, in order.'),
  undo: listOf(STEP, 'The way back, in order.'),
  noOverlap: flag('Old and new value cannot both be accepted: there is a gap.'),
  proof: oneOfWords(['discriminating', 'weak', 'convergence', 'none'], 'What proves the new value.'),
  consumers: listOf(CONSUMER, 'Workloads that must hold the new value.'),
  specHash: SPEC_HASH,
  bindings: BINDINGS,
  resources: listOf(text('A shared resource.'), 'What other changes may share with this one, sorted.'),
  chain: text('Smallest id of the changes that run one after the other with this one.'),
  dependsOn: ids('Secrets that must be settled first.'),
  optional: { source: SOURCE },
});

export const NOTICE = objectOf<Notice>('Something that must be said about a secret and is not a change.', {
  id: ID,
  kind: KIND,
  state: wordsOf(NOTICES, 'Its state.'),
  findings: listOf(FINDING, 'Why.'),
  reason: text('Why nothing is done.'),
  optional: {
    action: text('The command or deed that would change it.'),
    deferredBy: oneOfWords(['window', 'freeze', 'dependency', 'limit'], 'What a deferred one waits for.'),
    fault: FAULT_KIND,
    source: SOURCE,
  },
});

export const PLAN = objectOf<Plan>('What `keyturn plan` would have done, as it is saved, approved and applied.', {
  format: { type: 'string', const: PLAN_FORMAT, description: 'Format of this file.' },
  inventory: text('Name of the inventory.', { minLength: 1 }),
  at: time('The instant that due dates were judged at.'),
  validUntil: time('When the plan expires.'),
  revision: orNull(
    objectOf<Revision>('The commit of the policies; null outside of git.', {
      commit: text('Commit id.', { minLength: 1 }),
      dirty: flag('The working tree held changes.'),
    }),
  ),
  changes: listOf(CHANGE, 'What will be done, in order.'),
  notices: listOf(NOTICE, 'What is said and not done.'),
  upToDate: ids('Secrets with nothing to do.'),
  refusals: listOf(DIAGNOSTIC, 'Thresholds that refuse the plan.'),
  complete: flag('Every secret could be observed.'),
  digest: DIGEST,
});
