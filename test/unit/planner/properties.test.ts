import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Journal } from '../../../src/domain/journal.js';
import type { Observation } from '../../../src/domain/observation.js';
import type { Change, Plan } from '../../../src/domain/plan.js';
import type { Policy, Schedule } from '../../../src/domain/policy.js';
import { isoOf } from '../../../src/domain/time.js';
import { commonPart } from '../../../src/planner/approval.js';
import type { JournalRead, PlanInput } from '../../../src/planner/input.js';
import { journalsNeeded } from '../../../src/planner/needs.js';
import { makePlan } from '../../../src/planner/plan.js';
import {
  changeOf,
  consumer,
  DAY,
  doneRecord,
  every,
  fakeRotator,
  faultOf,
  generation,
  idOf,
  inputOf,
  journalOf,
  LEASE,
  NIGHTS,
  NOW,
  openOf,
  policyOf,
  ROTATION,
  sha256,
} from './support.js';

const IDS = ['a', 'b', 'c', 'd/e', 'd/f', 'g', 'h', 'i'];
const anyId = fc.constantFrom(...IDS);
const some = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> => fc.array(of, { maxLength: 3 });
const instant = fc.integer({ min: NOW - 400 * DAY, max: NOW + 400 * DAY });
const workload = fc.constantFrom(consumer('web'), consumer('api'), consumer('db'));
const rotation = fc.constantFrom(ROTATION, '00000000000000bb');

function rarely<T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: of });
}

/** One value per id, or none. */
function perId<T>(of: fc.Arbitrary<T>, freq: number): fc.Arbitrary<{ readonly [id: string]: T }> {
  return fc
    .tuple(...IDS.map((id) => fc.option(of, { freq }).map((value) => [id, value] as const)))
    .map((all) => Object.fromEntries(all.flatMap(([id, value]) => (value === null ? [] : [[id, value]]))));
}

/** In circles or not: dependencies name any id, or only those further down the list. */
function policies(circles: boolean): fc.Arbitrary<readonly Policy[]> {
  const one = fc.record({
    kind: fc.oneof({ weight: 19, arbitrary: fc.constant('fake') }, { weight: 1, arbitrary: fc.constant('unheard-of') }),
    schedule: fc.constantFrom(every(1), every(30, { window: NIGHTS, warnBefore: DAY, jitter: DAY }), undefined),
    dependsOn: some(anyId),
    suspend: rarely(fc.record({ until: instant, reason: fc.string() })),
    movedFrom: rarely(anyId),
    path: fc.option(fc.constantFrom('secret/x', 'secret/y')),
    consumers: some(workload),
    spec: fc.constantFrom({}, {}, {}, { length: 64 }, { noSteps: true }),
  });
  return perId(one, 9).map((all) =>
    Object.entries(all).map(([id, { schedule, suspend, movedFrom, path, dependsOn, ...more }]) => ({
      ...withSchedule(policyOf(id, more), schedule),
      ...(suspend === null ? {} : { suspend }),
      ...(movedFrom === null ? {} : { movedFrom: idOf(movedFrom) }),
      ...(path === null ? {} : { vault: { path, field: 'key' } }),
      dependsOn: dependsOn.filter((other) => circles || other > id).map(idOf),
    })),
  );
}

function withSchedule({ schedule: _default, ...policy }: Policy, schedule: Schedule | undefined): Policy {
  return schedule === undefined ? policy : { ...policy, schedule };
}

const unobserved = fc.record({
  state: fc.constant('unobserved' as const),
  faults: some(fc.constantFrom(faultOf('timeout'), faultOf('denied'))),
});
const observed = fc.record(
  {
    state: fc.constant('observed' as const),
    present: fc.boolean(),
    version: fc.nat(9),
    versionCreatedAt: instant,
    birth: instant,
    birthFrom: fc.constantFrom('label' as const, 'version' as const, 'key' as const),
    rotation,
    specHash: fc.constantFrom('0123456789ab', 'ffffffffffff'),
    changedOutside: fc.record({ version: fc.nat(9), at: instant, labelVersion: fc.nat(9) }),
    driftedConsumers: some(fc.record({ workload })),
    missingConsumers: fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some(workload) }),
  },
  { requiredKeys: ['state', 'present', 'version', 'driftedConsumers', 'missingConsumers'] },
);
const observation: fc.Arbitrary<Observation> = fc.oneof(
  { weight: 1, arbitrary: unobserved },
  { weight: 9, arbitrary: observed },
);

const held = fc.record({
  attempts: fc.nat(9),
  since: fc.string(),
  until: fc.oneof(fc.string(), instant.map(isoOf)),
  reason: fc.string(),
});
const records = some(
  fc
    .record({
      name: fc.constantFrom('promote', 'verify', 'unpromote', 'unknown'),
      turn: fc.nat(3),
      state: fc.constantFrom('intended', 'done', 'absent', 'refused', 'failed'),
    })
    .map(({ name, turn, state }) => doneRecord(name, { turn, state: state as 'done' })),
);

const openChange = fc
  .record({
    id: anyId,
    turn: fc.nat(3),
    records,
    rotation,
    outcome: fc.constantFrom(undefined, undefined, 'rotated', 'undone'),
    resources: some(fc.constantFrom('kv:secret/x', 'workload:Deployment/apps/web')),
  })
  .map(({ id, outcome, resources, ...more }) =>
    openOf(id, {
      ...more,
      change: changeOf(id, { resources }),
      ...(outcome === undefined ? {} : { outcome: outcome as 'rotated' }),
    }),
  );

const journal: fc.Arbitrary<Journal> = fc
  .record({
    id: anyId,
    kind: fc.constantFrom('fake', 'other'),
    lease: fc.constantFrom(null, LEASE),
    current: fc.option(fc.tuple(rotation, fc.nat(99)).map(([name, days]) => generation(name, days))),
    open: fc.option(openChange, { freq: 2 }),
    held: fc.option(held),
  })
  .map(({ id, ...more }) => journalOf(id, more));

const journalRead: fc.Arbitrary<JournalRead> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ fault: faultOf('timeout') }) },
  { weight: 5, arbitrary: fc.record({ version: fc.nat(9), journal: fc.option(journal) }) },
);

function inputs(circles: boolean): fc.Arbitrary<PlanInput> {
  return fc
    .record({
      policies: policies(circles),
      observations: perId(observation, 9),
      journals: perId(journalRead, 2),
      markers: some(fc.record({ id: fc.oneof(anyId, fc.constant('gone')), rotation })),
      limits: fc.record({
        maxChanges: fc.nat(9),
        maxShare: fc.double({ min: 0, max: 1, noNaN: true }),
        overLimit: fc.constantFrom('refuse', 'take'),
      }),
      selection: fc.record({
        targets: fc.constantFrom([], [], [], ['**'], ['*', 'd/e'], ['a', 'b', 'c']),
        excludes: fc.constantFrom([], [], [], ['d/*']),
        forced: some(anyId),
        recover: fc.constantFrom([], [], ['a']),
        ignoreWindow: fc.boolean(),
        overLimit: fc.boolean(),
      }),
      now: instant,
    })
    .map(({ limits, selection, ...world }) => {
      const { forced, recover, ...rest } = selection;
      return inputOf({
        ...world,
        limits: { ...limits, overLimit: limits.overLimit },
        selection: { ...rest, forced: forced.map(idOf), recover: recover.map(idOf) },
      });
    });
}

const planOf = (input: PlanInput): Plan => makePlan(input).plan;
const idsOf = ({ changes, notices, upToDate }: Plan): readonly string[] =>
  [...changes, ...notices].map(({ id }) => id).concat(upToDate);

describe('[U] planner: for all that can be observed and journalled', function () {
  // Runs of examples, not waits: slow machines need longer for the same work.
  this.timeout(120_000);

  it('a plan is made, and is plain JSON', () => {
    fc.assert(
      fc.property(inputs(true), (input) => {
        const planned = makePlan(input);
        expect(JSON.parse(JSON.stringify(planned))).to.deep.equal(planned);
        expect(journalsNeeded(input)).to.be.an('array');
      }),
      { numRuns: 300 },
    );
  });

  it('the same plan comes to the byte, in whatever order its parts come', () => {
    fc.assert(
      fc.property(inputs(true), (input) => {
        const { inventory } = input;
        const turned = {
          ...input,
          inventory: { ...inventory, policies: inventory.policies.toReversed() },
          observations: new Map([...input.observations].toReversed()),
          journals: new Map([...input.journals].toReversed()),
          openMarkers: input.openMarkers.toReversed(),
        };
        expect(JSON.stringify(makePlan(turned))).to.equal(JSON.stringify(makePlan(input)));
      }),
    );
  });

  it('every selected secret is in exactly one of changes, notices and up to date', () => {
    fc.assert(
      fc.property(inputs(true), (input) => {
        const { plan, statuses } = makePlan(input);
        expect(idsOf(plan).toSorted()).to.deep.equal(statuses.map(({ id }) => id));
        expect(new Set(idsOf(plan)).size).to.equal(idsOf(plan).length);
      }),
    );
  });

  it('chains come in one piece, are named by their smallest id and hold all that share something', () => {
    fc.assert(fc.property(inputs(true), (input) => expectChains(planOf(input).changes)));
  });

  it('what one depends on comes before it', () => {
    fc.assert(
      fc.property(inputs(false), (input) => {
        const { changes } = planOf(input);
        const place = new Map(changes.map(({ id }, i) => [id, i]));
        for (const { id, dependsOn } of changes)
          for (const other of dependsOn) expect(place.get(other) ?? -1).to.be.lessThan(place.get(id) ?? -1);
      }),
    );
  });

  it('more than maxChanges are never taken, and never go unrefused', () => {
    fc.assert(
      fc.property(inputs(true), (input) => {
        const { limits } = input.inventory.settings;
        const plan = planOf(input);
        const many = plan.changes.filter(({ action }) => action !== 'resume').length > limits.maxChanges;
        if (!input.selection.overLimit && limits.overLimit === 'take') expect(many).to.equal(false);
        const refused = plan.refusals.some(({ code }) => code === 'KT3001');
        expect(refused).to.equal(many && !input.selection.overLimit);
      }),
    );
  });

  it('a plan has all of itself in common with itself', () => {
    fc.assert(
      fc.property(inputs(true), (input) => {
        const plan = planOf(input);
        expect(commonPart(plan, plan, { now: input.now, sha256 })).to.deep.equal({ run: plan.changes, refused: [] });
      }),
    );
  });
});

function expectChains(changes: readonly Change[]): void {
  const seen: string[] = [];
  for (const { chain } of changes) if (seen.at(-1) !== chain) seen.push(chain);
  expect(new Set(seen).size, 'one piece').to.equal(seen.length);
  for (const { id, chain, resources } of changes) {
    const members = changes.filter((other) => other.chain === chain).map((other) => other.id);
    expect(chain, 'name').to.equal(members.toSorted()[0]);
    for (const other of changes)
      if (other.resources.some((resource) => resources.includes(resource)))
        expect(other.chain, `${id} and ${other.id}`).to.equal(chain);
  }
}

describe('[U] planner: a large inventory', () => {
  const size = 10_000;
  const id = (i: number): string => `s${String(i).padStart(5, '0')}`;

  it('is planned with a number of hashes and decisions that grows with it and no faster', function () {
    this.timeout(120_000);
    let hashes = 0;
    let decisions = 0;
    const many = Array.from({ length: size }, (_, i) =>
      policyOf(id(i), {
        consumers: [consumer(`web${i % 100}`), consumer(`web${(i + 1) % 100}`)],
        dependsOn: i === 0 ? [] : [idOf(id(i - 1))],
      }),
    );
    const input = inputOf({ policies: many, limits: { maxChanges: size }, now: NOW + 90 * DAY });
    const { plan } = makePlan({
      ...input,
      sha256: (text) => ((hashes += 1), sha256(text)),
      rotators: new Map([
        ['fake', { ...fakeRotator, decide: (...all) => ((decisions += 1), fakeRotator.decide(...all)) }],
      ]),
    });
    expect(plan.changes.map((change) => change.id)).to.deep.equal(many.map((policy) => policy.id));
    expect(new Set(plan.changes.map(({ chain }) => chain))).to.deep.equal(new Set([id(0)]));
    expect({ hashes, decisions }).to.deep.equal({ hashes: 2 * size + 1, decisions: size });
  });
});
