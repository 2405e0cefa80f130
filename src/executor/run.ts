import type { ChangeResult } from '../domain/events.js';
import type { Change } from '../domain/plan.js';
import { type ResumeOptions, runChange } from './claim.js';
import type { World } from './world.js';

export interface RunOptions {
  readonly resume: ResumeOptions;
  /** May this change start now? The text says why not; asked when its turn comes, for an apply can take hours. */
  mayStart(change: Change): string | undefined;
}

/** Outcomes after which those that depend on it may start. */
const WELL = new Set<ChangeResult['outcome']>(['rotated', 'reconciled']);
/** Outcomes that spend the failure budget. */
const FAILED = new Set<ChangeResult['outcome']>(['failed', 'undone', 'stuck']);

/** A secret that was stuck before and still is says nothing new about this run. */
function spendsBudget({ action }: Change, { outcome }: ChangeResult): boolean {
  return FAILED.has(outcome) && !(action === 'resume' && outcome === 'stuck');
}

/**
 * Carries out changes: those of one chain one after the other, dependencies first, otherwise side by side. One that fails does not stop the
 * others, until the failure budget is spent. The order of changes is the plan's and is free of cycles, so every wait here ends.
 */
export async function runChanges(
  world: World,
  changes: readonly Change[],
  options: RunOptions,
): Promise<readonly ChangeResult[]> {
  world.emit({ type: 'runStarted', run: world.run, changes: changes.map((change) => change.id) });
  const slots = new Slots(world.limits.parallelism);
  const ended = new Map<string, Promise<ChangeResult>>();
  const lastOfChain = new Map<string, Promise<ChangeResult>>();
  let failures = 0;
  for (const change of changes) {
    const waits = [...change.dependsOn.map((id) => ended.get(id)), lastOfChain.get(change.chain)].filter(
      (wait) => wait !== undefined,
    );
    const task = async (): Promise<ChangeResult> => {
      const firsts = await Promise.all(waits);
      return slots.with(async () => {
        const result =
          obstacleTo(world, change, firsts, failures, options) ?? (await runChange(world, change, options.resume));
        if (spendsBudget(change, result)) failures += 1;
        return result;
      });
    };
    const running = task();
    ended.set(change.id, running);
    lastOfChain.set(change.chain, running);
  }
  const results = await Promise.all(ended.values());
  world.emit({ type: 'runEnded', run: world.run, results });
  return results;
}

function obstacleTo(
  world: World,
  change: Change,
  firsts: readonly ChangeResult[],
  failures: number,
  options: RunOptions,
): ChangeResult | undefined {
  const notStarted = (reason: string): ChangeResult => ({
    id: change.id,
    outcome: 'notStarted',
    reason,
    gap: null,
    next: 'keyturn apply',
  });
  if (world.clock.stopping()) return notStarted('this run was asked to stop');
  const missing = firsts.find((result) => change.dependsOn.includes(result.id) && !WELL.has(result.outcome));
  if (missing !== undefined) return notStarted(`${missing.id}, which it depends on, is not settled`);
  // Work that is already claimed goes on whatever the budget and the calendar say.
  if (change.action === 'resume') return undefined;
  if (failures > world.limits.failureBudget)
    return notStarted(
      `${failures} ${failures === 1 ? 'change' : 'changes'} failed, more than failureBudget ${world.limits.failureBudget}`,
    );
  const closed = options.mayStart(change);
  return closed === undefined ? undefined : notStarted(closed);
}

/** At most so many at once, first come, first served. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async with<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
