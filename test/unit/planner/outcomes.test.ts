import { expect } from 'chai';
import type { Notice } from '../../../src/domain/plan.js';
import type { Policy } from '../../../src/domain/policy.js';
import { makePlan } from '../../../src/planner/plan.js';
import {
  ABSENT,
  at,
  consumer,
  DAY,
  every,
  faultOf,
  generation,
  HOUR,
  idOf,
  inputOf,
  journalOf,
  NIGHTS,
  NOW,
  observedOf,
  openOf,
  policyOf,
  ROTATION,
  saidOf,
  type World,
} from './support.js';

const FREEZE = {
  name: 'year-end',
  from: '2026-11-20',
  to: '2026-11-30',
  timezone: 'UTC',
  reason: 'holidays',
  except: [],
  source: policyOf('a').source,
} as const;

const drifted = { driftedConsumers: [{ workload: consumer('web') }] };
const outside = { changedOutside: { version: 7, at: NOW - DAY, labelVersion: 6 } };
const held = { attempts: 2, since: '2026-11-24T08:00:00.000Z', until: '2026-11-24T13:00:00.000Z', reason: 'refused' };
const passed = { ...held, until: '2026-11-24T12:00:00.000Z' };
const forced = { forced: [idOf('a')] };

function one(
  observation: NonNullable<World['observations']>[string],
  policy: Partial<Policy> = {},
  more: Partial<World> = {},
): World {
  return { policies: [policyOf('a', policy)], observations: { a: observation }, ...more };
}

function journal(more: Parameters<typeof journalOf>[1]): Partial<World> {
  return { journals: { a: journalOf('a', { current: generation(ROTATION, 40), ...more }) } };
}

const nights = { schedule: every(30, { window: NIGHTS }) };
const { schedule: _schedule, ...unscheduled } = policyOf('a');

const TABLE: { readonly [sentence: string]: readonly [World, string] } = {
  'a secret that is young enough is up to date': [one(observedOf(1)), 'up to date'],
  'a due secret is rotated': [one(observedOf(30)), 'rotate'],
  'an overdue secret is rotated': [one(observedOf(300)), 'rotate'],
  'a missing secret is created': [one(ABSENT), 'create'],
  'a missing secret without schedule is created too': [
    { policies: [unscheduled], observations: { a: ABSENT } },
    'create',
  ],
  'drifted consumers alone are reconciled': [one(observedOf(1, drifted)), 'reconcile'],
  'a due secret with drifted consumers is rotated, which restarts them': [one(observedOf(40, drifted)), 'rotate'],
  'a forced secret is rotated before it is due': [one(observedOf(1), {}, { selection: forced }), 'rotate'],
  'a forced secret that is missing is created': [one(ABSENT, {}, { selection: forced }), 'create'],

  'a version that keyturn did not write is drift and no change': [one(observedOf(1, outside)), 'drift'],
  'drift whose restarted age is due is rotated': [one(observedOf(40, outside)), 'rotate'],

  'a journal that holds a change is resumed': [one(observedOf(1), {}, journal({ open: openOf('a') })), 'resume'],
  'a settled change that was not tidied is resumed': [
    one(observedOf(1), {}, journal({ open: openOf('a', { outcome: 'rotated' }) })),
    'resume',
  ],
  'claimed work ignores suspension, missing consumers, windows and freezes': [
    one(
      observedOf(40, { missingConsumers: [consumer('web')] }),
      { ...nights, suspend: { reason: 'outage' } },
      { ...journal({ open: openOf('a') }), freezes: [FREEZE] },
    ),
    'resume',
  ],
  'claimed work goes on where the live path cannot be seen': [
    one({ state: 'unobserved', faults: [faultOf('timeout')] }, {}, journal({ open: openOf('a') })),
    'resume',
  ],
  'a stuck change waits out its back-off': [
    one(observedOf(1), {}, journal({ open: openOf('a'), held: { ...held, stuck: true } })),
    'held',
  ],
  'a stuck change is taken up when its back-off has passed': [
    one(observedOf(1), {}, journal({ open: openOf('a'), held: { ...passed, stuck: true } })),
    'resume',
  ],
  'a stuck change is taken up when it is to be recovered': [
    one(observedOf(1), {}, { ...journal({ open: openOf('a'), held }), selection: { recover: [idOf('a')] } }),
    'resume',
  ],
  'a forced secret whose journal holds a change is resumed, not rotated twice': [
    one(observedOf(40), {}, { ...journal({ open: openOf('a'), held }), selection: forced }),
    'resume',
  ],
  'recovery starts nothing new': [one(observedOf(40), {}, { selection: { recover: [idOf('a')] } }), 'up to date'],

  'a due secret waits out the back-off of a failed attempt': [one(observedOf(40), {}, journal({ held })), 'held'],
  'a back-off that has passed holds nobody': [one(observedOf(40), {}, journal({ held: passed })), 'rotate'],
  'a forced secret does not wait for a back-off': [
    one(observedOf(40), {}, { ...journal({ held }), selection: forced }),
    'rotate',
  ],
  'a missing secret waits for a back-off too': [one(ABSENT, {}, journal({ held })), 'held'],
  'a back-off of a secret that is not due holds nothing': [
    one(observedOf(1), {}, journal({ held, current: generation(ROTATION, 1) })),
    'up to date',
  ],
  'a back-off follows a change of id': [
    one(
      observedOf(40),
      { movedFrom: idOf('old') },
      {
        journals: { old: journalOf('old', { current: generation(ROTATION, 40), held }) },
      },
    ),
    'held',
  ],

  'a suspended secret is suspended, due or not': [one(observedOf(1), { suspend: { reason: 'outage' } }), 'suspended'],
  'a suspension that has ended is none': [one(observedOf(40), { suspend: { until: NOW, reason: 'outage' } }), 'rotate'],
  'who forces a suspended secret is told so': [
    one(observedOf(40), { suspend: { reason: 'outage' } }, { selection: forced }),
    'suspended',
  ],
  'a missing secret that is suspended is not created': [one(ABSENT, { suspend: { reason: 'outage' } }), 'suspended'],

  'a consumer that does not exist blocks': [one(observedOf(40, { missingConsumers: [consumer('web')] })), 'blocked'],
  'it blocks a creation too': [one({ ...ABSENT, missingConsumers: [consumer('web')] } as never), 'blocked'],
  'and it is said before anything is due': [one(observedOf(1, { missingConsumers: [consumer('web')] })), 'blocked'],
  'a kind that nobody knows is blocked': [one(observedOf(40), { kind: 'unheard-of' }), 'blocked'],
  'a kind that only people rotate waits for one': [one(observedOf(40), { spec: { noSteps: true } }), 'waiting'],
  'a kind that cannot be reconciled shows drift': [one(observedOf(1, drifted), { spec: { noSteps: true } }), 'drift'],

  'a secret that could not be looked at is unobserved': [one({ state: 'unobserved', faults: [] }), 'unobserved'],
  'a secret whose journal could not be read is unobserved': [
    one(observedOf(40), {}, { journals: { a: { fault: faultOf('denied') } } }),
    'unobserved',
  ],

  'a due secret waits for its window': [one(observedOf(40), nights), 'deferred'],
  'in its window it is rotated': [one(observedOf(40), nights, { now: at('2026-11-24T01:00:00Z') }), 'rotate'],
  'a window that closes before the time-outs could pass is too short': [
    one(
      observedOf(40),
      { ...nights, consumers: [consumer('web', 2 * HOUR), consumer('api', HOUR)] },
      { now: at('2026-11-24T02:00:01Z') },
    ),
    'deferred',
  ],
  'a window with just that much room is long enough': [
    one(
      observedOf(40),
      { ...nights, consumers: [consumer('web', 2 * HOUR), consumer('api', HOUR)] },
      { now: at('2026-11-24T02:00:00Z') },
    ),
    'rotate',
  ],
  'the check after the restarts needs room too': [
    one(
      observedOf(40),
      { ...nights, consumers: [consumer('web', 2 * HOUR)], verify: verifyFor(HOUR) },
      { now: at('2026-11-24T02:00:01Z') },
    ),
    'deferred',
  ],
  'consumers are reconciled in the window': [one(observedOf(1, drifted), nights), 'deferred'],
  'a missing secret does not wait for a window': [one(ABSENT, nights), 'create'],
  'a forced one does not either': [one(observedOf(1), nights, { selection: forced }), 'rotate'],
  'a window can be ignored by name': [one(observedOf(40), nights, { selection: { ignoreWindow: true } }), 'rotate'],

  'a freeze keeps a rotation from starting': [one(observedOf(40), {}, { freezes: [FREEZE] }), 'deferred'],
  'a freeze keeps a creation from starting': [one(ABSENT, {}, { freezes: [FREEZE] }), 'deferred'],
  'a freeze keeps a forced one from starting': [
    one(observedOf(1), {}, { freezes: [FREEZE], selection: forced }),
    'deferred',
  ],
  'a freeze can be ignored with a reason': [
    one(observedOf(40), {}, { freezes: [FREEZE], selection: { ignoreFreeze: 'incident 7' } }),
    'rotate',
  ],
  'who ignores the window does not ignore the freeze': [
    one(observedOf(40), nights, { freezes: [FREEZE], selection: { ignoreWindow: true } }),
    'deferred',
  ],

  'a secret is announced before it is due': [
    one(observedOf(29), { schedule: every(30, { warnBefore: DAY }) }),
    'warning',
  ],
  'and not earlier than asked': [one(observedOf(29), { schedule: every(30, { warnBefore: DAY - 1 }) }), 'up to date'],
  'a changed spec is a remark and no change': [one(observedOf(1), { spec: { length: 64 } }), 'warning'],
  'a secret whose former id is claimed waits': [
    one(observedOf(40), { movedFrom: idOf('old') }, { journals: { old: journalOf('old', { open: openOf('old') }) } }),
    'deferred',
  ],
};

function verifyFor(timeout: number): NonNullable<Policy['verify']> {
  return { method: 'GET', url: 'https://a', header: 'A: {value}', ok: [200], refused: [401], timeout };
}

function noticeOf(world: World): Notice {
  const [notice] = makePlan(inputOf(world)).plan.notices;
  if (notice === undefined) throw new Error('no notice');
  return notice;
}

describe('[U] planner: what follows for one secret', () => {
  for (const [sentence, [world, said]] of Object.entries(TABLE)) {
    it(sentence, () => expect(saidOf(world)).to.include({ a: said }));
  }
});

describe('[U] planner: reasons and next commands', () => {
  it('drift can be adopted', () => {
    expect(noticeOf(one(observedOf(1, outside)))).to.include({
      reason: 'a value that keyturn did not write is live; its age restarts there, consumers are left alone',
      action: 'keyturn adopt a',
    });
  });

  it('a label that the journal contradicts is told apart from a foreign value', () => {
    const world = one(observedOf(1), {}, { journals: { a: journalOf('a') } });
    expect(noticeOf(world).reason).to.equal(
      'the label of the live path is not what the journal says; consumers are left alone',
    );
  });

  it('a value of unknown age is never due, and says so', () => {
    const { birth: _birth, ...ageless } = observedOf(40);
    expect(noticeOf(one(ageless))).to.include({ state: 'warning', action: 'keyturn adopt a' });
  });

  it('a closed window says when work may start and how to start it now', () => {
    expect(noticeOf(one(observedOf(40), nights))).to.include({
      reason: 'window nights is closed; next start 2026-11-25T01:00Z',
      deferredBy: 'window',
      action: 'keyturn apply --target a --ignore-window',
    });
  });

  it('a window that is too short for the work says that it never will be', () => {
    const slow = { ...nights, consumers: [consumer('web', 5 * HOUR)] };
    expect(noticeOf(one(observedOf(40), slow, { now: at('2026-11-24T01:00:00Z') })).reason).to.equal(
      'window nights closes 2026-11-24T05:00Z, and the change may take 5h; it is never open for that long',
    );
  });

  it('a freeze says its name, its end and its reason', () => {
    expect(noticeOf(one(observedOf(40), {}, { freezes: [FREEZE] }))).to.include({
      reason: 'freeze year-end until 2026-12-01T00:00Z: holidays',
      deferredBy: 'freeze',
    });
  });

  it('a freeze that is ignored stands with its reason among the findings', () => {
    const world = one(observedOf(40), {}, { freezes: [FREEZE], selection: { ignoreFreeze: 'incident 7' } });
    expect(makePlan(inputOf(world)).plan.changes[0]?.findings.at(-1)).to.include({
      reason: 'Forced',
      evidence: 'in spite of freeze year-end: incident 7',
    });
  });

  it('a freeze before a window says when both let work start', () => {
    expect(noticeOf(one(observedOf(40), nights, { freezes: [FREEZE] })).reason).to.equal(
      'freeze year-end until 2026-12-01T00:00Z: holidays; next start 2026-12-01T01:00Z',
    );
  });

  it('a suspension says when it ends', () => {
    const until = at('2026-12-01T00:00:00Z');
    expect(noticeOf(one(observedOf(1), { suspend: { until, reason: 'outage' } })).reason).to.equal(
      'suspended until 2026-12-01: outage',
    );
    expect(noticeOf(one(observedOf(1), { suspend: { reason: 'outage' } })).reason).to.equal(
      'suspended without an end: outage',
    );
  });

  it('a failed attempt says what failed and when the next one is', () => {
    expect(noticeOf(one(observedOf(40), {}, journal({ held })))).to.include({
      reason: 'attempt 2 failed: refused; next attempt after 2026-11-24T13:00:00.000Z',
      action: 'keyturn rotate a',
    });
  });

  it('a stuck secret says so and how to recover it', () => {
    const stuck = journal({ open: openOf('a'), held: { ...held, stuck: true } });
    expect(noticeOf(one(observedOf(1), {}, stuck))).to.include({
      reason:
        'stuck since 2026-11-24T08:00:00.000Z, neither forward nor back works: refused; next attempt after 2026-11-24T13:00:00.000Z',
      action: 'keyturn recover a',
    });
  });

  it('an unobserved secret says how the look failed, and the plan is not complete', () => {
    const world = one({ state: 'unobserved', faults: [faultOf('denied')] });
    expect(noticeOf(world)).to.include({ reason: 'Vault: GET secret/metadata/a: no', fault: 'denied' });
    expect(makePlan(inputOf(world)).plan.complete).to.equal(false);
  });

  it('one secret that could not be observed hides no other', () => {
    const said = saidOf({
      policies: [policyOf('a'), policyOf('b')],
      observations: { a: { state: 'unobserved', faults: [faultOf('timeout')] }, b: observedOf(40) },
    });
    expect(said).to.deep.equal({ a: 'unobserved', b: 'rotate' });
  });
});
