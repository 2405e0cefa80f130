import type { Lease } from '../domain/journal.js';
import type { Instant } from '../domain/time.js';
import type { World } from './world.js';

/** A leased thing as it was seen: `version` changes with every write, heartbeats included. */
export interface Sight {
  readonly version: number;
  readonly writtenAt: Instant;
  readonly lease: Lease | null;
}

export type Availability =
  | { readonly state: 'free'; readonly sight: Sight }
  | { readonly state: 'expired'; readonly sight: Sight }
  | { readonly state: 'locked'; readonly sight: Sight };

/** A version that this run saw at an instant of its own monotonic clock. */
export interface FirstSeen {
  readonly version: number;
  readonly since: number;
}

/** Allowed difference between the server's clock when it wrote and now, milliseconds. */
const CLOCK_SLACK = 60_000;

/**
 * Waits until nobody holds it, or the holder has shown no life: the thing stood still for leaseFor on this run's own monotonic
 * clock, or it is older than leaseFor + 60 s by the server's time; and then one call deadline more, for a call of the holder's that is
 * still on its way. A live holder is never robbed.
 *
 * @param before an earlier look of this run's: what stood still since then need not be watched for as long again.
 */
export async function awaitLease(
  world: World,
  what: { readonly id: string; readonly resource: string },
  look: () => Promise<Sight>,
  before?: FirstSeen,
): Promise<Availability> {
  const { clock, limits, lockTimeout } = world;
  const started = clock.monotonic();
  let sight = await look();
  let since = before?.version === sight.version ? before.since : started;
  for (;;) {
    if (sight.lease === null || sight.lease.holder === world.run) return { state: 'free', sight };
    const now = clock.monotonic();
    if (now - since >= patience(world, sight, limits.callDeadline)) return { state: 'expired', sight };
    if (now - started > lockTimeout) return { state: 'locked', sight };
    world.emit({
      type: 'waitingForLease',
      ...what,
      holder: sight.lease.holder,
      who: sight.lease.who,
      elapsed: now - started,
    });
    await clock.sleep(Math.min(1000, limits.leaseFor / 10));
    const seen = await look();
    if (seen.version !== sight.version) since = clock.monotonic();
    sight = seen;
  }
}

/** How long this run must itself have seen it stand still. */
function patience(world: World, { lease, writtenAt }: Sight, callDeadline: number): number {
  const leaseFor = lease?.leaseFor ?? 0;
  const server = world.serverNow();
  const longDead = server !== undefined && server - writtenAt > leaseFor + CLOCK_SLACK;
  return longDead ? callDeadline : leaseFor + callDeadline;
}
