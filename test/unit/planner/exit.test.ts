import { expect } from 'chai';
import type { ExitReason } from '../../../src/domain/exit-codes.js';
import type { Notice, Plan } from '../../../src/domain/plan.js';
import { driftReportOf, exitReasonOf, type ExitOptions } from '../../../src/planner/exit.js';
import { makePlan } from '../../../src/planner/plan.js';
import { changeOf, inputOf } from './support.js';

const EMPTY = makePlan(inputOf({ policies: [] })).plan;

function notice(state: Notice['state'], more: Partial<Notice> = {}): Notice {
  return { id: 'n', kind: 'fake', state, findings: [], reason: 'r', ...more };
}

const finding = { reason: 'ChangedOutside', evidence: 'v7' } as const;
const drift = notice('drift', { findings: [finding] });
const closed = notice('deferred', { deferredBy: 'window' });
const waiting = notice('waiting');
const refusal = { severity: 'error', code: 'KT3001', summary: 's' } as const;
const unseen = (fault: NonNullable<Notice['fault']>): Partial<Plan> => ({
  complete: false,
  notices: [notice('unobserved', { fault })],
});
const some = { changes: [changeOf('a')] };

const PLAIN: ExitOptions = { detailedExitcode: false, failOnWaiting: false };
const DETAILED = { ...PLAIN, detailedExitcode: true };
const STRICT = { ...PLAIN, failOnWaiting: true };
const APPLYING = { ...PLAIN, applying: true };

const TABLE: { readonly [sentence: string]: readonly [Partial<Plan>, ExitOptions, ExitReason] } = {
  'nothing to do is done': [{}, DETAILED, 'done'],
  'changes are done without the flag': [some, PLAIN, 'done'],
  'changes are told with the flag': [some, DETAILED, 'changes'],
  'drift alone is told with the flag': [{ notices: [drift] }, DETAILED, 'drift'],
  'drift is no news without the flag': [{ notices: [drift] }, PLAIN, 'done'],
  'drift besides changes is changes': [{ ...some, notices: [drift] }, DETAILED, 'changes'],
  'a denied look is denied': [unseen('denied'), PLAIN, 'denied'],
  'a login that the server does not know is denied': [unseen('unauthenticated'), PLAIN, 'denied'],
  'a look that failed otherwise is unreachable': [unseen('timeout'), PLAIN, 'unreachable'],
  'what nobody can read is invalid': [unseen('invalid'), PLAIN, 'invalid'],
  'a path on no mount is invalid': [unseen('absent'), PLAIN, 'invalid'],
  'denied wins over unreachable': [
    {
      complete: false,
      notices: [notice('unobserved', { fault: 'timeout' }), notice('unobserved', { fault: 'denied' })],
    },
    PLAIN,
    'denied',
  ],
  'an incomplete plan of claimed work is unreachable': [{ ...some, complete: false }, DETAILED, 'unreachable'],
  'unreachable wins over refused': [{ ...unseen('timeout'), refusals: [refusal] }, PLAIN, 'unreachable'],
  'a refused plan is refused, with or without flags': [{ ...some, refusals: [refusal] }, DETAILED, 'refused'],
  'refused wins over closed': [{ notices: [closed], refusals: [refusal] }, APPLYING, 'refused'],
  'an apply that a window keeps from everything is closed': [{ notices: [closed] }, APPLYING, 'closed'],
  'a freeze closes too': [{ notices: [notice('deferred', { deferredBy: 'freeze' })] }, APPLYING, 'closed'],
  'a plan tells it with the flag': [{ notices: [closed] }, DETAILED, 'closed'],
  'a plan that only waits for the night is done': [{ notices: [closed] }, PLAIN, 'done'],
  'a window that keeps only a part is not closed': [{ ...some, notices: [closed] }, APPLYING, 'done'],
  'waiting for a dependency is not closed': [
    { notices: [notice('deferred', { deferredBy: 'dependency' })] },
    APPLYING,
    'done',
  ],
  'waiting for a person is told with its flag': [{ notices: [waiting] }, STRICT, 'waiting'],
  'it is no news without': [{ notices: [waiting] }, DETAILED, 'done'],
  'it is not told while something else is to do': [{ ...some, notices: [waiting] }, STRICT, 'done'],
  'drift wins over waiting': [{ notices: [waiting, drift] }, { ...STRICT, detailedExitcode: true }, 'drift'],
};

describe('[U] planner: what a plan ends with', () => {
  for (const [sentence, [plan, options, reason]] of Object.entries(TABLE)) {
    it(sentence, () => expect(exitReasonOf({ ...EMPTY, ...plan }, options)).to.equal(reason));
  }
});

describe('[U] planner: the report of drift', () => {
  it('holds what nobody asked for, with those findings alone, whether or not something is done about it', () => {
    const due = { reason: 'Due', evidence: 'x' } as const;
    const drifted = { reason: 'ConsumerDrifted', evidence: 'y' } as const;
    const report = driftReportOf({
      ...EMPTY,
      changes: [changeOf('a', { findings: [due, drifted] }), changeOf('b', { findings: [due] })],
      notices: [drift, notice('held', { id: 'h', findings: [due, finding] }), notice('unobserved', { id: 'u' })],
      upToDate: ['x', 'y'],
    });
    expect(report.drift.map(({ id, state, findings }) => ({ id, state, findings }))).to.deep.equal([
      { id: 'a', state: 'drift', findings: [drifted] },
      { id: 'n', state: 'drift', findings: [finding] },
      { id: 'h', state: 'drift', findings: [finding] },
    ]);
    expect(report.unobserved.map(({ id }) => id)).to.deep.equal(['u']);
    expect(report.looked).to.equal(6);
    expect(report.at).to.equal(EMPTY.at);
  });
});
