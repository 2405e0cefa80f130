import type { Diagnostic } from '../../domain/diagnostic.js';
import type { Policy } from '../../domain/policy.js';
import { specOf } from './spec.js';

/** Bits of entropy below which a random value is not worth the name. */
const ENOUGH_BITS = 64;

/** What the schema cannot say: `encoding` and `alphabet` exclude each other, characters are distinct, the value is hard to guess. */
export function limits(policy: Policy): readonly Diagnostic[] {
  const { alphabet, length } = specOf(policy);
  const found: Diagnostic[] = [];
  const about = { severity: 'error', id: policy.id, source: policy.source } as const;
  if (policy.spec['alphabet'] !== undefined && policy.spec['encoding'] !== undefined)
    found.push({
      ...about,
      code: 'KT1901',
      summary: '`encoding` and `alphabet` are both given',
      action: 'Keep one of them',
    });
  if (new Set(alphabet).size !== alphabet.length)
    found.push({
      ...about,
      code: 'KT1902',
      summary: '`alphabet` names a character twice',
      action: 'Name each character once',
    });
  const bits = Math.floor(length * Math.log2(Math.max(2, new Set(alphabet).size)));
  if (bits < ENOUGH_BITS)
    found.push({
      ...about,
      code: 'KT1903',
      summary: `${length} characters of ${alphabet.length} have ${bits} bits of entropy, fewer than ${ENOUGH_BITS}`,
      action: 'Make `length` larger or choose from more characters',
    });
  return found;
}
