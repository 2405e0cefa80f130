import type { JsonObject } from '../../../../src/domain/json.js';
import type { Policy } from '../../../../src/domain/policy.js';

/** 20 digits have 66 bits of entropy. */
export const specSchema: JsonObject = {
  type: 'object',
  title: 'numeric-code spec',
  description: 'How the code is made. Leave it out for 24 digits.',
  additionalProperties: false,
  properties: {
    digits: {
      type: 'integer',
      minimum: 20,
      maximum: 64,
      default: 24,
      description: 'Number of digits. A change takes effect at the next rotation.',
      examples: [24],
    },
  },
};

/** The policy's spec is already valid against specSchema; here its defaults are filled in. */
export function digitsOf(policy: Policy): number {
  const { digits } = policy.spec;
  return typeof digits === 'number' ? digits : 24;
}
