/**
 * A number from 0 up to 1, always the same for a text and evenly spread over texts: FNV-1a (32 bits) over the UTF-16 code units, then
 * the finaliser of MurmurHash3, without which texts that differ only at their end would lie close together. Not for secrets.
 */
export function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
