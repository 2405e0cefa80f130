import { expect } from 'chai';
import type { Generation } from '../../../src/domain/journal.js';
import type { Observation } from '../../../src/domain/observation.js';
import type { Plan } from '../../../src/domain/plan.js';
import type { Policy } from '../../../src/domain/policy.js';
import { makePlan } from '../../../src/planner/plan.js';
import {
  ABSENT,
  changeOf,
  consumer,
  every,
  faultOf,
  fakeRotator,
  generation,
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
  sha256,
  type World,
} from './support.js';

function planOf(world: World): Plan {
  return makePlan(inputOf(world)).plan;
}

/** Policies that are due for so many days, in the order given. */
function dueFor(days: { readonly [id: string]: number }, more: { readonly [id: string]: Partial<Policy> } = {}): World {
  const policies = Object.keys(days).map((id) => policyOf(id, more[id]));
  const observations = Object.fromEntries(
    Object.entries(days).map(([id, overdue]): [string, Observation] => [id, observedOf(30 + overdue)]),
  );
  return { policies, observations };
}

function order(world: World): readonly string[] {
  return planOf(world).changes.map(({ id }) => id);
}

function chains(world: World): { readonly [id: string]: string } {
  return Object.fromEntries(planOf(world).changes.map(({ id, chain }) => [id, chain]));
}

const onWeb = { consumers: [consumer('web')] };

describe('[U] planner: order', () => {
  it('puts the most overdue first, and equals by id', () => {
    expect(order(dueFor({ a: 1, c: 9, b: 9 }))).to.deep.equal(['b', 'c', 'a']);
  });

  it('puts claimed work first, then what is missing, then what was asked for, and restarts alone last', () => {
    const world = dueFor({ a: -29, b: 90, c: 1, d: 1, e: 1 });
    const drifted = observedOf(1, { driftedConsumers: [{ workload: consumer('web') }] });
    expect(
      order({
        ...world,
        observations: { ...world.observations, a: drifted, c: ABSENT },
        journals: { e: journalOf('e', { open: openOf('e') }) },
        selection: { forced: [idOf('d')] },
      }),
    ).to.deep.equal(['e', 'c', 'd', 'b', 'a']);
  });

  it('puts what one depends on before it, however overdue it is', () => {
    expect(order(dueFor({ a: 9, b: 5, c: 1 }, { a: { dependsOn: [idOf('c')] } }))).to.deep.equal(['c', 'a', 'b']);
  });

  it('keeps a chain in one piece, led by its most overdue member', () => {
    expect(order(dueFor({ a: 1, b: 5, c: 9, d: 3 }, { a: onWeb, c: onWeb }))).to.deep.equal(['c', 'a', 'b', 'd']);
  });

  it('puts the chain of a dependency first', () => {
    const world = dueFor(
      { a: 9, b: 8, c: 1, d: 2 },
      {
        a: { ...onWeb, dependsOn: [idOf('c')] },
        b: onWeb,
        c: { consumers: [consumer('db')] },
        d: { consumers: [consumer('db')] },
      },
    );
    expect(order(world)).to.deep.equal(['d', 'c', 'a', 'b']);
  });

  it('makes one chain of two that depend on each other both ways', () => {
    const world = dueFor(
      { a: 9, b: 8, c: 1, d: 2 },
      {
        a: onWeb,
        b: { ...onWeb, dependsOn: [idOf('c')] },
        c: { consumers: [consumer('db')] },
        d: { consumers: [consumer('db')], dependsOn: [idOf('a')] },
      },
    );
    expect(chains(world)).to.deep.equal({ a: 'a', b: 'a', c: 'a', d: 'a' });
    const ids = order(world);
    expect(ids.indexOf('c')).to.be.lessThan(ids.indexOf('b'));
    expect(ids.indexOf('a')).to.be.lessThan(ids.indexOf('d'));
  });
});

describe('[U] planner: chains', () => {
  it('are changes that share a live path, a copy or a workload, also through others', () => {
    const copy = { namespace: 'apps', name: 'env', key: 'K' };
    const world = dueFor(
      { d: 1, c: 1, b: 1, a: 1, e: 1 },
      {
        d: { vault: { path: 'secret/shared', field: 'x' } },
        c: { vault: { path: 'secret/shared', field: 'y' }, publish: [copy] },
        b: { publish: [{ ...copy, key: 'L' }], ...onWeb },
        a: onWeb,
      },
    );
    expect(chains(world)).to.deep.equal({ a: 'a', b: 'a', c: 'a', d: 'a', e: 'e' });
  });

  it('are not made by a resource of the same name elsewhere', () => {
    const copy = { namespace: 'apps', name: 'web', key: 'K' };
    const world = dueFor(
      { a: 1, b: 1, c: 1 },
      { a: onWeb, b: { publish: [copy] }, c: { publish: [{ ...copy, namespace: 'other' }] } },
    );
    expect(chains(world)).to.deep.equal({ a: 'a', b: 'b', c: 'c' });
  });

  it('name what is shared', () => {
    const [change] = planOf(
      dueFor({ a: 1 }, { a: { ...onWeb, publish: [{ namespace: 'apps', name: 'env', key: 'K' }] } }),
    ).changes;
    expect(change?.resources).to.deep.equal(['kv:secret/a', 'secret:apps/env', 'workload:Deployment/apps/web']);
  });

  it('take claimed work in, by the resources that its journal holds', () => {
    const open = openOf('a', { change: changeOf('a', { resources: ['kv:secret/b'] }) });
    expect(chains({ ...dueFor({ a: -29, b: 1 }), journals: { a: journalOf('a', { open }) } })).to.deep.equal({
      a: 'a',
      b: 'a',
    });
  });
});

describe('[U] planner: dependencies', () => {
  const after = { b: { dependsOn: [idOf('a')] }, c: { dependsOn: [idOf('b')] } };
  const unseen: Observation = { state: 'unobserved', faults: [faultOf('timeout')] };

  it('wait for one that is blocked, and so does what waits for them', () => {
    const world = dueFor({ a: 1, b: 1, c: 1 }, after);
    const blocked = observedOf(31, { missingConsumers: [consumer('web')] });
    const plan = planOf({ ...world, observations: { ...world.observations, a: blocked } });
    expect(plan.changes).to.deep.equal([]);
    expect(plan.notices.map(({ id, state, reason }) => ({ id, state, reason })).slice(1)).to.deep.equal([
      { id: 'b', state: 'deferred', reason: 'waits for a, which is blocked' },
      { id: 'c', state: 'deferred', reason: 'waits for b, which is deferred' },
    ]);
    expect(plan.notices[1]?.deferredBy).to.equal('dependency');
  });

  it('wait for one that waits for its window', () => {
    const world = dueFor({ a: 1, b: 1 }, { ...after, a: { schedule: every(30, { window: NIGHTS }) } });
    expect(saidOf(world)).to.deep.equal({ a: 'deferred', b: 'deferred' });
  });

  it('wait for one that could not be observed', () => {
    expect(saidOf({ ...dueFor({ a: 1, b: 1 }, after), observations: { a: unseen, b: observedOf(31) } })).to.deep.equal({
      a: 'unobserved',
      b: 'deferred',
    });
  });

  it('do not wait for one that is up to date or that a person suspended', () => {
    expect(saidOf(dueFor({ a: -1, b: 1 }, after))).to.deep.equal({ a: 'up to date', b: 'rotate' });
    const suspended = { ...after, a: { suspend: { reason: 'outage' } } };
    expect(saidOf(dueFor({ a: 1, b: 1 }, suspended))).to.deep.equal({ a: 'suspended', b: 'rotate' });
  });

  it('outside the selection count only while a journal holds them', () => {
    const world = { ...dueFor({ a: 1, b: 1 }, after), selection: { targets: ['b'] } };
    expect(saidOf(world)).to.deep.equal({ b: 'rotate' });
    const claimed = { ...world, journals: { a: journalOf('a', { open: openOf('a') }) } };
    expect(saidOf(claimed)).to.deep.equal({ b: 'deferred' });
  });

  it('do not keep claimed work', () => {
    const world = { ...dueFor({ a: 1, b: 1 }, after), journals: { b: journalOf('b', { open: openOf('b') }) } };
    expect(saidOf({ ...world, observations: { a: unseen, b: observedOf(1) } })).to.include({ b: 'resume' });
  });
});

describe('[U] planner: claimed work', () => {
  const open = openOf('a', { change: changeOf('a', { dependsOn: ['z'] }) });

  it('has the steps, the way back and the bindings of its journal, word for word', () => {
    const [change] = planOf({ ...dueFor({ a: 9 }, { a: onWeb }), journals: { a: journalOf('a', { open }) } }).changes;
    const { source, ...rest } = change ?? changeOf('none');
    expect(rest).to.deep.equal({ ...open.change, findings: rest.findings, action: 'resume' });
    expect(rest.findings.map(({ reason }) => reason)).to.deep.equal(['Interrupted', 'Overdue']);
    expect(source?.file).to.equal('policies/a.yaml');
  });

  it('without a policy is orphaned and finished all the same, without a source', () => {
    const plan = planOf({
      policies: [],
      markers: [{ id: 'gone', rotation: ROTATION }],
      journals: { gone: journalOf('gone', { open: openOf('gone') }) },
    });
    const [change] = plan.changes;
    expect(change).to.include({ id: 'gone', action: 'resume' }).and.not.to.have.property('source');
    expect(change?.findings.map(({ reason }) => reason)).to.deep.equal(['Interrupted', 'Orphaned']);
    expect(plan.complete).to.equal(true);
  });

  it('of which only a marker is left is said and is no change', () => {
    const world = {
      policies: [],
      markers: [{ id: 'gone', rotation: ROTATION }],
      journals: { gone: journalOf('gone') },
    };
    expect(saidOf(world)).to.deep.equal({ gone: 'warning' });
  });

  it('whose journal cannot be read makes the plan incomplete', () => {
    const plan = planOf({
      policies: [],
      markers: [{ id: 'gone', rotation: ROTATION }],
      journals: { gone: { fault: faultOf('denied') } },
    });
    expect(plan.notices[0]).to.include({ state: 'unobserved', fault: 'denied', kind: 'unknown' });
    expect(plan.complete).to.equal(false);
  });
});

describe('[U] planner: the plan', () => {
  it('binds the policy, the journal and the live version with its time', () => {
    const journals = { a: journalOf('a', { current: null }) };
    const unlabelled = { a: observedOf(31, { birthFrom: 'version' }) };
    const [change] = planOf({ ...dueFor({ a: 1 }), observations: unlabelled, journals }).changes;
    expect(change?.bindings).to.deep.include({
      journalVersion: 4,
      liveVersion: 7,
      liveCreatedTime: '2026-10-24T12:00:00.000Z',
    });
    expect(change?.bindings.policyHash).to.match(/^[0-9a-f]{64}$/);
  });

  it('binds nothing that is only prose', () => {
    const hash = (more: Partial<Policy>) => planOf(dueFor({ a: 1 }, { a: more })).changes[0]?.bindings.policyHash;
    expect(hash({ description: 'other', owner: 'me', labels: { x: 'y' } })).to.equal(hash({}));
    expect(hash({ grace: 1 })).not.to.equal(hash({}));
  });

  it('knows the generation before, for the way back', () => {
    const before = (observation: Observation) =>
      planOf({ policies: [policyOf('a')], observations: { a: observation } }).changes[0]?.before;
    expect(before(observedOf(30))).to.deep.equal({ birth: '2026-10-25T12:00:00.000Z', rotation: ROTATION });
    expect(before(ABSENT)).to.equal(null);
  });

  it('is valid for as long as the settings say', () => {
    const { at, validUntil } = planOf({ policies: [], limits: { planValidFor: 3_600_000 } });
    expect([at, validUntil]).to.deep.equal(['2026-11-24T12:00:00.000Z', '2026-11-24T13:00:00.000Z']);
  });

  it('says nothing of what was not selected', () => {
    const world = { ...dueFor({ 'a/x': 1, 'a/y': 1, b: 1 }), selection: { targets: ['a/*'], excludes: ['a/y'] } };
    expect(saidOf(world)).to.deep.equal({ 'a/x': 'rotate' });
    expect(makePlan(inputOf(world)).statuses.map(({ id }) => id)).to.deep.equal(['a/x']);
  });

  it('asks the rotator for the steps and for nothing else', () => {
    const input = inputOf(dueFor({ a: 1 }));
    const asked: string[] = [];
    const rotator = {
      ...fakeRotator,
      decide: (...args: Parameters<typeof fakeRotator.decide>) => {
        asked.push(`${args[2]}: ${args[3].map(({ reason }) => reason).join(' ')}`);
        return fakeRotator.decide(...args);
      },
    };
    makePlan({ ...input, rotators: new Map([['fake', rotator]]) });
    expect(asked).to.deep.equal(['rotate: Overdue']);
  });

  it('takes the journal of the former id for its own until there is one', () => {
    const labelled = { a: observedOf(31, { versionCreatedAt: NOW }) };
    const world = { ...dueFor({ a: 1 }, { a: { movedFrom: idOf('old') } }), observations: labelled };
    const old = (current: Generation | null) => ({
      ...world,
      journals: { a: { version: 0, journal: null }, old: journalOf('old', { current }) },
    });
    expect(saidOf(old(generation(ROTATION, 31)))).to.deep.equal({ a: 'rotate' });
    expect(saidOf(old(null))).to.deep.equal({ a: 'drift' });
  });

  it('counts a digest that is the hash of its work', () => {
    expect(planOf({ policies: [] }).digest).to.equal(
      sha256('{"changes":[],"format":"keyturn.dev/plan/v1","inventory":"test"}'),
    );
  });
});
