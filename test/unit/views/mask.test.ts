import { expect } from 'chai';

import { credentialSpans, MASK, maskProse } from '../../../src/views/mask.js';

const CREDENTIALS = [
  'sk-litellm-0123456789abcdef0123456789abcdef0123456789abcdef',
  'sk-proj-Ab3dE6gH9jK2mN5pQ8sT1vW4',
  'xai-0a1b2c3d4e5f60718293a4b5',
  'hvs.CAESIJ0a1b2c3d4e5f6g7h8i9j0',
  's.0a1b2c3d4e5f6g7h8i9j0k1l',
  'glpat-0a1b2c3d4e5f6g7h8i9j',
  'ghp_0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r',
  'AKIAIOSFODNN7EXAMPLE',
  'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl',
  'q7Zx0pLm3Vt9KcRb2WnY',
];

const NAMES = [
  'ai-gateway/litellm-master-key',
  'secret/ai-gateway/litellm/master-key',
  'keyturn/ai-gateway-production/pending/ai-gateway.litellm-master-key',
  '9f3c6cdb0d9f1a6f1f6fd1c2f9c7f8e7a4f8a1b2c3d4e5f60718293a4b5c6de1',
  '4ab81d0c2f6e5a9b7d3e1f0a8c6b4d2e0f1a3b5c',
  'policies/ai-gateway/litellm-master-key.yaml:14:5',
  'https://vault.example.com:8200/v1/secret/metadata/ai-gateway',
  '2026-11-24T11:00:00.000Z',
  'ProgressDeadlineExceededForTheDeployment',
  'sk-ip',
];

describe('[U] credentials in prose', () => {
  for (const text of CREDENTIALS) {
    it(`hides ${text.slice(0, 6)}… wherever it stands`, () => {
      expect(maskProse(text)).to.equal(MASK);
      expect(maskProse(`the value \`${text}\` is no duration`)).to.equal(`the value \`${MASK}\` is no duration`);
    });
  }

  for (const text of NAMES) {
    it(`leaves ${text} alone`, () => {
      expect(maskProse(text)).to.equal(text);
    });
  }

  it('hides the password in an address and leaves the rest', () => {
    expect(maskProse('redis://app:hunter2@redis.internal:6379')).to.equal(`redis://app:${MASK}@redis.internal:6379`);
  });
});

describe('[U] credentials in source', () => {
  it('says where they stand', () => {
    expect(credentialSpans('key: hvs.CAESIJ0a1b2c3d4e5f6g7h8i9j0 # x')).to.deep.equal([{ start: 5, end: 36 }]);
  });

  it('counts long hex, which a digest in prose is not counted for', () => {
    expect(credentialSpans('key: 4ab81d0c2f6e5a9b7d3e1f0a8c6b4d2e')).to.deep.equal([{ start: 5, end: 37 }]);
  });

  it('gives one stretch for overlapping shapes', () => {
    const line = 'url: https://app:q7Zx0pLm3Vt9KcRb2WnY@host/';
    expect(credentialSpans(line)).to.deep.equal([{ start: 17, end: 37 }]);
  });
});
