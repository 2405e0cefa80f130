import type { Diagnostic } from '../domain/diagnostic.js';
import type { ChangeResult } from '../domain/events.js';
import { Fault, type FaultDetails } from '../domain/fault.js';
import type { StepRecord } from '../domain/journal.js';
import type { Change } from '../domain/plan.js';
import type { StepHandler } from '../domain/rotator.js';
import type { Step } from '../domain/step.js';
import { beatLocks, type HeldLocks } from './locks.js';
import { backOff, openOf, release, settle, turn } from './log.js';
import { type Action, next } from './next.js';
import { type Attempt, attemptStep, giveUp, type Hold, probeStep } from './perform.js';
import { gapOf, tidy } from './tidy.js';
import type { World } from './world.js';
import type { JournalWriter } from './writer.js';

/** How a claimed change ended in this run. */
export type Ending = Omit<ChangeResult, 'id'>;

/** Conflicts in a row after which something else must be wrong than a busy neighbour. */
const MANY_CONFLICTS = 50;

/**
 * The one loop: asks `next` what to do, does it, journals it, until nothing is left to do or this run cannot go on. The lease is given back
 * on the way out, unless it was lost.
 */
export async function carryOut(world: World, id: string, writer: JournalWriter, locks: HeldLocks): Promise<Ending> {
  const hold: Hold = { world, id, writer, handler: (step) => handlerFor(world, writer, step) };
  const stopBeating = writer.startBeating(() => beatLocks(world, locks));
  try {
    return await loop(hold);
  } finally {
    stopBeating();
    if (!writer.lost() && writer.journal().lease !== null) await writer.update(release).catch(() => undefined);
  }
}

function handlerFor(world: World, writer: JournalWriter, step: Step): StepHandler {
  const { kind } = openOf(writer.journal()).change;
  const handler = world.rotators.get(kind)?.handlers[step.verb];
  if (handler === undefined) throw unknownStep(kind, step);
  return handler;
}

/** The journal of a kind that this keyturn does not have: a fault of one secret, not the end of the run. */
function unknownStep(kind: string, { verb }: Step): Fault {
  const said = `this keyturn knows no step \`${verb}\` of kind \`${kind}\``;
  return new Fault({
    kind: 'invalid',
    server: 'journal',
    call: `read ${verb}`,
    said,
    retriable: false,
    effect: 'none',
  });
}

async function loop(hold: Hold): Promise<Ending> {
  const { world, writer } = hold;
  const patience = new Patience(world);
  for (;;) {
    if (world.clock.stopping()) return interrupted();
    const action = next(openOf(writer.journal()));
    const ending = await act(hold, action, patience);
    if (ending !== undefined) return ending;
  }
}

async function act(hold: Hold, action: Action, patience: Patience): Promise<Ending | undefined> {
  const { world, id, writer } = hold;
  switch (action.do) {
    case 'perform':
    case 'probe':
      return judge(hold, action, await narrated(hold, action), patience);
    case 'turnBack':
      world.emit({ type: 'turned', id, direction: 'back', reason: action.reason });
      await writer.update((journal) => turn(journal, action.reason));
      return undefined;
    case 'settle':
      await writer.update((journal) => settle(journal, world.clock.now()));
      return undefined;
    case 'stuck':
      return stuck(hold, action.reason);
    case 'tidy':
      return finished(hold);
  }
}

type Attempting = Extract<Action, { do: 'perform' | 'probe' }>;

/** Performs or probes, telling it as it happens. */
async function narrated(hold: Hold, action: Attempting): Promise<Attempt> {
  const { world, id } = hold;
  const { step } = action;
  const about = { id, step: step.name, verb: step.verb, target: step.target } as const;
  const started = world.clock.monotonic();
  world.emit({ type: 'stepStarted', ...about });
  const attempt = action.do === 'perform' ? await attemptStep(hold, step) : await probeStep(hold, step, action.record);
  const event = conclusion(attempt, newestOf(hold, step), action);
  if (event !== undefined) world.emit({ ...about, elapsed: world.clock.monotonic() - started, ...event });
  return attempt;
}

type Conclusion =
  | { readonly type: 'stepDone'; readonly found?: 'present' }
  | { readonly type: 'stepFailed'; readonly reason: string; readonly fault?: FaultDetails }
  | { readonly type: 'stepProgress'; readonly text: string };

function conclusion(attempt: Attempt, record: StepRecord | undefined, action: Attempting): Conclusion | undefined {
  if (attempt.came === 'again') return { type: 'stepProgress', text: `trying again: ${attempt.fault.said}` };
  if (attempt.came === 'left' || record === undefined || record.state === 'absent') return undefined;
  if (record.state === 'done')
    return action.do === 'probe' ? { type: 'stepDone', found: 'present' } : { type: 'stepDone' };
  const fault = record.fault === undefined ? {} : { fault: record.fault };
  return { type: 'stepFailed', reason: record.reason ?? record.state, ...fault };
}

function newestOf(hold: Hold, step: Step): StepRecord | undefined {
  return openOf(hold.writer.journal()).records.findLast((candidate) => candidate.step === step.name);
}

async function judge(
  hold: Hold,
  action: Attempting,
  attempt: Attempt,
  patience: Patience,
): Promise<Ending | undefined> {
  const { step } = action;
  if (attempt.came === 'closed') return patience.reset();
  if (attempt.came === 'left') return left(attempt.reason, attempt.fault);
  const { fault } = attempt;
  if (await patience.hasMore(step, fault)) return undefined;
  const record = newestOf(hold, step);
  // Only an effect that certainly did not happen may be given up; an unknown one stays open, and so does a failing read.
  const effectFailed = record?.state === 'absent' && record.fault !== undefined && action.do === 'perform';
  if (!effectFailed) return left(fault.said, fault);
  await giveUp(hold, step, fault);
  return undefined;
}

/** How long one step may go on failing in a way that may pass: two call deadlines. */
class Patience {
  readonly #world: World;
  #step = '';
  #since = 0;
  #conflicts = 0;
  #pause = 0;

  constructor(world: World) {
    this.#world = world;
  }

  reset(): undefined {
    this.#step = '';
    this.#conflicts = 0;
    this.#pause = 0;
  }

  /** False: it had its time. Waits before it says true; a conflict is somebody's progress and costs hardly a pause. */
  async hasMore(step: Step, fault: FaultDetails): Promise<boolean> {
    const { clock, limits } = this.#world;
    if (this.#step !== step.name) {
      this.reset();
      this.#step = step.name;
      this.#since = clock.monotonic();
    }
    if (fault.kind === 'conflict') {
      this.#conflicts += 1;
      await clock.sleep(Math.min(200, 2 * this.#conflicts));
      return this.#conflicts < MANY_CONFLICTS;
    }
    if (clock.monotonic() - this.#since > 2 * limits.callDeadline) return false;
    this.#pause = Math.min(limits.callDeadline / 4, Math.max(100, this.#pause * 2));
    await clock.sleep(Math.max(this.#pause, fault.retryAfter ?? 0));
    return true;
  }
}

function left(reason: string, fault?: FaultDetails): Ending {
  const outcome = fault?.kind === 'interrupted' ? 'interrupted' : 'failed';
  return { outcome, reason, gap: null, next: 'keyturn apply', ...(fault === undefined ? {} : { fault }) };
}

function interrupted(): Ending {
  return { outcome: 'interrupted', reason: 'this run was asked to stop', gap: null, next: 'keyturn apply' };
}

async function stuck(hold: Hold, reason: string): Promise<Ending> {
  const { world, id, writer } = hold;
  await writer.update((journal) => ({ ...journal, held: backOff(journal.held, reason, world.clock.now(), true) }));
  return { outcome: 'stuck', reason, gap: null, next: `keyturn recover ${id}` };
}

async function finished(hold: Hold): Promise<Ending> {
  const open = openOf(hold.writer.journal());
  await tidy(hold);
  const gap = gapOf(open);
  if (open.outcome === 'undone') {
    const { held } = hold.writer.journal();
    const until = held === null ? '' : `; held until ${held.until}`;
    return { outcome: 'undone', reason: `${open.turnReason ?? 'undone'}${until}`, gap, next: `keyturn why ${hold.id}` };
  }
  return { outcome: open.outcome ?? 'rotated', gap };
}

/** A change that could not begin. */
export function blocked(change: Change, diagnostics: readonly Diagnostic[]): Ending {
  const first = diagnostics[0];
  const next = first?.action === undefined ? {} : { next: first.action };
  return { outcome: 'blocked', reason: first?.summary ?? `${change.id} is blocked`, gap: null, ...next };
}
