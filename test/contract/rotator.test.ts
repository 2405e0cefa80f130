import type { Consumer, Policy } from '../../src/domain/policy.js';
import { kvRandom } from '../../src/rotators/kv-random/rotator.js';
import { litellmMasterKey } from '../../src/rotators/litellm-master-key/rotator.js';
import { CONSUMER, policyOf, sha256 } from '../support/memory-world.js';
import { describeRotator } from './rotator.contract.js';

const SECOND: Consumer = { ...CONSUMER, kind: 'StatefulSet', name: 'second' };
const READER: Consumer = { ...CONSUMER, name: 'reader', via: 'readAtStart' };

/** Nobody is restarted and nothing is asked. */
function alone(kind: string): Policy {
  const { verify: _verify, ...policy } = policyOf(kind);
  return { ...policy, publish: [], consumers: [] };
}

function weak(policy: Policy): Policy {
  return policy.verify === undefined ? policy : { ...policy, verify: { ...policy.verify, refused: [] } };
}

describeRotator(kvRandom(sha256), {
  policies: {
    'without a consumer': alone('kv-random'),
    'with one consumer and a check': policyOf('kv-random'),
    'with a check that does not discriminate': weak(policyOf('kv-random')),
    'with two consumers of two copies': policyOf('kv-random', {
      publish: [
        { namespace: 'ns', name: 'copy', key: 'key' },
        { namespace: 'ns', name: 'other', key: 'key' },
      ],
      consumers: [CONSUMER, SECOND],
    }),
    'with a consumer that reads at start': policyOf('kv-random', { publish: [], consumers: [READER] }),
    'with its own length, alphabet and prefix': policyOf('kv-random', {
      spec: { length: 40, alphabet: 'abcdefghijklmnop', prefix: 'app-' },
    }),
  },
  accepted: [{ length: 8 }, { length: 512, encoding: 'base64url' }, { alphabet: '0123456789' }, { prefix: '' }],
  refused: [
    { length: 7 },
    { length: 513 },
    { length: '32' },
    { encoding: 'base58' },
    { alphabet: 'abc' },
    { prefix: 'a b' },
  ],
  old: 'the value that somebody made by hand',
});

describeRotator(litellmMasterKey(sha256), {
  policies: {
    'with one proxy': policyOf('litellm-master-key'),
    'with two proxies': policyOf('litellm-master-key', { consumers: [CONSUMER, SECOND] }),
    'with a proxy that reads at start': policyOf('litellm-master-key', { publish: [], consumers: [READER] }),
  },
  accepted: [],
  refused: [{ length: 32 }],
  old: 'sk-litellm-made-by-hand-0123456789',
});
