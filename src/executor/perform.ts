import type { FaultDetails } from '../domain/fault.js';
import { Fault, isFault } from '../domain/fault.js';
import type { StepRecord } from '../domain/journal.js';
import type { StepContext, StepHandler, StepResult } from '../domain/rotator.js';
import type { Step } from '../domain/step.js';
import { isoOf } from '../domain/time.js';
import { type Closing, close, intend, openOf } from './log.js';
import { newestRecord } from './next.js';
import type { World } from './world.js';
import type { JournalWriter } from './writer.js';

/** A step's view of its journal, as the loop has it or as the pre-flight makes it up. */
export interface Glimpse {
  readonly world: World;
  readonly id: string;
  readonly writer: Pick<JournalWriter, 'journal'>;
}

/** One claimed change in the hands of this run. */
export interface Hold {
  readonly world: World;
  readonly id: string;
  readonly writer: JournalWriter;
  handler(step: Step): StepHandler;
}

/** What came of one attempt at one step. `left`: nothing was decided; the journal stays open and a later run goes on. */
export type Attempt =
  | { readonly came: 'closed' }
  | { readonly came: 'again'; readonly fault: FaultDetails }
  | { readonly came: 'left'; readonly reason: string; readonly fault?: FaultDetails };

/** What a handler sees. */
export function contextOf(hold: Glimpse, step: Step): StepContext {
  const { world, id, writer } = hold;
  const started = world.clock.monotonic();
  return {
    ports: world.ports,
    step,
    open: openOf(writer.journal()),
    pendingPath: world.paths.pending(id),
    fingerprint: (value) => world.crypto.fingerprint(world.fingerprintKey, value),
    idHash: world.crypto.sha256(id).slice(0, 12),
    pollEvery: world.pollEvery,
    progress: (text) =>
      world.emit({ type: 'stepProgress', id, step: step.name, text, elapsed: world.clock.monotonic() - started }),
  };
}

/** Prepare, journal the intent, do, journal the outcome; a step that only looks has no intent. */
export async function attemptStep(hold: Hold, step: Step): Promise<Attempt> {
  const handler = hold.handler(step);
  const prepared = await prepare(hold, step, handler);
  if ('came' in prepared) return prepared;
  const { record } = prepared;
  try {
    if (handler.effect) await mayStart(hold);
    return await concluded(hold, step, await handler.perform(contextOf(hold, step), record));
  } catch (error) {
    if (!isFault(error) || error.details.kind === 'leaseLost') throw error;
    return handler.effect ? failed(hold, step, error.details) : unseen(error.details);
  }
}

/** A record of unknown outcome: made certain, never guessed. */
export async function probeStep(hold: Hold, step: Step, record: StepRecord): Promise<Attempt> {
  try {
    const found = await hold.handler(step).probe(contextOf(hold, step), record);
    if (found.state === 'absent') await closeAs(hold, step, { state: 'absent' });
    else await closeAs(hold, step, { state: 'done', receipt: found.receipt });
    return { came: 'closed' };
  } catch (error) {
    if (!isFault(error) || error.details.kind === 'leaseLost') throw error;
    return unseen(error.details);
  }
}

/** A read that fails never turns a change back: at most it leaves it to a later run. */
function unseen(fault: FaultDetails): Attempt {
  if (fault.kind === 'interrupted') return { came: 'left', reason: fault.said, fault };
  return fault.retriable || fault.effect === 'unknown'
    ? { came: 'again', fault }
    : { came: 'left', reason: fault.said, fault };
}

async function prepare(
  hold: Hold,
  step: Step,
  handler: StepHandler,
): Promise<{ readonly record: StepRecord } | Attempt> {
  const { world, writer } = hold;
  const at = world.clock.now();
  if (!handler.effect) {
    const { turn } = openOf(writer.journal());
    const record = {
      step: step.name,
      turn,
      state: 'intended',
      run: world.run,
      intendedAt: isoOf(at),
      journalVersion: 0,
      intent: {},
    } as const;
    return { record };
  }
  try {
    const intent = await handler.prepare(contextOf(hold, step));
    const journal = await writer.update((current, version) =>
      intend(current, { step, intent, run: world.run, at }, version),
    );
    const record = newestRecord(openOf(journal), step);
    if (record === undefined) throw new Error(`the intent of ${step.name} is not in the journal`);
    return { record };
  } catch (error) {
    if (!isFault(error) || error.details.kind === 'leaseLost') throw error;
    return unseen(error.details);
  }
}

/** An effect starts only if lease and login outlast its deadline. A run that slept finds out here that it lost the lease. */
async function mayStart(hold: Hold): Promise<void> {
  const { world, writer } = hold;
  const { callDeadline } = world.limits;
  if (!writer.outlasts(callDeadline)) await writer.update((journal) => journal);
  const left = world.session.remaining();
  if (left === undefined || left > callDeadline) return;
  throw new Fault({
    kind: 'unauthenticated',
    server: 'Vault',
    call: 'login',
    said: 'the token would end before the call does',
    retriable: false,
    effect: 'none',
  });
}

async function concluded(hold: Hold, step: Step, result: StepResult): Promise<Attempt> {
  if (result.result === 'inconclusive') return { came: 'left', reason: `${step.name}: ${result.reason}` };
  const closing: Closing =
    result.result === 'done' ? { state: 'done', receipt: result.receipt } : { state: 'refused', reason: result.reason };
  await closeAs(hold, step, closing);
  return { came: 'closed' };
}

/**
 * Unknown stays open, to be probed, and so does what a login ended in the middle of: without one there is no way back either. Certainly
 * without effect: a conflict or a passing trouble is tried again, anything else has failed.
 */
async function failed(hold: Hold, step: Step, fault: FaultDetails): Promise<Attempt> {
  if (fault.kind === 'interrupted' || fault.kind === 'unauthenticated')
    return { came: 'left', reason: fault.said, fault };
  if (fault.effect === 'unknown') return { came: 'again', fault };
  const passing = fault.kind === 'conflict' || fault.retriable;
  await closeAs(hold, step, { state: passing ? 'absent' : 'failed', fault, reason: fault.said });
  return passing ? { came: 'again', fault } : { came: 'closed' };
}

async function closeAs(hold: Hold, step: Step, closing: Closing): Promise<void> {
  const { world, writer } = hold;
  const at = world.clock.now();
  const known = newestRecord(openOf(writer.journal()), step);
  await writer.update((journal, version) => {
    const open =
      known?.state === 'intended' ? journal : intend(journal, { step, intent: {}, run: world.run, at }, version);
    return close(open, step, closing, at);
  });
}

/** Gives up on a step that had its time: `failed`, with the last fault; an unknown outcome cannot be given up. */
export async function giveUp(hold: Hold, step: Step, fault: FaultDetails): Promise<void> {
  await closeAs(hold, step, { state: 'failed', fault, reason: fault.said });
}
