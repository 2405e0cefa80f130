import type { Diagnostic } from '../../../../src/domain/diagnostic.js';
import type { Policy } from '../../../../src/domain/policy.js';

/** A code that nobody is restarted for would come into use at some unknown later time. */
export function limits(policy: Policy): readonly Diagnostic[] {
  if (policy.consumers.length > 0) return [];
  return [
    {
      severity: 'error',
      code: 'KT1104',
      id: policy.id,
      source: policy.source,
      summary: 'a numeric code without `consumers`',
      action: 'Name the workload that reads it: `consumers: [{ deployment: … }]`',
    },
  ];
}
