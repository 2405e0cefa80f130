import type { JsonObject } from '../../../../src/domain/json.js';
import type { Observation } from '../../../../src/domain/observation.js';
import type { Policy } from '../../../../src/domain/policy.js';
import type { Decision } from '../../../../src/domain/rotator.js';
import { decideValue } from '../../../../src/rotators/kv-value/decide.js';
import { digitsOf } from './spec.js';

/** What shapes the value, defaults included, so that writing a default out is no change. */
export function shape(policy: Policy): JsonObject {
  return { digits: digitsOf(policy) };
}

/** The last argument becomes the parameters of the step `stage`. */
export function decide(policy: Policy, observation: Observation, action: 'create' | 'rotate' | 'reconcile'): Decision {
  return decideValue(policy, observation, action, shape(policy));
}
