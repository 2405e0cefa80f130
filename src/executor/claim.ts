import type { ChangeResult } from '../domain/events.js';
import type { Journal } from '../domain/journal.js';
import { isFault } from '../domain/fault.js';
import type { Change } from '../domain/plan.js';
import type { Step } from '../domain/step.js';
import type { Instant } from '../domain/time.js';
import { blocked, carryOut, type Ending } from './change.js';
import { awaitLease } from './lease.js';
import { acquireLocks, type HeldLocks, type LockSights, releaseLocks, sightLocks } from './locks.js';
import { claim, emptyJournal, openOf, reopen, turn, waitedOut, withLooks } from './log.js';
import { goesBack } from './next.js';
import { preflight } from './preflight.js';
import { readJournal, StateProblem, type StoredJournal } from './state.js';
import { leaseOf, type World } from './world.js';
import { JournalWriter, writeOnce } from './writer.js';

/** How to take a change up again, as a person says it; a pipeline says nothing. */
export interface ResumeOptions {
  /** Turn the change round, where it goes the other way. */
  readonly direction?: 'forward' | 'back';
  /** Steps as today's policy has them: those of the change that only look (wait, verify) are replaced by the ones of the same name. */
  readonly looks?: readonly Step[];
}

/**
 * Carries out one change of a plan: a fresh one is looked at, locked, marked, claimed; an interrupted one is taken over from its journal,
 * which alone says what it is.
 */
export async function runChange(world: World, change: Change, resume: ResumeOptions = {}): Promise<ChangeResult> {
  const { id } = change;
  const ending = await faultless(() =>
    change.action === 'resume' ? takeOver(world, change, resume) : begin(world, change),
  );
  const { outcome, gap, reason, next } = ending;
  world.emit({
    type: 'changeEnded',
    id,
    outcome,
    gap,
    ...(reason === undefined ? {} : { reason }),
    ...(next === undefined ? {} : { next }),
  });
  return { id, ...ending };
}

async function faultless(work: () => Promise<Ending>): Promise<Ending> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StateProblem) return unreadable(error);
    if (!isFault(error)) throw error;
    const { kind } = error.details;
    const outcome = kind === 'interrupted' ? 'interrupted' : kind === 'leaseLost' ? 'locked' : 'failed';
    const reason = kind === 'interrupted' ? error.details.said : error.message;
    return { outcome, reason, gap: null, next: 'keyturn apply', fault: error.details };
  }
}

function unreadable({ diagnostic: { summary, action } }: StateProblem): Ending {
  return { outcome: 'failed', reason: summary, gap: null, ...(action === undefined ? {} : { next: action }) };
}

async function begin(world: World, change: Change): Promise<Ending> {
  const diagnostics = await preflight(world, change);
  if (diagnostics.length > 0) {
    world.emit({ type: 'preflightFailed', id: change.id, diagnostics });
    return blocked(change, diagnostics);
  }
  return locked(world, change, (locks) => claimAndRun(world, change, locks));
}

/** Under the locks of its workloads, which are given back whatever happens. */
async function locked(
  world: World,
  change: Change,
  work: (locks: HeldLocks) => Promise<Ending>,
  before?: LockSights,
): Promise<Ending> {
  const locks = await acquireLocks(world, change, before);
  if ('lockedBy' in locks) {
    const { resource, who } = locks.lockedBy;
    return { outcome: 'locked', reason: `${resource} is in the hands of ${who}`, gap: null, next: 'keyturn apply' };
  }
  try {
    return await work(locks);
  } finally {
    await releaseLocks(world, locks);
  }
}

/** Marker first, then the claim: whatever is open can be found by one LIST. A claim that is lost leaves its marker, for it may have landed. */
async function claimAndRun(world: World, change: Change, locks: HeldLocks): Promise<Ending> {
  const { paths, ports, clock, codec } = world;
  const { id } = change;
  const stored = await readJournal(ports.kv, paths, codec, id);
  if (stored.version !== change.bindings.journalVersion) return stale(stored);
  const rotation = world.crypto.randomHex(8);
  await ports.kv.write(paths.marker(id, rotation), { run: world.run }, 0);
  const at = clock.now();
  const { revision } = world;
  const claimed = claim(stored.journal, { change, rotation, lease: leaseOf(world), at, revision });
  const writer = await firstWrite(world, id, claimed, stored.version);
  world.emit({ type: 'changeStarted', id, action: change.action, rotation, resumed: false });
  return carryOut(world, id, writer, locks);
}

async function firstWrite(world: World, id: string, content: Journal, cas: number): Promise<JournalWriter> {
  const journal = { ...content, writeId: world.crypto.randomHex(8) };
  await writeOnce(world, id, journal, cas);
  return new JournalWriter(world, id, { journal, version: cas + 1 });
}

function stale({ journal }: StoredJournal): Ending {
  if (journal !== null && journal.lease !== null) return inHandsOf(journal);
  return { outcome: 'stale', reason: 'its journal changed after the plan was made', gap: null, next: 'keyturn plan' };
}

/** Waits for the holder to end or to be gone, takes the lease, and goes on where the journal stands. */
async function takeOver(world: World, change: Change, resume: ResumeOptions): Promise<Ending> {
  const { ports, paths, codec } = world;
  const { id } = change;
  let stored = await readJournal(ports.kv, paths, codec, id);
  const sights = stored.journal?.open ? await sightLocks(world, stored.journal.open.change) : undefined;
  const found = await awaitLease(world, { id, resource: `journal of ${id}` }, async () => {
    stored = await readJournal(ports.kv, paths, codec, id);
    return { version: stored.version, writtenAt: stored.writtenAt, lease: stored.journal?.lease ?? null };
  });
  const { journal, version } = stored;
  if (journal === null || journal.open === null)
    return { outcome: journal?.held ? 'undone' : 'rotated', reason: 'another run finished it', gap: null };
  if (found.state === 'locked') return inHandsOf(journal);
  const taken = prepared({ ...journal, lease: leaseOf(world) }, resume, world.clock.now());
  return locked(world, openOf(journal).change, (locks) => goOn(world, id, taken, version, locks), sights);
}

function inHandsOf(journal: Journal): Ending {
  return {
    outcome: 'locked',
    reason: `in the hands of ${journal.lease?.who ?? 'another run'}`,
    gap: null,
    next: 'keyturn apply',
  };
}

/** Steps that were refused on the way back get another try; a person may turn the whole round, and correct what only looks. */
function prepared(journal: Journal, { direction, looks = [] }: ResumeOptions, at: Instant): Journal {
  const corrected = withLooks(journal, looks);
  const open = openOf(corrected);
  const turns = direction !== undefined && open.outcome === undefined && goesBack(open) !== (direction === 'back');
  if (turns) return turn(corrected, `turned ${direction} by a person`);
  return reopen({ ...corrected, held: waitedOut(journal.held, at) });
}

async function goOn(world: World, id: string, taken: Journal, version: number, locks: HeldLocks): Promise<Ending> {
  const open = openOf(taken);
  const writer = await firstWrite(world, id, taken, version);
  world.emit({ type: 'changeStarted', id, action: open.change.action, rotation: open.rotation, resumed: true });
  return carryOut(world, id, writer, locks);
}

/**
 * A marker that no journal names: removed only after the journal was written once under its cas, so that a claim that is still on its way
 * cannot land behind it.
 */
export async function removeStrayMarker(
  world: World,
  marker: { readonly id: string; readonly rotation: string },
  known: Pick<Change, 'kind' | 'live'>,
): Promise<void> {
  const { ports, paths, codec } = world;
  const stored = await readJournal(ports.kv, paths, codec, marker.id);
  const { lease = null, open = null } = stored.journal ?? {};
  if (lease !== null || open?.rotation === marker.rotation) return;
  await firstWrite(world, marker.id, stored.journal ?? emptyJournal({ id: marker.id, ...known }), stored.version);
  await ports.kv.deleteMetadata(paths.marker(marker.id, marker.rotation));
}
