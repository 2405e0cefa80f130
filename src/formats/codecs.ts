import type { HistoryEntry, Journal } from '../domain/journal.js';
import { escapeJson } from '../domain/plain-text.js';
import type { Plan } from '../domain/plan.js';
import type { ShapeProblem, Validate } from '../domain/shape.js';
import { JOURNAL_FORMAT } from './records/journal.js';
import { PLAN_FORMAT } from './records/plan.js';
import { loadValidator } from './validator.js';

/** Why a text could not be read: `newerFormat` names a format that this keyturn does not know; `shape` lists every problem. */
export interface DecodeFailure {
  readonly ok: false;
  readonly reason: 'tooLarge' | 'notJson' | 'tooDeep' | 'newerFormat' | 'shape';
  /** The fact, in one sentence without a full stop. */
  readonly summary: string;
  readonly problems: readonly ShapeProblem[];
}

export type Decoded<T> = { readonly ok: true; readonly value: T } | DecodeFailure;

/** Readers of everything that comes back from files and from Vault. All input is untrusted: nothing throws. */
export interface Codecs {
  decodePlan(text: string): Decoded<Plan>;
  decodeJournal(text: string): Decoded<Journal>;
  decodeHistory(text: string): Decoded<HistoryEntry>;
}

/** 32 MiB, counted in UTF-16 code units. */
export const LARGEST = 32 * 1024 * 1024;
/** Plans nest less than twenty deep; what is deeper was made to exhaust a stack. */
const DEEPEST = 64;

/** Loads ajv; after that every reader is synchronous. */
export async function loadCodecs(): Promise<Codecs> {
  const validate = await loadValidator([]);
  return {
    decodePlan: (text) => decode<Plan>(text, validate, 'plan', PLAN_FORMAT),
    decodeJournal: (text) => decode<Journal>(text, validate, 'journal', JOURNAL_FORMAT),
    decodeHistory: (text) => decode<HistoryEntry>(text, validate, 'history-entry', JOURNAL_FORMAT),
  };
}

/** Indented JSON with a line feed at its end, safe to show on a terminal; the same plan always gives the same bytes. */
export function encodePlan(plan: Plan): string {
  return escapeJson(`${JSON.stringify(plan, null, 2)}\n`);
}

/** One line of JSON: Vault stores it as one string, since it refuses large trees. */
export function encodeJournal(journal: Journal): string {
  return JSON.stringify(journal);
}

export function encodeHistory(entry: HistoryEntry): string {
  return JSON.stringify(entry);
}

function decode<T>(text: string, validate: Validate, schema: string, format: string | number): Decoded<T> {
  if (text.length > LARGEST) return failure('tooLarge', `it is larger than ${LARGEST / 1024 / 1024} MB`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failure('notJson', 'it is not JSON');
  }
  if (isDeep(value)) return failure('tooDeep', `it is nested more than ${DEEPEST} deep`);
  const other = otherFormat(value, format);
  if (other !== undefined)
    return failure('newerFormat', `its format is \`${other}\`; this keyturn knows \`${format}\``);
  const problems = validate(schema, value);
  if (problems.length > 0) return { ...failure('shape', 'it is not what keyturn writes'), problems };
  return { ok: true, value: value as T };
}

function failure(reason: DecodeFailure['reason'], summary: string): DecodeFailure {
  return { ok: false, reason, summary, problems: [] };
}

/** A format that is well-formed and not ours; anything else is left to the schema. */
function otherFormat(value: unknown, format: string | number): string | undefined {
  const found = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (found === format) return undefined;
  if (typeof found === 'number') return Number.isSafeInteger(found) ? String(found) : undefined;
  return typeof found === 'string' && /^keyturn\.dev\/[a-z-]{1,40}\/v\d{1,9}$/.test(found) ? found : undefined;
}

/** Walks level by level, without recursion. */
function isDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    level = level.flatMap((item): readonly unknown[] =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}
