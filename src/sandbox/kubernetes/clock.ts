import { isoOf } from '../../domain/time.js';

/** Time as the embedded cluster sees it; a test hands in its own. */
export interface SandboxClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once after so many milliseconds; the answer calls it off. */
  after(length: number, run: () => void): () => void;
}

export const systemClock: SandboxClock = {
  now: () => Date.now(),
  after: (length, run) => {
    const timer = setTimeout(run, length);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** metav1.Time: RFC 3339 in UTC, whole seconds. */
export function kubeTime(at: number): string {
  return `${isoOf(at).slice(0, 19)}Z`;
}
