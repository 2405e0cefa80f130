import type { JsonObject } from '../../domain/json.js';
import type { Observation } from '../../domain/observation.js';
import type { Policy } from '../../domain/policy.js';
import type { Decision } from '../../domain/rotator.js';
import { decideValue } from '../kv-value/decide.js';
import { specOf } from './spec.js';

/** The parts of spec that shape the value, defaults included: leaving a default out is no change. */
export function shape(policy: Policy): JsonObject {
  return { ...specOf(policy) };
}

export function decide(policy: Policy, observation: Observation, action: 'create' | 'rotate' | 'reconcile'): Decision {
  return decideValue(policy, observation, action, shape(policy));
}
