import type { Rotator } from '../domain/rotator.js';
import { kvRandom } from '../rotators/kv-random/rotator.js';
import { litellmMasterKey } from '../rotators/litellm-master-key/rotator.js';

/** Every kind that exists, by name; a new one is added here and nowhere else. */
export function rotatorsByKind(sha256: (text: string) => string): ReadonlyMap<string, Rotator> {
  return new Map([kvRandom, litellmMasterKey].map((make) => make(sha256)).map((rotator) => [rotator.kind, rotator]));
}
