import { instantOf } from '../../domain/time.js';
import type { Duration } from '../../domain/duration.js';
import type { Instant } from '../../domain/time.js';

/*
 * The border between JSON of a server and types. Each guard gives undefined for what it does not know, and no guard throws:
 * one place makes the fault, and it quotes nothing.
 */

export type Fields = { readonly [name: string]: unknown };

export function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function field(value: unknown, name: string): unknown {
  const all = fields(value);
  return all !== undefined && Object.hasOwn(all, name) ? all[name] : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A whole number, not negative: versions, counts, seconds. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function truth(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

export function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

/** A map of strings to strings; null counts as the empty map, as Vault writes it. */
export function textMap(value: unknown): { readonly [name: string]: string } | undefined {
  if (value === null) return {};
  const all = fields(value);
  if (all === undefined || !Object.values(all).every((item) => typeof item === 'string')) return undefined;
  return all as { readonly [name: string]: string };
}

/** RFC 3339, or Go's own text for a time (`2025-09-01 12:00:00.5 +0000 UTC`), which OpenBao 2.4.0 and 2.4.1 write in KV metadata. */
export function instant(value: unknown): Instant | undefined {
  const given = text(value);
  if (given === undefined) return undefined;
  const go = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) ([+-]\d\d)(\d\d)(?: .*)?$/.exec(given);
  return instantOf(go === null ? given : `${go[1]}T${go[2]}${go[3]}:${go[4]}`);
}

const GO_UNITS: { readonly [unit: string]: number } = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Go's text for a duration (`3h25m19s`, `0s`) or a number of seconds; negative ones, which mean "never" to KV, become 0. */
export function goDuration(value: unknown): Duration | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.max(0, value * 1000) : undefined;
  const given = text(value);
  if (given === undefined || !/^-?(?:0|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|h|m|s))+)$/.test(given)) return undefined;
  if (given.startsWith('-')) return 0;
  const parts = [...given.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|h|m|s)/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (GO_UNITS[unit ?? ''] ?? 0), 0);
}
