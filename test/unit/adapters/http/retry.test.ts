import { expect } from 'chai';
import { defaultRetry, pauseAfter, retryAfter } from '../../../../src/adapters/http/retry.js';

describe('[U] pauseAfter', () => {
  it('doubles, stays below the longest, and draws its upper half at random', () => {
    const policy = { attempts: 9, first: 200, longest: 1_000, random: () => 0.5 };
    expect([1, 2, 3, 4, 5].map((attempt) => pauseAfter(policy, attempt))).to.deep.equal([150, 300, 600, 750, 750]);
    expect(pauseAfter({ ...policy, random: () => 0 }, 1)).to.equal(100);
  });

  it('keeps a pause that the server asked for in full', () => {
    const policy = { ...defaultRetry(() => 0.5), first: 200 };
    expect(pauseAfter(policy, 1, 7_000)).to.equal(7_050);
  });
});

describe('[U] retryAfter', () => {
  const now = Date.UTC(2026, 10, 24, 11, 0, 0);

  it('reads seconds and dates', () => {
    expect(retryAfter({ 'retry-after': '3' }, now)).to.equal(3_000);
    expect(retryAfter({ 'retry-after': 'Tue, 24 Nov 2026 11:00:05 GMT' }, now)).to.equal(5_000);
    expect(retryAfter({ 'retry-after': 'Tue, 24 Nov 2026 10:00:00 GMT' }, now)).to.equal(0);
  });

  it('ignores what is neither', () => {
    for (const text of ['soon', '-1', '1.5', '']) expect(retryAfter({ 'retry-after': text }, now)).to.equal(undefined);
    expect(retryAfter({}, now)).to.equal(undefined);
  });
});
