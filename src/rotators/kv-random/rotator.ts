import type { Rotator } from '../../domain/rotator.js';
import { decide, shape } from './decide.js';
import { limits } from './limits.js';
import { interpret, queries } from './observe.js';
import { specSchema } from './spec.js';
import { handlers } from './steps.js';

/** @param sha256 hex digest of a text; names the secret's annotations. */
export function kvRandom(sha256: (text: string) => string): Rotator {
  return {
    kind: 'kv-random',
    summary: 'A random value that keyturn makes: any password or token that its consumers take when they start.',
    capabilities: { overlap: false, test: false, revoke: false, generates: true },
    specSchema,
    limits,
    queries,
    interpret: (policy, answers) => interpret(policy, answers, sha256),
    shape,
    decide,
    handlers,
  };
}
