import { expect } from 'chai';
import type { SecretStatus } from '../../../src/domain/status.js';
import { makePlan } from '../../../src/planner/plan.js';
import { mayStartOf } from '../../../src/planner/start.js';
import { why } from '../../../src/planner/why.js';
import {
  ABSENT,
  at,
  consumer,
  DAY,
  doneRecord,
  every,
  faultOf,
  generation,
  idOf,
  inputOf,
  journalOf,
  LEASE,
  NIGHTS,
  observedOf,
  openOf,
  policyOf,
  ROTATION,
  type World,
} from './support.js';

function statusOf(world: World): SecretStatus {
  const [status] = makePlan(inputOf(world)).statuses;
  if (status === undefined) throw new Error('no status');
  return status;
}

function one(observation: NonNullable<World['observations']>[string], more: Partial<World> = {}): World {
  return { policies: [policyOf('a')], observations: { a: observation }, ...more };
}

const held = { attempts: 1, since: '2026-11-24T11:00:00.000Z', until: '2026-11-24T13:00:00.000Z', reason: 'refused' };
const drifted = { driftedConsumers: [{ workload: consumer('web') }] };
const suspended = { policies: [policyOf('a', { suspend: { reason: 'outage' } })] };
const only = (more: Parameters<typeof journalOf>[1]) => ({
  journals: { a: journalOf('a', { current: generation(ROTATION, 40), ...more }) },
});

const STATES: { readonly [sentence: string]: readonly [World, SecretStatus['state']] } = {
  'with nothing to do is settled': [one(observedOf(1)), 'settled'],
  'soon due is settled': [{ policies: [policyOf('a', { schedule: every(2, { warnBefore: DAY }) })] }, 'settled'],
  'that is due is due': [one(observedOf(40)), 'due'],
  'that is due and waits for a window is due': [
    { policies: [policyOf('a', { schedule: every(1, { window: NIGHTS }) })], observations: { a: observedOf(9) } },
    'due',
  ],
  'that is missing is missing': [one(ABSENT), 'missing'],
  'that was changed outside has drifted': [
    one(observedOf(1, { changedOutside: { version: 7, at: 0, labelVersion: 6 } })),
    'drifted',
  ],
  'whose consumers drifted has drifted': [one(observedOf(1, drifted)), 'drifted'],
  'whose journal holds a change is claimed': [one(observedOf(1), only({ open: openOf('a') })), 'claimed'],
  'whose claimed change waits out a back-off is held': [one(observedOf(1), only({ open: openOf('a'), held })), 'held'],
  'for which neither way works is stuck, also while it is held': [
    one(observedOf(1), only({ open: openOf('a'), held: { ...held, stuck: true } })),
    'stuck',
  ],
  'whose attempt failed is held': [one(observedOf(40), only({ held })), 'held'],
  'that is suspended is suspended': [{ ...one(observedOf(40)), ...suspended }, 'suspended'],
  'whose consumer does not exist is blocked': [one(observedOf(1, { missingConsumers: [consumer('web')] })), 'blocked'],
  'that only people rotate waits': [
    { policies: [policyOf('a', { spec: { noSteps: true } })], observations: { a: observedOf(40) } },
    'waiting',
  ],
  'that could not be seen is unobserved': [one({ state: 'unobserved', faults: [faultOf('timeout')] }), 'unobserved'],
};

describe('[U] planner: a secret', () => {
  for (const [sentence, [world, state]] of Object.entries(STATES)) {
    it(sentence, () => expect(statusOf(world).state).to.equal(state));
  }
});

describe('[U] planner: a line of status', () => {
  const records = [doneRecord('promote'), doneRecord('verify', { state: 'intended' })];

  it('says how far a claimed change is, who has the lease and until when it is held', () => {
    const stuck = { ...held, stuck: true } as const;
    const journals = only({ open: openOf('a', { records }), lease: LEASE, held: stuck });
    expect(statusOf(one(observedOf(1), journals))).to.deep.include({
      holder: { run: 'r1', who: 'alice@laptop', since: '2026-11-24T10:00:00.000Z' },
      open: { rotation: '00000000000000bb', direction: 'forward', done: 1, steps: 2, current: 'verify' },
      held: { until: '2026-11-24T13:00:00.000Z', attempts: 1, reason: 'refused' },
      action: 'keyturn recover a',
    });
  });

  it('counts on the way back only the undo of what was ever begun', () => {
    const back = { turn: 1, turnReason: 'refused' };
    expect(statusOf(one(observedOf(1), only({ open: openOf('a', back) }))).open).to.deep.equal({
      rotation: '00000000000000bb',
      direction: 'back',
      done: 0,
      steps: 0,
    });
    const begun = { ...back, records: [...records, doneRecord('unpromote', { turn: 1 })] };
    expect(statusOf(one(observedOf(1), only({ open: openOf('a', begun) }))).open).to.include({ done: 1, steps: 1 });
  });

  it('says that a settled change is being finished', () => {
    const open = openOf('a', { outcome: 'rotated' });
    expect(statusOf(one(observedOf(1), only({ open }))).open).to.include({ direction: 'finishing', done: 2, steps: 2 });
  });

  it('shows the generation with its age and how that is known', () => {
    expect(statusOf(one(observedOf(1))).generation).to.deep.equal({
      rotation: ROTATION,
      kvVersion: 7,
      birth: '2026-11-23T12:00:00.000Z',
      birthFrom: 'label',
    });
    expect(statusOf(one(ABSENT))).not.to.have.property('generation');
  });

  it('shows when it is due, with window and freeze', () => {
    const policies = [policyOf('a', { schedule: every(1, { window: NIGHTS }) })];
    const freeze = { name: 'x', from: '2026-11-24', to: '2026-11-24', timezone: 'UTC', reason: 'r', except: [] };
    const freezes = [{ ...freeze, source: policyOf('a').source }];
    expect(statusOf({ ...one(observedOf(1)), policies, freezes }).due).to.deep.equal({
      at: '2026-11-25T01:00:00.000Z',
      overdueAt: '2026-11-25T05:00:00.000Z',
      base: '2026-11-24T12:00:00.000Z',
      rule: 'every 1d',
      window: { name: 'nights', open: false, opens: '2026-11-25T01:00:00.000Z', closes: '2026-11-25T05:00:00.000Z' },
      freeze: { name: 'x', until: '2026-11-25T00:00:00.000Z', reason: 'r' },
    });
  });
});

describe('[U] planner: why', () => {
  const facts = (world: World): readonly string[] =>
    why(inputOf(world), idOf('a')).facts.map(({ label, text }) => `${label}: ${text}`);

  it('tells the arithmetic in the order of the reasoning', () => {
    const policies = [
      policyOf('a', { schedule: every(30, { name: 'monthly', window: NIGHTS }), consumers: [consumer('web')] }),
      policyOf('b', { consumers: [consumer('web')] }),
    ];
    const world = { ...one(observedOf(30), only({ current: generation(ROTATION, 30), held })), policies };
    expect(facts(world)).to.deep.equal([
      `live value: secret/a, field key: v7, generation ${ROTATION}`,
      'age: last rotated 2026-10-25T12:00Z (v7)',
      'now: 2026-11-24T12:00Z',
      'schedule: monthly: every 30d, window nights',
      'due: counted from 2026-10-25T12:00Z: 2026-11-24T12:00Z, moved to 2026-11-25T01:00Z',
      'overdue: from 2026-11-25T05:00Z',
      'may start: window nights is closed; next start 2026-11-25T01:00Z; it may take 5m',
      `journal: v4: current is ${ROTATION} in v7`,
      'held: 1 failed attempt: refused; back-off until 2026-11-24T13:00:00.000Z',
      'consumers: Deployment apps/web',
      'shares with: b',
    ]);
    expect(why(inputOf(world), idOf('a')).conclusion).to.equal('up to date: nothing is to be done');
  });

  it('says what was found and what follows', () => {
    const world = one(observedOf(40), only({ held }));
    expect(facts(world).at(-1)).to.equal('Overdue: last rotated 2026-10-15 (v7), every 30d -> due 2026-11-14');
    expect(why(inputOf(world), idOf('a')).conclusion).to.match(/^held: attempt 1 failed: refused/);
    expect(why(inputOf(one(observedOf(40))), idOf('a')).conclusion).to.equal('rotate: it is rotated by the next apply');
  });

  it('knows secrets that cannot be seen, are missing, have no schedule or are not there', () => {
    expect(facts(one({ state: 'unobserved', faults: [] }))[0]).to.equal(
      'live value: secret/a, field key: not observed',
    );
    expect(facts(one(ABSENT))[0]).to.equal('live value: secret/a, field key: none');
    const { schedule: _schedule, ...unscheduled } = policyOf('a');
    expect(facts({ policies: [unscheduled] })).to.include('schedule: none: rotated only when asked for by name');
    expect(why(inputOf({ policies: [] }), idOf('a')).conclusion).to.equal('no selected policy has this id');
  });
});

describe('[U] planner: may a change start later in the run', () => {
  const policies = [policyOf('a', { schedule: every(30, { window: NIGHTS }) })];
  const { inventory, selection } = inputOf({ policies });
  const [night, noon] = [at('2026-11-24T01:00:00Z'), at('2026-11-24T12:00:00Z')];

  it('only while its window is open', () => {
    const mayStart = mayStartOf(inventory, selection);
    expect(mayStart({ id: 'a', action: 'rotate' }, night)).to.equal(undefined);
    expect(mayStart({ id: 'a', action: 'rotate' }, noon)).to.match(/^window nights is closed/);
  });

  it('always, if it is claimed, missing or asked for by name', () => {
    const mayStart = mayStartOf(inventory, selection);
    expect(mayStart({ id: 'a', action: 'resume' }, noon)).to.equal(undefined);
    expect(mayStart({ id: 'a', action: 'create' }, noon)).to.equal(undefined);
    const forced = mayStartOf(inventory, { ...selection, forced: [idOf('a')] });
    expect(forced({ id: 'a', action: 'rotate' }, noon)).to.equal(undefined);
  });
});
