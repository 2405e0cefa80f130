import { expect } from 'chai';

import type { HistoryEntry } from '../../../src/domain/journal.js';
import type { SecretState, SecretStatus } from '../../../src/domain/status.js';
import { renderDrift } from '../../../src/views/human/drift.js';
import { renderHistory } from '../../../src/views/human/history.js';
import { renderStatus } from '../../../src/views/human/status.js';
import { renderWhy } from '../../../src/views/human/why.js';
import { textWidth } from '../../../src/views/human/width.js';
import { FORBIDDEN, HOSTILE, notice, PLAIN, uncoloured } from './samples.js';

function status(id: string, given: Partial<SecretStatus> = {}): SecretStatus {
  return { id, kind: 'kv-random', state: 'settled', findings: [], ...given };
}

function hostileStatus(text: string): SecretStatus {
  return {
    id: text,
    kind: text,
    state: 'due',
    findings: [{ reason: `${text}/${text}`, evidence: text }],
    generation: { kvVersion: 1, birth: text, birthFrom: 'key' },
    due: {
      at: text,
      overdueAt: text,
      base: text,
      rule: text,
      window: { name: text, open: false, opens: text, closes: text },
      freeze: { name: text, until: text, reason: text },
    },
    holder: { run: text, who: text, since: text },
    open: { rotation: text, direction: 'back', done: 1, steps: 2, current: text },
    held: { until: text, attempts: 2, reason: text },
    action: text,
  };
}

function entry(text: string, given: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    format: 1,
    id: text,
    kind: text,
    rotation: text,
    action: 'rotate',
    outcome: 'undone',
    findings: [text],
    startedAt: text,
    settledAt: text,
    gap: 4_212,
    reason: text,
    revision: text,
    runs: [text],
    steps: [{ step: text, state: 'done', at: text, took: 12 }],
    ...given,
  };
}

const WIDTHS = [40, 60, 80, 120, 200, Infinity];

describe('[U] status', () => {
  it('says so where there are no secrets', () => {
    expect(renderStatus([], PLAIN)).to.equal('No secrets.\n');
  });

  it('has one line per quiet secret, aligned', () => {
    const text = renderStatus([status('a'), status('longer/id')], { ...PLAIN, width: 120 });
    expect(
      text
        .split('\n')
        .slice(0, 3)
        .map((line) => line.indexOf('kv-random')),
    ).to.deep.equal([-1, 11, 11]);
  });

  it('counts states in one fixed order', () => {
    const states: readonly SecretState[] = ['stuck', 'settled', 'due', 'settled'];
    const list = states.map((state, i) => status(`a/${i}`, { state }));
    expect(renderStatus(list, PLAIN)).to.match(/\n\n4 secrets: 2 settled, 1 due, 1 stuck\.\n$/);
  });

  it('keeps every id, state and kind whole at any width', () => {
    const id = 'billing/a-quite-long-identifier-of-a-secret/that-somebody-found-useful';
    for (const width of WIDTHS) {
      const text = renderStatus([status(id), status('b', { state: 'waiting' })], { ...PLAIN, width });
      for (const part of [id, 'waiting', 'kv-random', 'settled']) expect(text, `${width}`).to.include(part);
    }
  });

  it('keeps to the width wherever no single word is longer', () => {
    const list = [status('ai/one', { action: 'wait' }), hostileStatus('words of moderate size')];
    for (const width of [60, 80, 120]) {
      for (const line of renderStatus(list, { ...PLAIN, width }).split('\n'))
        expect(textWidth(line)).to.be.at.most(width);
    }
  });

  it('marks an age that is only guessed', () => {
    const generation = { kvVersion: 7, birth: '2026-10-20T01:04:00Z', birthFrom: 'label' } as const;
    expect(renderStatus([status('a', { generation })], PLAIN)).to.include('v7, 34d');
    expect(renderStatus([status('a', { generation: { ...generation, birthFrom: 'key' } })], PLAIN)).to.include(
      'v7, ~34d',
    );
  });

  it('says of an open change that nobody holds who will finish it', () => {
    const open = { rotation: 'r', direction: 'forward', done: 3, steps: 5 } as const;
    const text = renderStatus([status('a', { state: 'claimed', open })], { ...PLAIN, width: Infinity });
    expect(text).to.include('going forward, 3 of 5 steps done; nobody holds it; the next apply finishes it');
  });

  it('is safe to show whatever texts it holds, and says the same with colour as without', () => {
    for (const width of WIDTHS) {
      const plain = renderStatus([hostileStatus(HOSTILE)], { ...PLAIN, width });
      expect(plain).not.to.match(FORBIDDEN);
      expect(uncoloured(renderStatus([hostileStatus(HOSTILE)], { ...PLAIN, width, colour: true }))).to.equal(plain);
      expect(renderStatus([hostileStatus(HOSTILE)], { ...PLAIN, width, unicode: false })).to.match(/^[\x20-\x7e\n]*$/);
    }
  });
});

describe('[U] drift', () => {
  const at = '2026-11-23T11:00:00.000Z';

  it('has a summary that scripts may read', () => {
    const text = renderDrift({ at, looked: 8, drift: [notice('a', 'drift')], unobserved: [] }, PLAIN);
    expect(text).to.match(/\nDrift: 1 drifted, 0 not observed; 8 looked at\.\n$/);
  });

  it('claims no more than it saw', () => {
    expect(renderDrift({ at, looked: 8, drift: [], unobserved: [] }, PLAIN)).to.match(/^No drift\.\n/);
    const partly = renderDrift({ at, looked: 7, drift: [], unobserved: [notice('a', 'unobserved')] }, PLAIN);
    expect(partly).to.match(/^No drift in what could be looked at\.\n/);
  });

  it('is safe to show whatever texts it holds', () => {
    const report = { at, looked: 1, drift: [notice(HOSTILE, 'drift')], unobserved: [notice(HOSTILE, 'unobserved')] };
    expect(renderDrift(report, PLAIN)).not.to.match(FORBIDDEN);
  });
});

describe('[U] why', () => {
  it('ends with the conclusion', () => {
    const why = { id: 'a', kind: 'k', facts: [{ label: 'due', text: '2026-11-19' }], conclusion: 'Apply rotates it.' };
    expect(renderWhy(why, PLAIN)).to.equal('a   k\n  due  2026-11-19, 4 days ago\n\nApply rotates it.\n');
  });

  it('is safe to show whatever texts it holds', () => {
    const why = { id: HOSTILE, kind: HOSTILE, facts: [{ label: HOSTILE, text: HOSTILE }], conclusion: HOSTILE };
    expect(renderWhy(why, { ...PLAIN, width: 40 })).not.to.match(FORBIDDEN);
  });
});

describe('[U] history', () => {
  it('says so where nothing is finished yet', () => {
    expect(renderHistory([], PLAIN)).to.equal('No finished changes.\n');
  });

  it('shows how long it took and the measured gap', () => {
    const times = { startedAt: '2026-11-23T00:10:00.000Z', settledAt: '2026-11-23T00:11:12.400Z' };
    const text = renderHistory([entry('a/b', times), entry('c/d', { ...times, gap: null })], {
      ...PLAIN,
      width: Infinity,
    });
    expect(text).to.match(/a\/b +2026-11-23T00:11Z +undone +1m12s +4\.2s +a\/b/);
    expect(text).to.match(/c\/d +2026-11-23T00:11Z +undone +1m12s +- +c\/d/);
  });

  it('is safe to show whatever texts it holds', () => {
    for (const details of [true, false]) {
      for (const width of WIDTHS)
        expect(renderHistory([entry(HOSTILE)], { ...PLAIN, width, details })).not.to.match(FORBIDDEN);
    }
  });
});
