/**
 * Suites that can go on for hours have two settings: short in `npm test`, full in `npm run prove`, which sets KEYTURN_LENGTH=full. What they
 * draw by chance comes from one seed, KEYTURN_SEED, so that one command shows the same again.
 */
export const isFull = process.env['KEYTURN_LENGTH'] === 'full';

/** The one of the two settings that holds. */
export function lengthOf<T>(short: T, full: T): T {
  return isFull ? full : short;
}

/** Of everything that is drawn; the same in every `npm test`, so that a change of the code alone can make it fail. */
export const SEED = Number(process.env['KEYTURN_SEED'] ?? 20_261_124);

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
