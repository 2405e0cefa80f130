import { expect } from 'chai';
import type { Change, Plan } from '../../../src/domain/plan.js';
import { isoOf } from '../../../src/domain/time.js';
import { commonPart } from '../../../src/planner/approval.js';
import { digestOf } from '../../../src/planner/digest.js';
import { makePlan } from '../../../src/planner/plan.js';
import { changeOf, HOUR, inputOf, NOW, observedOf, openOf, journalOf, policyOf, sha256 } from './support.js';

function planOf(changes: readonly Change[], more: Partial<Plan> = {}): Plan {
  const plan = {
    format: 'keyturn.dev/plan/v1',
    inventory: 'test',
    at: isoOf(NOW),
    validUntil: isoOf(NOW + HOUR),
    revision: null,
    changes,
    notices: [],
    upToDate: [],
    refusals: [],
    complete: true,
    digest: '',
    ...more,
  } as const;
  return { ...plan, digest: more.digest ?? digestOf(plan, sha256) };
}

function bound(change: Change, more: Partial<Change['bindings']>): Change {
  return { ...change, bindings: { ...change.bindings, ...more } };
}

/** `a stale: the policy changed`, one line per refused change. */
function refusals(
  approved: Plan,
  fresh: Plan,
  more: { readonly digest?: string; readonly now?: number } = {},
): readonly string[] {
  const { refused } = commonPart(approved, fresh, { now: NOW, sha256, ...more });
  return refused.map(({ id, why, text }) => `${id} ${why}: ${text}`);
}

function ran(approved: Plan, fresh: Plan): readonly string[] {
  return commonPart(approved, fresh, { now: NOW, sha256 }).run.map(({ id, action }) => `${action} ${id}`);
}

const [a, b] = [changeOf('a'), changeOf('b')];

describe('[U] planner: what an approved and a fresh plan have in common', () => {
  it('is everything where nothing changed', () => {
    expect(ran(planOf([a, b]), planOf([b, a]))).to.deep.equal(['rotate b', 'rotate a']);
    expect(refusals(planOf([a, b]), planOf([b, a]))).to.deep.equal([]);
  });

  it('is the fresh plan itself, words and order included, and nothing of the file', () => {
    const reworded = { ...a, findings: [{ reason: 'Due', evidence: 'now' }], chain: 'x' } as const;
    expect(commonPart(planOf([a]), planOf([reworded]), { now: NOW, sha256 }).run[0]).to.equal(reworded);
  });

  it('is not hurt by other words, commits and times', () => {
    const then = planOf([{ ...a, findings: [{ reason: 'Due', evidence: 'x' }] }], {
      revision: { commit: 'c', dirty: true },
    });
    const now = planOf([{ ...a, steps: a.steps.map((step) => ({ ...step, note: 'remark' })) }], { at: isoOf(NOW + 1) });
    expect(ran(then, now)).to.deep.equal(['rotate a']);
    expect(then.digest).to.equal(now.digest);
  });

  const stale: { readonly [fact: string]: Change } = {
    'the policy changed': bound(a, { policyHash: 'other' }),
    'the journal moved from v3 to v4': bound(a, { journalVersion: 4 }),
    'the live path moved from v6 to v7': bound(a, { liveVersion: 7, liveCreatedTime: '2026-11-24T11:00:00.000Z' }),
    'v6 of the live path is another one': bound(a, { liveCreatedTime: '2026-11-24T11:00:00.000Z' }),
    'rotate has become create': { ...a, action: 'create' },
    'its steps are others': { ...a, steps: a.steps.slice(1) },
    'its steps have other settings': { ...a, steps: a.steps.map((step) => ({ ...step, params: { other: 1 } })) },
    'the policy changed, the journal moved from v3 to v9': bound(a, { policyHash: 'other', journalVersion: 9 }),
  };
  for (const [fact, fresh] of Object.entries(stale)) {
    it(`leaves a stale change out and says that ${fact}`, () => {
      expect(refusals(planOf([a, b]), planOf([fresh, b]))).to.deep.equal([`a stale: ${fact}`]);
      expect(ran(planOf([a, b]), planOf([fresh, b]))).to.deep.equal(['rotate b']);
    });
  }

  it('leaves out a change whose way back differs', () => {
    expect(refusals(planOf([a]), planOf([{ ...a, undo: [] }]))).to.deep.equal(['a stale: its way back is another one']);
  });

  it('names what the fresh plan would do and nobody approved', () => {
    expect(refusals(planOf([a]), planOf([a, b]))).to.deep.equal(['b notApproved: rotate is not in the approved plan']);
  });

  it('names what is done, held back or gone, each for itself', () => {
    const notice = { id: 'b', kind: 'fake', findings: [], state: 'held', reason: 'attempt 1 failed' } as const;
    const fresh = planOf([], { upToDate: ['a'], notices: [notice] });
    expect(refusals(planOf([a, b, changeOf('c')]), fresh)).to.deep.equal([
      'a done: nothing is left to do',
      'b notNow: held: attempt 1 failed',
      'c gone: the fresh plan does not look at it',
    ]);
  });

  it('counts what is only announced for its next time as done', () => {
    const notice = { id: 'a', kind: 'fake', findings: [], state: 'warning', reason: 'due soon' } as const;
    expect(refusals(planOf([a]), planOf([], { notices: [notice] }))).to.deep.equal(['a done: warning: due soon']);
  });

  it('does not count what somebody else changed since as done', () => {
    const notice = { id: 'a', kind: 'fake', findings: [], state: 'drift', reason: 'another value is live' } as const;
    expect(refusals(planOf([a]), planOf([], { notices: [notice] }))).to.deep.equal([
      'a notNow: drift: another value is live',
    ]);
  });

  it('leaves out what depends on a change that does not run', () => {
    const c = changeOf('c', { dependsOn: ['b'] });
    const d = changeOf('d', { dependsOn: ['c'] });
    expect(refusals(planOf([c, d]), planOf([b, c, d]))).to.deep.equal([
      'b notApproved: rotate is not in the approved plan',
      'c dependency: depends on b, which does not run',
      'd dependency: depends on c, which does not run',
    ]);
  });

  it('lets the very change that was approved continue from its journal', () => {
    expect(ran(planOf([a]), planOf([{ ...a, action: 'resume' }]))).to.deep.equal(['resume a']);
  });

  it('lets no other change continue under the approval', () => {
    expect(refusals(planOf([a]), planOf([{ ...bound(a, { journalVersion: 5 }), action: 'resume' }]))).to.deep.equal([
      'a stale: the journal moved from v3 to v5, rotate has become resume',
    ]);
  });

  it('holds for a change that was planned, claimed and interrupted', () => {
    const world = { policies: [policyOf('a')], observations: { a: observedOf(40) } };
    const { plan: approved } = makePlan(inputOf(world));
    const [change] = approved.changes;
    const open = openOf('a', change === undefined ? {} : { change });
    const { plan: fresh } = makePlan(inputOf({ ...world, journals: { a: journalOf('a', { open }) } }));
    expect(ran(approved, fresh)).to.deep.equal(['resume a']);
  });
});

describe('[U] planner: an approved plan as a whole', () => {
  it('is refused when it was edited', () => {
    const edited = { ...planOf([a]), changes: [{ ...a, steps: [] }] };
    expect(commonPart(edited, planOf([a]), { now: NOW, sha256 }).fault?.code).to.equal('KT3005');
    expect(refusals(edited, planOf([a]))).to.deep.equal([
      'a unusable: the plan file was edited: its digest is not that of its content',
    ]);
  });

  it('is refused when it is not the one that was approved', () => {
    const plan = planOf([a]);
    expect(commonPart(plan, plan, { now: NOW, sha256, digest: 'other' }).fault?.code).to.equal('KT3006');
    expect(commonPart(plan, plan, { now: NOW, sha256, digest: plan.digest }).run).to.have.length(1);
  });

  it('is refused in another inventory', () => {
    const found = commonPart(planOf([a], { inventory: 'staging' }), planOf([a]), { now: NOW, sha256 });
    expect([found.fault?.code, found.run]).to.deep.equal(['KT3004', []]);
  });

  it('is refused once it has expired, and not a millisecond earlier', () => {
    const plan = planOf([a]);
    expect(commonPart(plan, plan, { now: NOW + HOUR, sha256 }).fault?.code).to.equal('KT3007');
    expect(commonPart(plan, plan, { now: NOW + HOUR - 1, sha256 }).run).to.have.length(1);
  });

  it('is refused without a readable end', () => {
    const plan = planOf([a], { validUntil: 'tomorrow' });
    expect(commonPart(plan, plan, { now: NOW, sha256 }).fault?.code).to.equal('KT3007');
  });

  it('names every change of both plans when it is refused', () => {
    const expired = planOf([a], { validUntil: isoOf(NOW) });
    expect(refusals(expired, planOf([b])).map((line) => line.slice(0, 10))).to.deep.equal(['a unusable', 'b unusable']);
  });
});
