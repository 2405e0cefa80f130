import * as fc from 'fast-check';
import type { Json } from '../../src/domain/json.js';

/** Values that nobody expects where they stand. */
const hostile: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  null,
  true,
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER + 1,
  '',
  '../../sys/raw',
  'secret/%2e%2e/x',
  'a\u001b]0;title\u0007\u202eb\u2028',
  '__proto__',
  'constructor',
  '9'.repeat(400),
  [],
  {},
  [[[[[]]]]],
  { ['__proto__']: { polluted: true }, toString: 1 },
);

type Place = readonly (string | number)[];

/** Every place in a document, the root left out. */
function placesOf(value: Json, at: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return at.length === 0 ? [] : [at];
  const below = Object.entries(value).flatMap(([key, item]) =>
    placesOf(item, [...at, Array.isArray(value) ? Number(key) : key]),
  );
  return at.length === 0 ? below : [at, ...below];
}

type How = (old: Json) => Json | undefined;

/** A copy with one place changed; undefined takes it away, and a place that an earlier edit took away stays so. */
function changedAt(document: Json, place: Place, how: How): Json {
  const copy = structuredClone(document);
  let parent: unknown = copy;
  for (const key of place.slice(0, -1)) parent = below(parent)?.[key];
  const holder = below(parent);
  const key = place.at(-1) ?? '';
  const old = holder?.[key];
  if (holder === undefined || old === undefined) return copy;
  const next = how(old);
  if (next === undefined) Reflect.deleteProperty(holder, key);
  else holder[key] = next;
  return copy;
}

/** Objects and lists alike, by key. */
function below(value: unknown): Record<string | number, Json> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string | number, Json>) : undefined;
}

/** A document with one to three places replaced by something hostile, removed, or doubled where they are lists. */
export function mutationsOf(document: Json): fc.Arbitrary<Json> {
  const places = placesOf(document);
  const how: fc.Arbitrary<How> = fc.oneof(
    { weight: 6, arbitrary: hostile.map((value) => () => value) },
    { weight: 1, arbitrary: fc.constant(() => undefined) },
    { weight: 1, arbitrary: fc.constant((old: Json) => (Array.isArray(old) ? [...old, ...old] : old)) },
    {
      weight: 2,
      arbitrary: fc.constant((old: Json) => (typeof old === 'number' ? old + 1 : `${JSON.stringify(old)}x`)),
    },
  );
  const one = fc.record({ place: fc.constantFrom(...places), how });
  return fc
    .array(one, { minLength: 1, maxLength: 3 })
    .map((edits) => edits.reduce((value, edit) => changedAt(value, edit.place, edit.how), document));
}
