import { expect } from 'chai';

import type { ChangeOutcome, ChangeResult, RunEvent } from '../../../src/domain/events.js';
import { endingLists } from '../../../src/views/ending-lists.js';
import { renderEnding } from '../../../src/views/human/ending.js';
import { advanceProgress, startProgress, type ProgressOptions } from '../../../src/views/human/progress.js';
import { stepLine } from '../../../src/views/human/step-line.js';
import { textWidth } from '../../../src/views/human/width.js';
import { FORBIDDEN, HOSTILE, PLAIN } from './samples.js';

const LOG: ProgressOptions = { ...PLAIN, live: false };
const TERMINAL: ProgressOptions = { ...PLAIN, live: true };

function heartbeat(id: string, elapsed: number, text = 'not ready'): RunEvent {
  return { type: 'stepProgress', id, step: 'restart x', text, elapsed };
}

function outputs(events: readonly RunEvent[], options: ProgressOptions): readonly string[] {
  let progress = startProgress();
  return events.map((event) => {
    const next = advanceProgress(progress, event, options);
    progress = next.progress;
    return next.output;
  });
}

function hostileEvents(text: string): readonly RunEvent[] {
  const about = { id: text, step: text, verb: text, target: text, elapsed: 12_345 };
  return [
    { type: 'runStarted', run: text, changes: [text] },
    { type: 'changeStarted', id: text, action: text, rotation: text, resumed: true },
    { type: 'stepStarted', ...about },
    { type: 'stepProgress', ...about, text },
    { type: 'waitingForLease', id: text, resource: text, holder: text, who: text, elapsed: 12_345 },
    { type: 'stepDone', ...about },
    { type: 'stepFailed', ...about, reason: text },
    { type: 'turned', id: text, direction: 'back', reason: text },
    { type: 'preflightFailed', id: text, diagnostics: [{ severity: 'error', code: 'KT4001', summary: text }] },
    { type: 'changeEnded', id: text, outcome: 'undone', reason: text, gap: 1, next: text },
    { type: 'runEnded', run: text, results: [] },
  ];
}

describe('[U] a step as a line', () => {
  it('has elapsed time, secret, step and what it acts on', () => {
    const event = {
      type: 'stepDone',
      id: 'a/b',
      step: 's',
      verb: 'promote',
      target: 'secret/x',
      elapsed: 412,
    } as const;
    expect(stepLine(event, PLAIN)).to.equal('   0.4s  a/b  ✓ promote     secret/x');
    expect(stepLine({ ...event, found: 'present' }, PLAIN)).to.match(/secret\/x \(was in effect already\)$/);
  });

  it('says by words, not by colour or sign alone, that a step failed', () => {
    const event = {
      type: 'stepFailed',
      id: 'a',
      step: 's',
      verb: 'verify',
      target: 't',
      elapsed: 1,
      reason: '401',
    } as const;
    expect(stepLine(event, PLAIN)).to.include('t: failed: 401');
  });

  it('has the measured gap at the end of a change', () => {
    const event = { type: 'changeEnded', id: 'a', outcome: 'rotated', gap: 4_212 } as const;
    expect(stepLine(event, PLAIN)).to.match(/rotated; gap 4\.2s: from promote to proof$/);
    expect(stepLine({ ...event, gap: null }, PLAIN)).not.to.include('gap');
  });

  it('is safe to show whatever texts it holds, one line per problem at most', () => {
    for (const event of hostileEvents(HOSTILE)) {
      const line = stepLine(event, PLAIN) ?? '';
      expect(line).not.to.match(FORBIDDEN);
      expect(line.split('\n').length).to.equal(event.type === 'preflightFailed' ? 2 : 1);
    }
  });
});

describe('[U] progress in a log', () => {
  it('is a new line every ten seconds, again and again', () => {
    const seconds = Array.from({ length: 65 }, (_, i) => (i + 1) * 1000);
    const shown = outputs(
      seconds.map((elapsed) => heartbeat('a', elapsed)),
      LOG,
    ).filter((text) => text !== '');
    expect(shown.map((text) => text.trim().split(' ')[0])).to.deep.equal([
      '10.0s',
      '20.0s',
      '30.0s',
      '40.0s',
      '50.0s',
      '1m00s',
    ]);
  });

  it('begins to count anew with each step', () => {
    const done: RunEvent = { type: 'stepDone', id: 'a', step: 's', verb: 'wait', target: 't', elapsed: 15_000 };
    const shown = outputs([heartbeat('a', 11_000), done, heartbeat('a', 5_000), heartbeat('a', 10_000)], LOG);
    expect(shown.map((text) => text !== '')).to.deep.equal([true, true, false, true]);
  });

  it('counts for each secret by itself', () => {
    const shown = outputs([heartbeat('a', 10_000), heartbeat('b', 10_000), heartbeat('a', 11_000)], LOG);
    expect(shown.map((text) => text !== '')).to.deep.equal([true, true, false]);
  });

  it('holds no control characters but line feeds', () => {
    expect(outputs(hostileEvents(HOSTILE), LOG).join('')).not.to.match(FORBIDDEN);
  });
});

describe('[U] progress on a terminal', () => {
  it('rewrites its last line in place and takes it away at the end', () => {
    const done: RunEvent = { type: 'stepDone', id: 'a', step: 's', verb: 'wait', target: 't', elapsed: 2_000 };
    const [first, second, last] = outputs([heartbeat('a', 1_000), heartbeat('a', 2_000), done], TERMINAL);
    expect(first).to.equal('1.0s a: still restart x: not ready');
    expect(second).to.equal('\r\u001b[K2.0s a: still restart x: not ready');
    expect(last).to.equal('\r\u001b[K   2.0s  a  ✓ wait        t\n');
  });

  it('never fills the last column, however many secrets wait', () => {
    for (const width of [40, 80]) {
      const events = Array.from({ length: 9 }, (_, i) => heartbeat(`secret-number-${i}`, 1_000, 'x'.repeat(90)));
      const last = outputs(events, { ...TERMINAL, width }).at(-1) ?? '';
      expect(textWidth(last.slice(4))).to.be.lessThan(width);
    }
  });

  it('puts nothing of a hostile text on the terminal but its own erasing', () => {
    const text = outputs(hostileEvents(HOSTILE), TERMINAL).join('');
    expect(text.replaceAll('\r\u001b[K', '')).not.to.match(FORBIDDEN);
  });
});

const OUTCOMES: readonly ChangeOutcome[] = [
  'rotated',
  'reconciled',
  'undone',
  'failed',
  'stuck',
  'held',
  'blocked',
  'locked',
  'stale',
  'interrupted',
  'notStarted',
];

function result(outcome: ChangeOutcome, text: string = outcome): ChangeResult {
  return { id: text, outcome, reason: text, next: text, gap: 1 };
}

describe('[U] the ending', () => {
  it('puts every outcome into exactly one list', () => {
    const lists = endingLists(OUTCOMES.map((outcome) => result(outcome)));
    const ids = Object.values(lists).flatMap((list: readonly ChangeResult[]) => list.map((item) => item.id));
    expect([...ids].sort()).to.deep.equal([...OUTCOMES].sort());
    expect(lists.done.map((item) => item.id)).to.deep.equal(['rotated', 'reconciled']);
    expect(lists.needsAttention.map((item) => item.id)).to.deep.equal(['stuck', 'blocked', 'interrupted']);
  });

  it('names all four lists, empty ones too, and a summary that scripts may read', () => {
    const text = renderEnding([], PLAIN);
    expect(text).to.equal(
      'Done: none\nFailed: none\nNot started: none\nNeeds attention: none\n\nApply: 0 done, 0 failed, 0 not started, 0 needing attention.\n',
    );
  });

  it('gives the exact next command in one piece at any width', () => {
    const next = 'keyturn recover ai-gateway/litellm-master-key --forward';
    for (const width of [40, 60, 80, 120]) {
      expect(renderEnding([{ ...result('stuck'), next }], { ...PLAIN, width })).to.include(`next:  ${next}\n`);
    }
  });

  it('is safe to show whatever texts it holds', () => {
    const text = renderEnding(
      OUTCOMES.map((outcome) => result(outcome, HOSTILE)),
      { ...PLAIN, unicode: false },
    );
    expect(text).not.to.match(FORBIDDEN);
    expect(text).to.match(/^[\x20-\x7e\n]*$/);
  });
});
