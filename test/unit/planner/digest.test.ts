import { expect } from 'chai';
import type { Change } from '../../../src/domain/plan.js';
import { digestOf } from '../../../src/planner/digest.js';
import { changeOf, sha256 } from './support.js';

function digest(changes: readonly Change[], inventory = 'test'): string {
  return digestOf({ format: 'keyturn.dev/plan/v1', inventory, changes }, sha256);
}

const [a, b] = [changeOf('a'), changeOf('b')];

describe('[U] planner: digest', () => {
  it('does not depend on the order of changes', () => {
    expect(digest([a, b])).to.equal(digest([b, a]));
  });

  const covered: { readonly [what: string]: Change } = {
    'the id': { ...a, id: 'c' },
    'the action': { ...a, action: 'create' },
    'the steps': { ...a, steps: a.steps.slice(1) },
    'the order of steps': { ...a, steps: a.steps.toReversed() },
    'the settings of a step': { ...a, steps: a.steps.map((step) => ({ ...step, params: { other: true } })) },
    'the pivot': { ...a, steps: a.steps.map(({ pivot: _pivot, ...step }) => step) },
    'the way back': { ...a, undo: [] },
    'the policy': { ...a, bindings: { ...a.bindings, policyHash: 'other' } },
    'the version of the journal': { ...a, bindings: { ...a.bindings, journalVersion: 4 } },
    'the live version': { ...a, bindings: { ...a.bindings, liveVersion: 7 } },
    'the time of the live version': { ...a, bindings: { ...a.bindings, liveCreatedTime: '2026-11-24T11:00:00.000Z' } },
  };
  for (const [what, other] of Object.entries(covered)) {
    it(`covers ${what}`, () => expect(digest([other, b])).not.to.equal(digest([a, b])));
  }

  const uncovered: { readonly [what: string]: Change } = {
    findings: { ...a, findings: [{ reason: 'Due', evidence: '4 days ago' }] },
    'the notes of steps': { ...a, steps: a.steps.map((step) => ({ ...step, note: 'remark' })) },
    'the chain': { ...a, chain: 'b' },
    'the place of the policy': { ...a, source: { file: 'x', line: 1, column: 1, endLine: 1, endColumn: 1 } },
  };
  for (const [what, other] of Object.entries(uncovered)) {
    it(`does not cover ${what}`, () => expect(digest([other, b])).to.equal(digest([a, b])));
  }

  it('covers the inventory: what is approved for one is not for another', () => {
    expect(digest([a], 'staging')).not.to.equal(digest([a], 'production'));
  });

  it('counts the same change twice as twice', () => {
    expect(digest([a, a])).not.to.equal(digest([a]));
  });
});
