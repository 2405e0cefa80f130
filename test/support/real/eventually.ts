import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 25;

/** What {@link eventually} waits for, in words, and how long. */
export interface Expectation {
  readonly what: string;
  readonly seconds?: number;
}

/**
 * Asks until the answer satisfies and returns that answer. For what a server does in its own time; when the time is
 * over it throws with what was waited for and the last answer, so nothing passes by waiting.
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  satisfied: (answer: T) => boolean,
  { what, seconds = 30 }: Expectation,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) return answer;
    if (performance.now() > deadline) {
      throw new Error(`not within ${seconds} s: ${what}; last seen: ${JSON.stringify(answer)}`);
    }
    await delay(PAUSE_MS);
  }
}
