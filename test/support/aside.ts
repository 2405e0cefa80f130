/** Most tests of whole runs spend their time waiting for leases: so many of them run at once as two processors carry. */
const LANES = 4;

/**
 * Starts the work of every case, a few at a time, and gives each case's own promise; a test awaits the one of its case. Nobody else
 * has to listen to them.
 */
export function sideBySide<T>(
  cases: readonly T[],
  work: (each: T, number: number) => Promise<void>,
): ReadonlyMap<T, Promise<void>> {
  const lanes = Array.from({ length: LANES }, () => Promise.resolve());
  const outcomes = new Map<T, Promise<void>>();
  for (const [number, each] of cases.entries()) {
    const lane = number % LANES;
    const outcome = (lanes[lane] ?? Promise.resolve()).then(() => work(each, number));
    lanes[lane] = outcome.catch(() => undefined);
    outcomes.set(each, outcome);
  }
  return outcomes;
}
