import type { Rotator } from '../../../../src/domain/rotator.js';
import { decide, shape } from './decide.js';
import { limits } from './limits.js';
import { interpret, queries } from './observe.js';
import { specSchema } from './spec.js';
import { handlers } from './steps.js';

/** @param sha256 hex digest of a text; names the secret's annotations. */
export function numericCode(sha256: (text: string) => string): Rotator {
  return {
    kind: 'numeric-code',
    summary: 'A code of digits only, for devices with a keypad.',
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
