import type { Generation } from '../domain/journal.js';
import type { Observation } from '../domain/observation.js';
import { type Instant, instantOf } from '../domain/time.js';

export type Observed = Extract<Observation, { state: 'observed' }>;

/** Since when the live generation has been the live one, as far as it can be believed. */
export interface Age {
  readonly birth: Instant;
  /** `label`: born and labelled by keyturn; `version`, `key`: reckoned from the creation of the live version, of the path. */
  readonly from: 'label' | 'version' | 'key';
  /** The generation, where keyturn made it. */
  readonly rotation?: string;
  /** What the journal says against the label; the label is believed no longer. */
  readonly contradiction?: string;
}

/** Rounding of times between label, journal and server, milliseconds. */
const TOLERANCE = 1000;

/**
 * Undefined where no value is live or nobody can tell.
 *
 * @param known the generation that the journal calls current; null: the journal knows none; undefined: the journal was not read or
 *   holds an open change, which explains any label.
 */
export function ageOf(observed: Observed, known: Generation | null | undefined): Age | undefined {
  const seen = observed.present ? seenAge(observed) : undefined;
  if (seen?.rotation === undefined || known === undefined) return seen;
  if (known?.rotation === seen.rotation) return asBorn(seen, known);
  const knows = known === null ? 'the journal knows none' : `the journal knows ${known.rotation}`;
  const birth = observed.versionCreatedAt ?? seen.birth;
  return { birth, from: 'version', contradiction: `the label names generation ${seen.rotation}, ${knows}` };
}

/** Others can write the label; of a generation that the journal knows it knows the birth. */
function asBorn(seen: Age, { birth: text, rotation }: Generation): Age {
  const birth = instantOf(text);
  if (birth === undefined || Math.abs(birth - seen.birth) <= TOLERANCE) return seen;
  return { ...seen, birth, contradiction: `the label and the journal differ on the birth of ${rotation}` };
}

function seenAge({ birth, birthFrom, rotation }: Observed): Age | undefined {
  if (birth === undefined) return undefined;
  return { birth, from: birthFrom ?? 'version', ...(rotation === undefined ? {} : { rotation }) };
}
