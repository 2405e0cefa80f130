import type { Diagnostic } from '../domain/diagnostic.js';
import { parseDuration } from '../domain/duration.js';
import { instantOf } from '../domain/time.js';
import { nearest } from '../domain/nearest.js';
import { flagSpec, type FlagName, type FlagSpec } from './table-flags.js';

export type FlagValue = boolean | string | readonly string[] | number | undefined;

export type ValueResult =
  | { readonly ok: true; readonly value: FlagValue }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

/** All values given for one flag, in order, as what its type makes of them; `undefined` in the list: given without a value. */
export function flagValue(name: FlagName, given: readonly (string | undefined)[]): ValueResult {
  const spec = flagSpec(name);
  if (spec.type === 'boolean') return booleanValue(name, given);
  const texts = given.filter((text) => text !== undefined);
  if (texts.length < given.length)
    return wrong('KT2103', `\`--${name}\` lacks its value`, `write --${name} ${spec.value ?? 'VALUE'}`);
  if (texts.includes('')) return wrong('KT2110', `\`--${name}\` is empty`);
  if (spec.type === 'texts') return { ok: true, value: texts };
  const [text, ...others] = texts;
  if (text === undefined) return { ok: true, value: undefined };
  if (others.some((other) => other !== text)) return givenTwice(name);
  return oneValue(name, text, spec);
}

/** What a flag that was not given stands for. */
export function absentValue(name: FlagName): FlagValue {
  const { type } = flagSpec(name);
  if (type === 'boolean') return false;
  return type === 'texts' ? [] : undefined;
}

function booleanValue(name: FlagName, given: readonly (string | undefined)[]): ValueResult {
  const values = new Set(given.map((text) => text ?? 'true'));
  const odd = [...values].find((text) => text !== 'true' && text !== 'false');
  if (odd !== undefined) return wrong('KT2104', `\`--${name}\` is \`true\` or \`false\`, not \`${odd}\``);
  return values.size > 1 ? givenTwice(name) : { ok: true, value: values.has('true') };
}

function givenTwice(name: FlagName): ValueResult {
  return wrong('KT2108', `\`--${name}\` is given more than once, with different values`, 'leave one of them out');
}

/** Reads the text as the flag's type; undefined where it is none. */
const READERS: {
  readonly [type in 'text' | 'count' | 'duration' | 'instant' | 'digest']: (text: string) => FlagValue;
} = {
  text: (text) => text,
  count: (text) => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined),
  duration: (text) => parseDuration(text),
  instant: (text) => instantOf(text) ?? instantOf(`${text}T00:00:00Z`),
  digest: (text) => (/^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : undefined),
};

const WANTED = {
  text: 'a text',
  count: 'a whole number from 1',
  duration: 'a duration such as `90s` or `1h30m`',
  instant: 'a time such as `2026-12-24T08:00:00Z`, or a date such as `2026-12-24`',
  digest: 'a digest of 64 hex digits, which `keyturn show PLANFILE --details` prints',
} as const;

function oneValue(name: FlagName, text: string, spec: FlagSpec): ValueResult {
  const { type } = spec;
  if (type === 'choice') return choice(`\`--${name}\``, text, spec.choices ?? []);
  if (type === 'boolean' || type === 'texts') return { ok: true, value: text };
  const value = READERS[type](text);
  return value === undefined
    ? wrong('KT2104', `\`--${name}\` wants ${WANTED[type]}, not \`${text}\``)
    : { ok: true, value };
}

/** One of a fixed list. */
export function choice(what: string, text: string, choices: readonly string[]): ValueResult {
  if (choices.includes(text)) return { ok: true, value: text };
  const near = nearest(text, choices);
  const action = near === undefined ? undefined : `did you mean \`${near}\`?`;
  return wrong('KT2104', `${what} is one of ${choices.join(', ')}, not \`${text}\``, action);
}

function wrong(
  code: Diagnostic['code'],
  summary: string,
  action?: string,
): { readonly ok: false; readonly diagnostic: Diagnostic } {
  return { ok: false, diagnostic: { severity: 'error', code, summary, ...(action !== undefined && { action }) } };
}
