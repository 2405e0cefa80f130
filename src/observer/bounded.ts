/**
 * Runs `work` over all items, at most `width` at a time, and returns when every call that was begun has ended. After the first failure
 * no further item is begun, and that failure is thrown once the calls under way have ended: nothing is left running behind the caller.
 */
export async function forEachBounded<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const failures: unknown[] = [];
  const runner = async (): Promise<void> => {
    for (const item of left) {
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(width, items.length)) }, runner));
  if (failures.length > 0) throw failures[0];
}
