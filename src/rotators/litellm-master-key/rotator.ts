import type { Rotator } from '../../domain/rotator.js';
import { decide } from './decide.js';
import { limits } from './limits.js';
import { interpret, queries } from './observe.js';
import { MASTER_KEY, specSchema } from './spec.js';
import { handlers } from './steps.js';

/** @param sha256 hex digest of a text; names the secret's annotations. */
export function litellmMasterKey(sha256: (text: string) => string): Rotator {
  return {
    kind: 'litellm-master-key',
    summary: 'The admin key of a LiteLLM proxy. Old and new cannot live together: the gap is announced and measured.',
    capabilities: { overlap: false, test: false, revoke: false, generates: true },
    specSchema,
    limits,
    queries,
    interpret: (policy, answers) => interpret(policy, answers, sha256),
    shape: () => ({ ...MASTER_KEY }),
    decide,
    handlers,
  };
}
