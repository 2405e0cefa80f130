import type { Instant } from '../domain/time.js';
import { NEVER } from './never.js';
import type { Wall } from './civil.js';
import { type Cron, cronOf, nextWall } from './cron.js';
import { instantOfWall, instantsOf, offsetsAround } from './zone.js';

/**
 * The first instant after the given one (exclusive) at which a cron expression fires in a zone; NEVER where it does not within twelve
 * years. Where the clock is put back a named time fires once, the first time; where the clock jumps over it, it fires as much later as
 * the clock jumps. An expression for every hour follows the clock instead: it fires again in a repeated hour, and not in a skipped one.
 */
export function nextFiring(expression: string, timezone: string, after: Instant): Instant {
  const cron = cronOf(expression);
  if (cron === undefined || after >= NEVER) return NEVER;
  let found: Instant = NEVER;
  // Shifted and repeated times are not in the order of their wall times, so the walk starts early and looks on past the first hit.
  let latest: Wall = Infinity;
  let wall = nextWall(cron, after + offsetsAround(timezone, after).least);
  while (wall !== undefined && wall <= latest) {
    for (const at of firingsAt(cron, timezone, wall)) {
      if (at > after && at < found) {
        found = at;
        latest = at + offsetsAround(timezone, at).most;
      }
    }
    wall = nextWall(cron, wall);
  }
  return found;
}

function firingsAt(cron: Cron, timezone: string, wall: Wall): readonly Instant[] {
  return cron.running ? instantsOf(timezone, wall) : [instantOfWall(timezone, wall)];
}
