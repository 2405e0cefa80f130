import { isAncestor } from '../adapters/git/checkout.js';
import type { Diagnostic } from '../domain/diagnostic.js';
import type { ChangeResult, RunEvent } from '../domain/events.js';
import { isFault } from '../domain/fault.js';
import type { Change } from '../domain/plan.js';
import { removeStrayMarker, type ResumeOptions } from '../executor/claim.js';
import { runChanges } from '../executor/run.js';
import type { World } from '../executor/world.js';
import type { JournalRead } from '../planner/input.js';
import { strayMarkersOf } from '../planner/needs.js';
import { mayStartOf } from '../planner/start.js';
import { policiesFolder } from './load.js';
import type { Looked, Prepared } from './prepare.js';
import type { Runtime } from './runtime.js';
import { makeWorld } from './world.js';

export interface ApplyOptions {
  readonly changes: readonly Change[];
  readonly resume: ResumeOptions;
  readonly lockTimeout?: number | undefined;
  readonly parallelism?: number | undefined;
  readonly emit: (event: RunEvent) => void;
}

/** Carries out changes, keeps the login alive meanwhile, and removes markers that no journal names. */
export async function applyChanges(
  runtime: Runtime,
  prepared: Prepared,
  looked: Looked,
  options: ApplyOptions,
): Promise<readonly ChangeResult[]> {
  const { inventory, connection } = prepared;
  const ended = new AbortController();
  const world = await worldOf(runtime, prepared, options);
  const keepingAlive = connection.vault.session.keepAlive(ended.signal);
  try {
    const mayStart = mayStartOf(inventory, looked.input.selection);
    const results = await runChanges(world, options.changes, {
      resume: options.resume,
      mayStart: (change) => mayStart(change, runtime.clock.now()),
    });
    // Afterwards, for it writes journals, and a change runs only while its journal is the one that it was planned from.
    if (!runtime.clock.stopping()) await removeStrayMarkers(world, looked);
    return results;
  } finally {
    ended.abort();
    await keepingAlive;
  }
}

function worldOf(
  runtime: Runtime,
  prepared: Prepared,
  { lockTimeout, parallelism, emit }: Pick<ApplyOptions, 'lockTimeout' | 'parallelism' | 'emit'>,
): Promise<World> {
  const { inventory, rotators, connection, paths, codec, revision } = prepared;
  return makeWorld(runtime, {
    inventory,
    rotators,
    connection,
    paths,
    codec,
    revision,
    ...(lockTimeout === undefined ? {} : { lockTimeout }),
    ...(parallelism === undefined ? {} : { parallelism }),
    emit,
  });
}

/** What an apply without a change to carry out still does: it removes what lost claims left behind, where it can. */
export async function applyNothing(runtime: Runtime, prepared: Prepared, looked: Looked): Promise<void> {
  if (strayMarkersOf(looked.input).length === 0) return;
  try {
    await removeStrayMarkers(await worldOf(runtime, prepared, { emit: () => undefined }), looked);
  } catch (error) {
    if (!isFault(error)) throw error;
  }
}

/** One that cannot be removed now is found again by the next apply. */
async function removeStrayMarkers(world: World, looked: Looked): Promise<void> {
  for (const { marker, known } of strayMarkersOf(looked.input)) {
    if (known === undefined) continue;
    await removeStrayMarker(world, marker, known).catch((error: unknown) => {
      if (!isFault(error)) throw error;
    });
  }
}

/** A checkout older than what a journal was last changed from would undo what others merged since. */
export async function olderRevision(
  runtime: Runtime,
  prepared: Prepared,
  looked: Looked,
  folder: string | undefined,
): Promise<Diagnostic | undefined> {
  const { revision } = prepared;
  if (revision === null) return undefined;
  for (const [id, read] of looked.input.journals) {
    const known = revisionOf(read);
    if (known === undefined || known.commit === revision.commit || known.committedAt <= revision.committedAt) continue;
    const ancestry = await isAncestor(policiesFolder(runtime, folder), revision.commit, known.commit, runtime.env);
    if (ancestry.known && !ancestry.ancestor) continue;
    return {
      severity: 'error',
      code: 'KT3008',
      id,
      summary: `this checkout (${revision.commit.slice(0, 7)}) is older than the one that \`${id}\` was last changed from (${known.commit.slice(0, 7)})`,
      action: 'Run the newest pipeline instead of retrying an old one',
    };
  }
  return undefined;
}

function revisionOf(read: JournalRead): { readonly commit: string; readonly committedAt: string } | undefined {
  return 'fault' in read ? undefined : (read.journal?.revision ?? undefined);
}
