import { expect } from 'chai';
import type { Limits } from '../../../src/domain/policy.js';
import { refusalsOf } from '../../../src/planner/limits.js';
import { makePlan } from '../../../src/planner/plan.js';
import {
  ABSENT,
  changeOf,
  idOf,
  inputOf,
  journalOf,
  observedOf,
  openOf,
  policyOf,
  saidOf,
  type World,
} from './support.js';

/** Secrets `a0`, `a1`, …: so many overdue (the first one longest), the rest up to date. */
function inventory(
  secrets: number,
  overdue: number,
  limits: Partial<Limits>,
): World & { readonly limits: Partial<Limits> } {
  const ids = Array.from({ length: secrets }, (_, i) => `a${i}`);
  return {
    policies: ids.map((id) => policyOf(id)),
    observations: Object.fromEntries(ids.map((id, i) => [id, observedOf(i < overdue ? 90 - i : 1)])),
    limits,
  };
}

function codes(world: World): readonly string[] {
  return makePlan(inputOf(world)).plan.refusals.map(({ code }) => code);
}

describe('[U] planner: limits', () => {
  const share = { maxShare: 0.5 };

  it('refuse more changes than maxChanges, with the numbers, and the plan is whole', () => {
    const { plan } = makePlan(inputOf(inventory(4, 3, { maxChanges: 2 })));
    expect(plan.refusals.map(({ code, summary }) => ({ code, summary }))).to.deep.equal([
      { code: 'KT3001', summary: '3 changes are more than `maxChanges` 2 allows' },
    ]);
    expect(plan.changes).to.have.length(3);
  });

  it('let as many changes as maxChanges pass', () => {
    expect(codes(inventory(4, 2, { maxChanges: 2 }))).to.deep.equal([]);
  });

  it('refuse a larger share than maxShare, with the numbers', () => {
    const { plan } = makePlan(inputOf(inventory(6, 4, share)));
    expect(plan.refusals.map(({ code, summary }) => ({ code, summary }))).to.deep.equal([
      { code: 'KT3002', summary: '4 of 6 secrets (66.7%) are more than `maxShare` 50% allows' },
    ]);
  });

  it('let a share of exactly maxShare pass', () => {
    expect(codes(inventory(6, 3, share))).to.deep.equal([]);
    expect(codes(inventory(100, 29, { maxShare: 0.29, maxChanges: 100 }))).to.deep.equal([]);
  });

  it('count no share below five secrets', () => {
    expect(codes(inventory(4, 4, share))).to.deep.equal([]);
    expect(codes(inventory(5, 5, share))).to.deep.equal(['KT3002']);
  });

  it('count no creation in the share, but in the number', () => {
    const world = inventory(5, 0, { maxShare: 0, maxChanges: 4 });
    const missing = Object.fromEntries(world.policies.map(({ id }) => [id, ABSENT]));
    expect(codes({ ...world, observations: missing })).to.deep.equal(['KT3001']);
    expect(codes({ ...world, observations: missing, limits: { maxShare: 0 } })).to.deep.equal([]);
  });

  it('count the share of all secrets, whatever is selected', () => {
    expect(codes({ ...inventory(6, 6, share), selection: { targets: ['a0', 'a1'] } })).to.deep.equal([]);
  });

  it('leave claimed work out', () => {
    const world = inventory(5, 0, { maxChanges: 0, maxShare: 0 });
    const open = Object.fromEntries(world.policies.map(({ id }) => [id, journalOf(id, { open: openOf(id) })]));
    const { plan } = makePlan(inputOf({ ...world, journals: open }));
    expect(plan.changes.map(({ action }) => action)).to.deep.equal(Array.from({ length: 5 }, () => 'resume'));
    expect(plan.refusals).to.deep.equal([]);
  });

  it('are lifted by --over-limit', () => {
    expect(codes({ ...inventory(6, 6, { maxChanges: 1, maxShare: 0 }), selection: { overLimit: true } })).to.deep.equal(
      [],
    );
  });

  it('can be asked of any list of changes', () => {
    const input = inputOf(inventory(6, 0, { maxChanges: 1 }));
    const two = [changeOf('a0'), changeOf('a1')];
    expect(refusalsOf(two, input.inventory, false).map(({ code }) => code)).to.deep.equal(['KT3001']);
    expect(refusalsOf(two, input.inventory, true)).to.deep.equal([]);
  });
});

describe('[U] planner: overLimit: take', () => {
  const take = { maxChanges: 2, overLimit: 'take' } as const;

  it('keeps the most overdue and names the rest', () => {
    const { plan } = makePlan(inputOf(inventory(5, 4, take)));
    expect(plan.changes.map(({ id }) => id)).to.deep.equal(['a0', 'a1']);
    expect(plan.notices.map(({ id, state, deferredBy }) => `${id} ${state} ${deferredBy ?? ''}`)).to.deep.equal([
      'a2 deferred limit',
      'a3 deferred limit',
    ]);
    expect(plan.refusals).to.deep.equal([]);
  });

  it('takes what a change depends on before the change itself', () => {
    const world = inventory(4, 4, take);
    const policies = world.policies.map((policy) =>
      policy.id === 'a0' ? { ...policy, dependsOn: [idOf('a3')] } : policy,
    );
    expect(saidOf({ ...world, policies })).to.deep.equal({
      a0: 'rotate',
      a3: 'rotate',
      a1: 'deferred',
      a2: 'deferred',
    });
  });

  it('still takes claimed work besides', () => {
    const world = inventory(4, 3, take);
    const said = saidOf({ ...world, journals: { a3: journalOf('a3', { open: openOf('a3') }) } });
    expect(said).to.deep.equal({ a3: 'resume', a0: 'rotate', a1: 'rotate', a2: 'deferred' });
  });

  it('takes all with --over-limit', () => {
    const { plan } = makePlan(inputOf({ ...inventory(5, 4, take), selection: { overLimit: true } }));
    expect(plan.changes).to.have.length(4);
  });

  it('is still refused by maxShare', () => {
    expect(codes(inventory(6, 6, { ...take, maxShare: 0.1 }))).to.deep.equal(['KT3002']);
  });
});
