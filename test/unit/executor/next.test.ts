import { expect } from 'chai';
import type { Journal, OpenChange, RecordState, StepRecord } from '../../../src/domain/journal.js';
import type { Step } from '../../../src/domain/step.js';
import {
  backOff,
  beat,
  close,
  emptyJournal,
  finish,
  intend,
  openOf,
  release,
  reopen,
  turn,
} from '../../../src/executor/log.js';
import { next } from '../../../src/executor/next.js';
import { changeOf, policyOf } from '../../support/memory-world.js';
import { foreignLease } from '../../support/runs.js';
import { recordOf, ROTATION, stepOf } from '../../support/step-context.js';

const CHANGE = changeOf(policyOf('kv-random'), 'rotate');
const STEPS = CHANGE.steps.map(({ name }) => name);
const AT = Date.parse('2026-11-24T10:00:00Z');

function open(records: readonly StepRecord[], more: Partial<OpenChange> = {}): OpenChange {
  return { change: CHANGE, rotation: ROTATION, claimedAt: 'x', revision: null, turn: 0, records, ...more };
}

function journal(records: readonly StepRecord[], more: Partial<OpenChange> = {}): Journal {
  return { ...emptyJournal(CHANGE), open: open(records, more) };
}

function record(step: string, state: RecordState, more: Partial<StepRecord> = {}): StepRecord {
  return recordOf(step, {}, { state, ...more });
}

function said(found: OpenChange): string {
  const action = next(found);
  return 'step' in action ? `${action.do} ${action.step.name}` : action.do;
}

const DONE = (count: number): readonly StepRecord[] => STEPS.slice(0, count).map((name) => record(name, 'done'));

describe('[U] executor: what to do next', () => {
  it('is the first step that is not done, in the order of the change', () => {
    for (const [i, name] of STEPS.entries()) expect(said(open(DONE(i)))).to.equal(`perform ${name}`);
    expect(said(open(DONE(STEPS.length)))).to.equal('settle');
  });

  it('is to look before anything else where an outcome is unknown', () => {
    expect(said(open([...DONE(1), record('promote', 'intended')]))).to.equal('probe promote');
  });

  it('is to do a step again that certainly had no effect', () => {
    expect(said(open([...DONE(1), record('promote', 'absent')]))).to.equal('perform promote');
  });

  for (const state of ['refused', 'failed'] as const) {
    it(`is to turn back where a step ${state === 'refused' ? 'was refused' : 'failed'}, and why`, () => {
      const found = next(open([...DONE(1), record('promote', state, { reason: 'no' })]));
      expect(found).to.deep.equal({ do: 'turnBack', reason: 'promote: no' });
      expect(next(open([record('stage', state)]))).to.have.property('reason', `stage: ${state}`);
    });

    it(`is nothing that works where that happens on the way back (${state})`, () => {
      const records = [...DONE(2), record('unpromote', state, { turn: 1, reason: 'no' })];
      expect(next(open(records, { turn: 1 }))).to.include({ do: 'stuck', reason: 'unpromote: no' });
    });
  }

  it('is, on the way back, only what takes back something that was ever intended', () => {
    expect(said(open(DONE(1), { turn: 1 })), 'nothing but pending').to.equal('settle');
    expect(said(open([...DONE(1), record('promote', 'absent')], { turn: 1 }))).to.equal('perform unpromote');
    expect(said(open(DONE(3), { turn: 1 }))).to.equal('perform unpublish ns/copy:key');
  });

  it('is the whole way anew after a turn, but for what is staged', () => {
    expect(said(open(DONE(3), { turn: 2 }))).to.equal('perform promote');
    expect(said(open([record('stage', 'intended')], { turn: 2 }))).to.equal('probe stage');
  });

  it('is tidying as soon as there is an outcome, whatever the records say', () => {
    expect(said(open([record('stage', 'failed')], { outcome: 'rotated' }))).to.equal('tidy');
  });
});

describe('[U] executor: the journal of a change', () => {
  const pivot = CHANGE.steps.at(-1) as Step;

  it('settles with the write that closes the pivot, and never turns back after it', () => {
    const before = journal([...DONE(STEPS.length - 1), record(pivot.name, 'intended')]);
    const after = close(before, pivot, { state: 'done', receipt: {} }, AT);
    expect(after.open).to.include({ outcome: 'rotated', settledAt: '2026-11-24T10:00:00.000Z' });
    expect(after.current?.rotation).to.equal(ROTATION);
    expect(said(openOf(after))).to.equal('tidy');
  });

  it('does not settle with a pivot that is refused', () => {
    const before = journal([...DONE(STEPS.length - 1), record(pivot.name, 'intended')]);
    expect(close(before, pivot, { state: 'refused', reason: 'no' }, AT).open).to.not.have.property('outcome');
  });

  it('does not settle with a step of another turn than forward', () => {
    const before = journal([record(pivot.name, 'intended', { turn: 1 })], { turn: 1 });
    expect(close(before, pivot, { state: 'done' }, AT).open).to.not.have.property('outcome');
  });

  it('names the KV version of an intent in the record itself', () => {
    const step = stepOf(CHANGE, 'stage');
    const after = intend(journal([]), { step, intent: { cas: 0 }, run: 'run', at: AT }, 9);
    expect(after.open?.records[0]).to.deep.include({
      step: 'stage',
      state: 'intended',
      journalVersion: 9,
      intent: { cas: 0 },
    });
  });

  it('tries again what was refused on the way back, and that alone', () => {
    const back = [
      record('promote', 'refused'),
      record('unpromote', 'failed', { turn: 1 }),
      record('x', 'done', { turn: 1 }),
    ];
    expect(reopen(journal(back, { turn: 1 })).open?.records.map(({ state }) => state)).to.deep.equal([
      'refused',
      'absent',
      'done',
    ]);
    expect(reopen(journal([record('promote', 'refused')])).open?.records[0]?.state).to.equal('refused');
  });

  it('turns, counts the turn and keeps every record', () => {
    const once = turn(journal(DONE(2)), 'refused');
    expect(once.open).to.include({ turn: 1, turnReason: 'refused' });
    expect(once.open?.records).to.have.length(2);
    expect(turn(once, 'by a person').open?.turn).to.equal(2);
  });

  it('backs off from the first failure on', () => {
    const first = backOff(null, 'no', AT, false);
    expect(first).to.deep.equal({
      attempts: 1,
      since: '2026-11-24T10:00:00.000Z',
      until: '2026-11-24T11:00:00.000Z',
      reason: 'no',
    });
    expect(backOff(first, 'again', AT + 1, true)).to.include({ attempts: 2, since: first.since, stuck: true });
  });

  it('beats only while somebody holds it', () => {
    expect(beat(journal([])).lease).to.equal(null);
    expect(beat({ ...journal([]), lease: foreignLease() }).lease?.beat).to.equal(1);
    expect(release({ ...journal([]), lease: foreignLease() }).lease).to.equal(null);
  });

  it('holds nothing once it is finished, and says so where more is asked of it', () => {
    const finished = finish({ ...journal(DONE(1)), lease: foreignLease() });
    expect(finished).to.include({ open: null, lease: null });
    expect(() => openOf(finished)).to.throw('the journal of test/kv-random holds no open change');
  });
});
