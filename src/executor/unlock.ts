import type { Lease } from '../domain/journal.js';
import type { Kv } from '../domain/ports.js';
import { lockedResources, releaseLocksOf } from './locks.js';
import { release } from './log.js';
import type { StatePaths } from '../domain/state-paths.js';
import { readJournal, type StateCodec } from './state.js';
import type { World } from './world.js';
import { writeOnce } from './writer.js';

/** Who holds a secret now; null: nobody. */
export async function leaseOn(kv: Kv, paths: StatePaths, codec: StateCodec, id: string): Promise<Lease | null> {
  return (await readJournal(kv, paths, codec, id)).journal?.lease ?? null;
}

/**
 * Ends the lease of that very holder, on the journal and on the locks of its workloads. The journal's cas tells whether it was still that
 * holder's: false means that it changed meanwhile, and nothing was done. A holder that lives after all finds out at its next
 * journal write and stops; the preconditions of its effects keep what it may still send from landing.
 */
export async function endLease(world: World, id: string, holder: string): Promise<boolean> {
  const { ports, paths, codec } = world;
  const { journal, version } = await readJournal(ports.kv, paths, codec, id);
  if (journal === null || journal.lease?.holder !== holder) return false;
  await writeOnce(world, id, { ...release(journal), writeId: world.crypto.randomHex(8) }, version);
  const resources = journal.open === null ? [] : lockedResources(journal.open.change);
  await releaseLocksOf(world, resources, holder);
  return true;
}
