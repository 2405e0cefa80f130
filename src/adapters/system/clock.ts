import type { Duration } from '../../domain/duration.js';
import { Fault } from '../../domain/fault.js';
import type { Clock } from '../../domain/ports.js';
import type { Instant } from '../../domain/time.js';

/** A Clock whose single waits can also be given up for a reason of the caller's own. */
export interface SystemClock extends Clock {
  /** As Clock.sleep; `until` ends this one wait early too, with the same Fault of kind `interrupted`. */
  sleep(length: Duration, until?: AbortSignal): Promise<void>;
}

/** setTimeout keeps its delay in a signed 32-bit integer and fires at once beyond it. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * The machine's clocks. `stop` is the signal that asks the run to stop: every wait ends then with a Fault of kind `interrupted`.
 * Ticks go on until they are ended by name, because a lease must be kept while the last step of a stopped run finishes.
 */
export function systemClock(stop?: AbortSignal): SystemClock {
  const monotonic = (): number => performance.now();
  return {
    now: (): Instant => Date.now(),
    monotonic,
    async sleep(length: Duration, until?: AbortSignal): Promise<void> {
      const signals = [stop, until].filter((signal) => signal !== undefined);
      const end = monotonic() + length;
      for (let left = length; left > 0; left = end - monotonic()) await pause(Math.min(left, LONGEST_TIMER), signals);
      if (signals.some((signal) => signal.aborted)) throw interrupted();
    },
    every,
    stopping: () => stop?.aborted ?? false,
  };
}

function every(length: Duration, tick: () => Promise<void>): () => void {
  const ended = new AbortController();
  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await pause(Math.min(length, LONGEST_TIMER), [ended.signal]);
      // A tick speaks for itself; one that fails neither ends the series nor the process.
      await tick().catch(() => undefined);
    }
  };
  // The only rejection is that of the pause when the series is ended.
  run().catch(() => undefined);
  return () => ended.abort();
}

function pause(length: Duration, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (end: () => void): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', stop);
      end();
    };
    const stop = (): void => finish(() => reject(interrupted()));
    // A timer may fire up to a millisecond early by the monotonic clock; rounding up saves a second, tiny wait.
    const timer = setTimeout(() => finish(resolve), Math.ceil(length));
    for (const signal of signals) signal.addEventListener('abort', stop);
    if (signals.some((signal) => signal.aborted)) stop();
  });
}

function interrupted(): Fault {
  return new Fault({
    kind: 'interrupted',
    server: 'keyturn',
    call: 'wait',
    said: 'this run was asked to stop',
    retriable: true,
    effect: 'none',
  });
}
