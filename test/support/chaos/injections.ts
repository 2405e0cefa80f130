import { randomOf } from '../length.js';

/**
 * What befalls a call. `kill…`: the runner dies; `denied`, `unavailable`: a fault that certainly had no effect; `applied`, `lost`: no
 * answer comes, and the call took effect or did not; `late`: no answer comes, and the call takes effect some time later; `stall`: the
 * runner stands still before the call is sent until its lease has long ended, and then sends it as it is.
 */
export type Mishap = 'killBefore' | 'killAfter' | 'denied' | 'unavailable' | 'applied' | 'lost' | 'late' | 'stall';

export interface Injection {
  /** Of all calls, or of those alone that write to the live path, to Kubernetes or what is pending: there the ways part. */
  readonly among: 'calls' | 'effects';
  /** The how-manieth of all runners it befalls. */
  readonly nth: number;
  readonly mishap: Mishap;
  /** Turns of others until what is late or stands still goes on. */
  readonly delay: number;
}

/** Mishaps that are nobody's answer: by themselves they never turn a rotation back. */
export const SILENT: ReadonlySet<Mishap> = new Set(['killBefore', 'killAfter', 'stall']);
const ALL = [
  'killBefore',
  'killAfter',
  'denied',
  'denied',
  'unavailable',
  'applied',
  'lost',
  'late',
  'stall',
  'stall',
] as const;
/** A rotation of one runner makes about so many calls, and so many that have such effects; with others beside it, more. */
const NUMBERS = { calls: 80, effects: 9 } as const;
const LONGEST_DELAY = 400;

export interface Scenario {
  readonly seed: number;
  readonly kind: 'kv-random' | 'litellm-master-key';
  readonly runners: number;
  /** The last runner is a person who turns an open change that way. */
  readonly person?: 'forward' | 'back';
  readonly injections: readonly Injection[];
}

const PERSONS = [undefined, undefined, 'forward', 'back'] as const;

/** Draws whole numbers from 0 to below the given one. */
type Draw = (most: number) => number;

/** Two to five runners; every third scenario has silent mishaps only, of the others half begin with a zombie. */
export function scenarioOf(seed: number): Scenario {
  const random = randomOf(seed);
  const below: Draw = (most) => Math.floor(random() * most);
  const kind = below(2) === 0 ? 'kv-random' : 'litellm-master-key';
  const isSilent = below(3) === 0;
  const mishaps = isSilent ? ALL.filter((mishap) => SILENT.has(mishap)) : ALL;
  const first = isSilent || below(2) === 0 ? [] : zombie(below);
  const others = Array.from({ length: below(4) }, (): Injection => {
    const among = below(4) === 0 ? 'calls' : 'effects';
    const mishap = mishaps[below(mishaps.length)] ?? 'killBefore';
    return { among, nth: 1 + below(NUMBERS[among]), mishap, delay: 5 + below(LONGEST_DELAY) };
  });
  const runners = 2 + below(4);
  const person = PERSONS[isSilent ? 0 : below(PERSONS.length)];
  return { seed, kind, runners, ...(person === undefined ? {} : { person }), injections: [...first, ...others] };
}

/** What breaks most sagas: one runner stands still before an effect, its successor fails soon after and goes back, and the first goes on. */
function zombie(below: Draw): readonly Injection[] {
  const nth = 1 + below(6);
  return [
    { among: 'effects', nth, mishap: 'stall', delay: 100 + below(4 * LONGEST_DELAY) },
    { among: 'effects', nth: nth + 1 + below(3), mishap: below(3) === 0 ? 'late' : 'denied', delay: 5 + below(60) },
  ];
}
