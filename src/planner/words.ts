import type { FaultDetails } from '../domain/fault.js';
import { type Instant, isoOf } from '../domain/time.js';

const MINUTE = 60_000;

/** `2026-11-24`, in UTC. */
export function day(at: Instant): string {
  return isoOf(at).slice(0, 'yyyy-mm-dd'.length);
}

/** `2026-11-24T11:00Z`; seconds only where they are not zero. */
export function minute(at: Instant): string {
  const whole = at % MINUTE === 0;
  return `${isoOf(at).slice(0, whole ? 'yyyy-mm-ddThh:mm'.length : 'yyyy-mm-ddThh:mm:ss'.length)}Z`;
}

/** `Vault https://vault.example.com: GET secret/metadata/a: connection refused (503)`. */
export function faultText({ server, call, said, status }: FaultDetails): string {
  return `${server}: ${call}: ${said}${status === undefined ? '' : ` (${status})`}`;
}

/** `1 consumer`, `2 consumers`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** By code units, so that the order is the same everywhere. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
