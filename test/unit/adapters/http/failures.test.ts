import { expect } from 'chai';
import { faultOf, isCertificateProblem } from '../../../../src/adapters/http/failures.js';
import type { FaultDetails } from '../../../../src/domain/fault.js';

describe('[U] faults of requests without an answer', () => {
  const fault = (reason: 'broken' | 'deadline', code: string, sent: boolean, changes: boolean): FaultDetails =>
    faultOf({ ok: false, reason, code, sent }, 'Server', 'POST x', { changes }).details;

  it('know the effect of a write only where it was never sent', () => {
    expect(fault('broken', 'ECONNRESET', true, true).effect).to.equal('unknown');
    expect(fault('broken', 'ECONNRESET', false, true).effect).to.equal('none');
    expect(fault('broken', 'ECONNRESET', true, false).effect).to.equal('none');
    expect(fault('deadline', 'ETIMEDOUT', true, true)).to.include({ kind: 'timeout', effect: 'unknown' });
    expect(fault('deadline', 'ETIMEDOUT', false, true)).to.include({ kind: 'unreachable', effect: 'none' });
  });

  it('are worth a repetition unless somebody must change something first', () => {
    const codes = ['ECONNREFUSED', 'EAI_AGAIN', 'ENETUNREACH', 'ECONNRESET', 'ENOTFOUND', 'CERT_HAS_EXPIRED', 'EPROTO'];
    expect(codes.map((code) => fault('broken', code, false, true).retriable)).to.deep.equal([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('tell certificate problems from others', () => {
    expect(isCertificateProblem(fault('broken', 'SELF_SIGNED_CERT_IN_CHAIN', false, true).said)).to.equal(true);
    expect(isCertificateProblem(fault('broken', 'ECONNREFUSED', false, true).said)).to.equal(false);
  });
});
