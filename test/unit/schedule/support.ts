import * as fc from 'fast-check';
import type { Freeze, Schedule, Window } from '../../../src/domain/policy.js';
import { type SecretId, secretId } from '../../../src/domain/ids.js';
import { type Instant, instantOf, isoOf } from '../../../src/domain/time.js';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

export function at(text: string): Instant {
  const instant = instantOf(text.length === 17 ? text.replace('Z', ':00Z') : text);
  if (instant === undefined) throw new Error(`no instant: ${text}`);
  return instant;
}

/** `2026-11-24T11:00Z`. */
export function short(instant: Instant): string {
  return isoOf(instant).replace(':00.000Z', 'Z');
}

export function idOf(text: string): SecretId {
  const id = secretId(text);
  if (id === undefined) throw new Error(`no id: ${text}`);
  return id;
}

export const NIGHTS: Window = { name: 'nights', cron: '0 1 * * *', lasts: 4 * HOUR, timezone: 'Europe/Berlin' };
export const OFFICE: Window = { name: 'office', cron: '0 9 * * MON-THU', lasts: 8 * HOUR, timezone: 'Europe/Berlin' };

export function every(length: number, more: Partial<Schedule> = {}): Schedule {
  return { due: { type: 'every', every: length }, warnBefore: 0, jitter: 0, ...more };
}

export function cron(expression: string, timezone: string, more: Partial<Schedule> = {}): Schedule {
  return { due: { type: 'cron', cron: expression, timezone }, warnBefore: 0, jitter: 0, ...more };
}

export function freeze(name: string, from: string, to: string, timezone = 'UTC'): Freeze {
  const source = { file: 'schedules.yaml', line: 1, column: 1, endLine: 1, endColumn: 2 };
  return { name, from, to, timezone, reason: 'rest', except: [], source };
}

/** Zones whose clocks move at midnight, by half an hour, twice around Ramadan, by a whole day, and usual ones. */
export const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
] as const;

export const zones = fc.constantFrom(...ZONES);
/** From 2005 to 2045, on whole seconds. */
export const instants = fc.integer({ min: 1_104_537_600, max: 2_366_841_600 }).map((seconds) => seconds * 1000);
export const crons = fc.constantFrom(
  '0 1 * * *',
  '30 2 * * *',
  '0 0 * * *',
  '15 0 * * *',
  '*/30 * * * *',
  '0 9 * * MON-THU',
  '0 0 1 * *',
  '45 23 L * *',
  '0 4 1 */3 *',
  '30 3 * * 2#2',
  '0 5 29 2 *',
);
