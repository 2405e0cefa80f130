import { expect } from 'chai';
import type { Observation } from '../../../src/domain/observation.js';
import type { Policy } from '../../../src/domain/policy.js';
import type { Observed } from '../../../src/planner/age.js';
import { CHECKS, evaluate } from '../../../src/planner/checks.js';
import { gather } from '../../../src/planner/gather.js';
import {
  ABSENT,
  at,
  consumer,
  DAY,
  doneRecord as done,
  every,
  generation,
  HOUR,
  idOf,
  inputOf,
  journalOf,
  LEASE as lease,
  NIGHTS,
  NOW,
  observedOf,
  openOf,
  policyOf,
  ROTATION,
  type World,
} from './support.js';

type Table = { readonly [sentence: string]: { readonly world: World; readonly says: string | undefined } };

/** The evidence of one check about the first subject. */
function evidence(reason: string, world: World): string | undefined {
  const [subject] = gather(inputOf(world));
  if (subject === undefined) throw new Error('no subject');
  return evaluate(subject, world.now ?? NOW).find((finding) => finding.reason === reason)?.evidence;
}

function seen(observation: Observation, more: Partial<Policy> = {}): World {
  return { policies: [policyOf('a', more)], observations: { a: observation } };
}

function withoutRotation({ rotation: _rotation, ...rest }: Observed): Observation {
  return rest;
}

const drifted = { driftedConsumers: [{ workload: consumer('web') }] };
const label = { version: 7, at: at('2026-11-23T12:00:00Z'), labelVersion: 6 };
const { birth: _birth, birthFrom: _from, ...ageless } = observedOf(40);
const { schedule: _schedule, ...unscheduled } = policyOf('a');

const TABLES: { readonly [reason: string]: Table } = {
  Missing: {
    'a path that does not exist is missing': { world: seen(ABSENT), says: 'secret/a does not exist' },
    'a field that the live version lacks is missing': {
      world: seen(observedOf(3, { present: false })),
      says: 'secret/a (v7) has no field key',
    },
    'a value that is there is not missing': { world: seen(observedOf(3)), says: undefined },
    'nothing is missing where nothing could be seen': {
      world: seen({ state: 'unobserved', faults: [] }),
      says: undefined,
    },
  },
  Due: {
    'a value as old as its schedule is due': {
      world: seen(observedOf(30)),
      says: 'last rotated 2026-10-25 (v7), every 30d -> due 2026-11-24',
    },
    'a millisecond earlier it is not': { world: { ...seen(observedOf(30)), now: NOW - 1 }, says: undefined },
    'a value without schedule is never due': {
      world: { policies: [unscheduled], observations: { a: observedOf(999) } },
      says: undefined,
    },
    'an age that is not from a label says what it is reckoned from': {
      world: seen(observedOf(30, { birthFrom: 'version' })),
      says: 'age reckoned from the creation of v7 on 2026-10-25, every 30d -> due 2026-11-24',
    },
    'a value that keyturn did not make was never rotated by it': {
      world: seen(withoutRotation(observedOf(30))),
      says: 'born 2026-10-25 (v7), every 30d -> due 2026-11-24',
    },
    'an age that is that of the whole path says so': {
      world: seen(observedOf(30, { birthFrom: 'key' })),
      says: 'age reckoned from the creation of the path on 2026-10-25 (v7), every 30d -> due 2026-11-24',
    },
    'a short schedule is told in minutes': {
      world: seen(observedOf(0.5), { schedule: { ...every(0), due: { type: 'every', every: 12 * HOUR } } }),
      says: 'last rotated 2026-11-24T00:00Z (v7), every 12h -> due 2026-11-24T12:00Z',
    },
    'a value whose age cannot be told is not due': { world: seen(ageless), says: undefined },
    'a birth that the journal contradicts does not count': {
      world: {
        ...seen(observedOf(30, { versionCreatedAt: NOW - DAY })),
        journals: { a: journalOf('a', { current: generation('00000000000000cc', 30) }) },
      },
      says: undefined,
    },
    'the journal knows the birth of a generation better than its label': {
      world: { ...seen(observedOf(1)), journals: { a: journalOf('a', { current: generation(ROTATION, 30) }) } },
      says: 'last rotated 2026-10-25 (v7), every 30d -> due 2026-11-24',
    },
  },
  Overdue: {
    'without windows a secret is overdue a day after it was due': {
      world: seen(observedOf(31)),
      says: 'last rotated 2026-10-24 (v7), every 30d -> due 2026-11-23',
    },
    'less than a day after it is not': { world: { ...seen(observedOf(31)), now: NOW - 1 }, says: undefined },
    'with a window it is overdue when the first window after due has closed': {
      world: { ...seen(observedOf(31), { schedule: every(30, { window: NIGHTS }) }), now: at('2026-11-24T05:00:00Z') },
      says: 'last rotated 2026-10-24 (v7), every 30d -> due 2026-11-24',
    },
    'while that window is open it is not': {
      world: { ...seen(observedOf(31), { schedule: every(30, { window: NIGHTS }) }), now: at('2026-11-24T04:59:00Z') },
      says: undefined,
    },
  },
  Forced: {
    'an id that was named is forced': {
      world: { ...seen(observedOf(1)), selection: { forced: [idOf('a')] } },
      says: 'asked for by name',
    },
    'no other is': { world: { ...seen(observedOf(1)), selection: { forced: [idOf('b')] } }, says: undefined },
  },
  SpecChanged: {
    'parts of spec that shape material and differ from the label are said': {
      world: seen(observedOf(1), { spec: { length: 64 } }),
      says: 'spec differs from that of v7; it takes effect at the next rotation',
    },
    'parts that are the same are not': { world: seen(observedOf(1), { spec: { length: 32 } }), says: undefined },
    'a value without a label has no spec to compare': {
      world: seen(observedOf(1, { birthFrom: 'version' }), { spec: { length: 64 } }),
      says: undefined,
    },
  },
  ConsumerDrifted: {
    'a consumer without the generation that keyturn promoted has drifted': {
      world: seen(observedOf(1, drifted)),
      says: `the pod template of Deployment apps/web does not carry generation ${ROTATION}`,
    },
    'who set the annotation last is named': {
      world: seen(observedOf(1, { driftedConsumers: [{ workload: consumer('web'), manager: 'helm' }] })),
      says: `the pod template of Deployment apps/web (last set by helm) does not carry generation ${ROTATION}`,
    },
    'a value that keyturn did not promote cannot be missing from a template': {
      world: seen(withoutRotation(observedOf(1, drifted))),
      says: undefined,
    },
    'an open change is on its way to put the generation there': {
      world: { ...seen(observedOf(1, drifted)), journals: { a: journalOf('a', { open: openOf('a') }) } },
      says: undefined,
    },
    'consumers are left alone where a foreign version is live': {
      world: seen(observedOf(1, { ...drifted, changedOutside: label })),
      says: undefined,
    },
    'consumers are left alone where the journal does not know the generation': {
      world: { ...seen(observedOf(1, drifted)), journals: { a: journalOf('a') } },
      says: undefined,
    },
  },
  ConsumerMissing: {
    'a workload that does not exist is named': {
      world: seen(observedOf(1, { missingConsumers: [consumer('web')] })),
      says: 'Deployment apps/web does not exist',
    },
    'several are named together': {
      world: seen(observedOf(1, { missingConsumers: [consumer('web'), consumer('api')] })),
      says: 'Deployment apps/web, Deployment apps/api do not exist',
    },
    'none is missing': { world: seen(observedOf(1)), says: undefined },
  },
  ChangedOutside: {
    'a version that keyturn did not write is said with its time': {
      world: seen(observedOf(1, { changedOutside: label })),
      says: "v7 of 2026-11-23T12:00Z is not keyturn's, which wrote v6",
    },
    'a label that names another generation than the journal is not believed': {
      world: {
        ...seen(observedOf(1)),
        journals: { a: journalOf('a', { current: generation('00000000000000cc', 1) }) },
      },
      says: `secret/a: the label names generation ${ROTATION}, the journal knows 00000000000000cc`,
    },
    'a label of a secret whose journal knows no generation is not believed': {
      world: { ...seen(observedOf(1)), journals: { a: journalOf('a') } },
      says: `secret/a: the label names generation ${ROTATION}, the journal knows none`,
    },
    'an open journal explains its own version': {
      world: {
        ...seen(observedOf(1, { changedOutside: label })),
        journals: { a: journalOf('a', { open: openOf('a') }) },
      },
      says: undefined,
    },
    'an open journal under the former id explains it too': {
      world: {
        ...seen(observedOf(1, { changedOutside: label }), { movedFrom: idOf('old') }),
        journals: { old: journalOf('old', { open: openOf('old') }) },
      },
      says: undefined,
    },
    'a journal that agrees says nothing': {
      world: { ...seen(observedOf(1)), journals: { a: journalOf('a', { current: generation(ROTATION, 1) }) } },
      says: undefined,
    },
    'a label on which a journal was not asked is believed': { world: seen(observedOf(1)), says: undefined },
  },
  Interrupted: {
    'a journal that holds a change says how far it is and who has the lease': {
      world: {
        ...seen(observedOf(1)),
        journals: { a: journalOf('a', { open: openOf('a', { records: [done('promote')] }), lease }) },
      },
      says: 'rotate 00000000000000bb, claimed 2026-11-24T10:00:00.000Z, has 1 of 2 steps done; run r1 (alice@laptop) has the lease',
    },
    'a change on its way back says why': {
      world: {
        ...seen(observedOf(1)),
        journals: {
          a: journalOf('a', {
            open: openOf('a', { turn: 1, turnReason: 'verify: refused', records: [done('promote')] }),
          }),
        },
      },
      says: 'rotate 00000000000000bb, claimed 2026-11-24T10:00:00.000Z, is on its way back (verify: refused), 0 of 1 steps done',
    },
    'a change that ended and was not tidied is still interrupted': {
      world: { ...seen(observedOf(1)), journals: { a: journalOf('a', { open: openOf('a', { outcome: 'rotated' }) }) } },
      says: 'rotate 00000000000000bb, claimed 2026-11-24T10:00:00.000Z, is rotated and not tidied',
    },
    'a settled journal is not': { world: { ...seen(observedOf(1)), journals: { a: journalOf('a') } }, says: undefined },
  },
  Orphaned: {
    'a marker without a policy is orphaned': {
      world: { policies: [], markers: [{ id: 'gone', rotation: ROTATION }] },
      says: `open ${ROTATION}, and no policy has this id`,
    },
    'a marker with a policy is not': {
      world: { ...seen(observedOf(1)), markers: [{ id: 'a', rotation: ROTATION }] },
      says: undefined,
    },
  },
  Moved: {
    'a policy whose journal lies under its former id has moved': {
      world: { ...seen(observedOf(1), { movedFrom: idOf('old') }), journals: { old: journalOf('old') } },
      says: 'known as old until now',
    },
    'a policy with a journal of its own has moved long ago': {
      world: {
        ...seen(observedOf(1), { movedFrom: idOf('old') }),
        journals: { old: journalOf('old'), a: journalOf('a') },
      },
      says: undefined,
    },
    'another live place than that of the journal is said': {
      world: { ...seen(ABSENT), journals: { a: journalOf('a', { live: { path: 'secret/b', field: 'key' } }) } },
      says: 'was at secret/b (field key), whose value stays',
    },
    'another kind than that of the journal is said': {
      world: { ...seen(observedOf(1)), journals: { a: journalOf('a', { kind: 'other' }) } },
      says: 'was of kind other; the value at secret/a stays',
    },
  },
};

describe('[U] planner: checks', () => {
  for (const [reason, table] of Object.entries(TABLES)) {
    describe(reason, () => {
      for (const [sentence, { world, says }] of Object.entries(table)) {
        it(sentence, () => expect(evidence(reason, world)).to.equal(says));
      }
    });
  }

  it('every check has a table', () => {
    expect(CHECKS.map(({ reason }) => reason)).to.have.members(Object.keys(TABLES));
  });

  it('a finding names the place of its policy', () => {
    const [subject] = gather(inputOf(seen(ABSENT)));
    expect(subject && evaluate(subject, NOW)[0]?.source?.file).to.equal('policies/a.yaml');
  });
});
