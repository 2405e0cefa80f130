import { canonicalJson } from '../../../domain/json.js';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * A short name for a pod template, in letters that are safe in names. FNV-1a of 32 bits; the number that the real
 * controllers find differs (they hash Go's print of the structure), its form does not.
 */
export function templateHash(template: unknown): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(canonicalJson(template), 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return Array.from(String(hash), (digit) => ALPHABET[Number(digit)] ?? '').join('');
}
