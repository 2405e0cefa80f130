import type { Observation } from '../../domain/observation.js';
import type { Policy } from '../../domain/policy.js';
import type { Decision } from '../../domain/rotator.js';
import { decideValue } from '../kv-value/decide.js';
import { MASTER_KEY } from './spec.js';

export function decide(policy: Policy, observation: Observation, action: 'create' | 'rotate' | 'reconcile'): Decision {
  return decideValue(policy, observation, action, { ...MASTER_KEY });
}
