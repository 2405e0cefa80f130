import { randomOf } from '../length.js';

/** A call that waits for its turn. */
interface Waiting {
  readonly notBefore: number;
  readonly go: () => void;
}

/**
 * Gives one turn at a time to one of the calls that wait for it, so that any number of runners in one process interleave as the seed has
 * it, and the same seed gives the same interleaving. A turn is over when nothing can go on without another one.
 */
export class Scheduler {
  readonly #seed: number;
  readonly #waiting: Waiting[] = [];
  /** Turns given so far. */
  turn = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Resolves when it is the caller's turn, at the earliest so many turns from now. */
  take(delay = 0): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push({ notBefore: this.turn + delay, go: resolve }));
  }

  /** Gives turns until nobody waits; `after` is called behind each. */
  async drain(after: () => void): Promise<void> {
    await settled();
    while (this.#waiting.length > 0) {
      this.turn += 1;
      this.#chosen().go();
      await settled();
      after();
    }
  }

  /** The draw of a turn depends on its number alone, so that leaving an injection out disturbs the others little. */
  #chosen(): Waiting {
    const ready = this.#waiting.filter(({ notBefore }) => notBefore <= this.turn);
    const soonest = Math.min(...this.#waiting.map(({ notBefore }) => notBefore));
    const able = ready.length > 0 ? ready : this.#waiting.filter(({ notBefore }) => notBefore === soonest);
    const draw = randomOf(this.#seed + this.turn * 7919)();
    const chosen = able[Math.floor(draw * able.length)] ?? this.#waiting[0];
    if (chosen === undefined) throw new Error('nobody waits');
    this.#waiting.splice(this.#waiting.indexOf(chosen), 1);
    return chosen;
  }
}

/** Every promise that can settle by itself has settled: nothing in these worlds waits for a timer or a socket. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
