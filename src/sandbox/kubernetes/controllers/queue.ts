import { ApiError } from '../failures.js';
import type { SandboxClock } from '../clock.js';

const RETRY_AFTER = 1000;

/** Keys to reconcile: each once, however often it was added; a refusal by the API is tried again after a second. */
export class WorkQueue {
  readonly #clock: SandboxClock;
  readonly #reconcile: (key: string) => void;
  readonly #keys = new Set<string>();
  readonly #later = new Map<string, () => void>();
  #scheduled: NodeJS.Immediate | undefined;
  #idle: (() => void)[] = [];
  #closed = false;

  constructor(clock: SandboxClock, reconcile: (key: string) => void) {
    this.#clock = clock;
    this.#reconcile = reconcile;
  }

  add(key: string): void {
    if (this.#closed) return;
    this.#keys.add(key);
    this.#scheduled ??= setImmediate(() => {
      this.#drain();
    });
  }

  /** One appointment per key; the latest wins. Milliseconds. */
  addAfter(key: string, length: number): void {
    if (this.#closed) return;
    this.#later.get(key)?.();
    const cancel = this.#clock.after(Math.max(0, length), () => {
      this.#later.delete(key);
      this.add(key);
    });
    this.#later.set(key, cancel);
  }

  /** Ends when nothing is to do now; appointments do not count. */
  settled(): Promise<void> {
    if (this.#keys.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  close(): void {
    this.#closed = true;
    this.#keys.clear();
    for (const cancel of this.#later.values()) cancel();
    this.#later.clear();
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled);
    this.#wake();
  }

  /** One round; what it causes waits for the next, so that requests get their turn. */
  #drain(): void {
    this.#scheduled = undefined;
    const keys = [...this.#keys];
    this.#keys.clear();
    for (const key of keys) {
      try {
        this.#reconcile(key);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.addAfter(key, RETRY_AFTER);
      }
    }
    if (this.#keys.size === 0) this.#wake();
  }

  #wake(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}
