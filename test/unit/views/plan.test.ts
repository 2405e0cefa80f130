import { expect } from 'chai';
import * as fc from 'fast-check';

import type { Change, Notice, NoticeState } from '../../../src/domain/plan.js';
import { renderPlan } from '../../../src/views/human/plan.js';
import { change, FORBIDDEN, HOSTILE, hostilePlan, notice, plan, PLAIN, uncoloured } from './samples.js';

function lines(text: string): readonly string[] {
  return text.split('\n');
}

const WIDE = { ...PLAIN, width: Infinity };

describe('[U] the plan for people', () => {
  it('has a summary that scripts may read, with every count in its place', () => {
    const text = renderPlan(
      plan({
        changes: [change('a'), change('b', { action: 'create' }), change('c', { action: 'reconcile' })],
        notices: (['waiting', 'blocked', 'held', 'drift'] as const).map((state) => notice(state, state)),
        upToDate: ['x', 'y'],
      }),
      PLAIN,
    );
    expect(lines(text)).to.include(
      'Plan: 1 to rotate, 1 to create, 0 to revoke, 1 to reconcile; 1 waiting for a person, 1 blocked, 1 held, 1 drifted; 2 up to date.',
    );
  });

  it('adds further counts only where they are not zero, and never wraps the summary', () => {
    const states: readonly NoticeState[] = ['suspended', 'deferred', 'unobserved', 'warning'];
    const given = {
      changes: [change('a', { action: 'resume' })],
      notices: states.map((state) => notice(state, state)),
    };
    expect(lines(renderPlan(plan(given), { ...PLAIN, width: 40 }))).to.include(
      'Plan: 0 to rotate, 0 to create, 0 to revoke, 0 to reconcile, 1 to resume; ' +
        '0 waiting for a person, 0 blocked, 0 held, 0 drifted, 1 suspended, 1 deferred, 1 not observed, 1 with a warning; 0 up to date.',
    );
  });

  it('ends with the digest, the revision and the time until which it is valid', () => {
    const ending = (given: Parameters<typeof plan>[0]) => lines(renderPlan(plan(given), PLAIN)).at(-2);
    expect(ending({})).to.equal('digest 9f3c…e1 · revision 4ab81d0 · valid until 2026-11-24T11:00Z');
    expect(ending({ revision: null })).to.include(' · no revision · ');
    expect(ending({ revision: { commit: 'abcdef0123', dirty: true } })).to.include(
      'revision abcdef0 with uncommitted changes',
    );
  });

  it('shows the whole digest to an approver', () => {
    expect(renderPlan(plan(), { ...PLAIN, details: true })).to.include(`digest ${plan().digest} `);
  });

  it('explains the symbols that are in use and no others', () => {
    const legend = (changes: readonly Change[], notices: readonly Notice[] = []) =>
      lines(renderPlan(plan({ changes, notices }), WIDE)).find((line) => line.startsWith('Symbols:'));
    const quiet = { noOverlap: false, proof: 'discriminating' } as const;
    expect(legend([change('a', quiet)])).to.equal('Symbols: ± new generation, + add, ~ change in place');
    expect(legend([change('a')])).to.match(/, ! not done, or worth knowing$/);
    expect(legend([], [notice('a', 'held')])).to.equal('Symbols: ! not done, or worth knowing');
    expect(legend([])).to.equal(undefined);
  });

  it('says that nothing is to do, and what waits all the same', () => {
    expect(lines(renderPlan(plan(), PLAIN))[0]).to.equal('No changes. Every secret is as its policy demands.');
    expect(lines(renderPlan(plan({ notices: [notice('a', 'waiting')] }), PLAIN))[0]).to.match(
      /^No changes\. What follows/,
    );
  });

  it('does not say that every secret is as demanded where some could not be looked at', () => {
    const text = renderPlan(plan({ complete: false, notices: [notice('a', 'unobserved')] }), PLAIN);
    expect(text).to.match(/^This plan is not complete/);
    expect(text).not.to.include('Every secret');
  });

  it('puts what is riskiest last', () => {
    const states: readonly NoticeState[] = ['blocked', 'drift', 'waiting', 'suspended', 'unobserved', 'held'];
    const text = renderPlan(plan({ notices: states.map((state) => notice(state, state)) }), PLAIN);
    const order = [...text.matchAll(/^ {2}! (\w+)/gm)].map(([, word]) => word);
    expect(order).to.deep.equal(['suspended', 'held', 'waiting', 'drift', 'unobserved', 'blocked']);
  });

  it('marks the pivot, but not where consumers are only made equal again', () => {
    expect(renderPlan(plan({ changes: [change('a')] }), PLAIN)).to.include('── no way back after this step ──');
    expect(renderPlan(plan({ changes: [change('a', { action: 'reconcile' })] }), PLAIN)).not.to.include('no way back');
  });

  it('says what is not proved, and that there is a gap, whatever the notes of the steps say', () => {
    const text = (given: Partial<Change>) => renderPlan(plan({ changes: [change('a', given)] }), WIDE);
    expect(text({ proof: 'weak' })).to.include('! weak check:');
    expect(text({ proof: 'convergence' })).to.include('! not verified: no check is declared');
    expect(text({ proof: 'none' })).to.include('! not verified: nothing checks');
    expect(text({ proof: 'discriminating' })).not.to.match(/verified|weak/);
    expect(text({ noOverlap: true })).to.include('! no overlap: the old value stops working');
    expect(text({ noOverlap: false })).not.to.include('no overlap');
  });

  it('names versions at the promotion, and for a first value that there is none before', () => {
    const bindings = (liveVersion: number) => ({ ...change('a').bindings, liveVersion });
    const text = (version: number) =>
      renderPlan(plan({ changes: [change('a', { bindings: bindings(version) })] }), WIDE);
    expect(text(7)).to.include('v7 -> v8, cas 7');
    expect(text(0)).to.include('v1, cas 0');
  });

  it('shows a refused plan before it refuses it', () => {
    const text = renderPlan(hostilePlan('abc'), PLAIN);
    expect(text.indexOf('no way back')).to.be.lessThan(text.indexOf('error[KT3001]: abc'));
    expect(text).to.match(/This plan is refused: apply does nothing\.\n$/);
    expect(text).to.include('but this plan is refused:');
  });

  it('tells a person, and no pipeline, how to apply what was saved', () => {
    const saved = { savedTo: "it's.json" };
    expect(renderPlan(plan(), { ...PLAIN, ...saved, automation: false })).to.match(/keyturn apply 'it'\\''s.json'\n$/);
    expect(renderPlan(plan(), { ...PLAIN, ...saved })).not.to.include('keyturn apply');
  });

  it('takes one line for each of a thousand changes and a thousand notices', () => {
    const changes = Array.from({ length: 1000 }, (_, i) => change(`a/${i}`));
    const notices = Array.from({ length: 1000 }, (_, i) => notice(`b/${i}`, i % 2 === 0 ? 'drift' : 'held'));
    const shown = lines(renderPlan(plan({ changes, notices }), { ...PLAIN, width: 80 }));
    expect(shown.length).to.be.at.most(2000 + 25);
    expect(shown.filter((line) => line.startsWith('  ± rotate'))).to.have.lengthOf(1000);
    const drifted = shown.flatMap((line, i) => (line.startsWith('  ! drift') ? [i] : []));
    expect(drifted.at(-1)! - drifted[0]!).to.equal(499);
    expect(shown).to.include('The steps of 1000 changes are left out; --details shows them.');
  });

  it('shows the steps of a long plan where details are asked for', () => {
    const changes = Array.from({ length: 30 }, (_, i) => change(`a/${i}`));
    const text = renderPlan(plan({ changes }), { ...PLAIN, details: true });
    expect(text.match(/no way back after/g)).to.have.lengthOf(30);
  });

  it('says the same with colour as without', () => {
    for (const given of [hostilePlan('abc'), plan()]) {
      const coloured = renderPlan(given, { ...PLAIN, colour: true, details: true });
      expect(uncoloured(coloured)).to.equal(renderPlan(given, { ...PLAIN, details: true }));
    }
  });

  it('is the same text for the same plan', () => {
    expect(renderPlan(hostilePlan(HOSTILE), PLAIN)).to.equal(
      renderPlan(JSON.parse(JSON.stringify(hostilePlan(HOSTILE))), PLAIN),
    );
  });

  it('is safe to show, and has no more lines, whatever texts it holds', () => {
    const expected = lines(renderPlan(hostilePlan('abcdefghi'), WIDE)).length;
    fc.assert(
      fc.property(fc.oneof(fc.constant(HOSTILE), fc.string({ unit: 'binary', minLength: 9 })), (text) => {
        const shown = renderPlan(hostilePlan(text), WIDE);
        expect(shown).not.to.match(FORBIDDEN);
        expect(lines(shown)).to.have.lengthOf(expected);
        expect(renderPlan(hostilePlan(text), { ...PLAIN, unicode: false, details: true })).to.match(/^[\x20-\x7e\n]*$/);
      }),
    );
  }).timeout(20_000);
});
