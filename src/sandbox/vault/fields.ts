import type { Json, JsonObject } from '../../domain/json.js';
import { parseSeconds } from './clock.js';

/** How a parameter is read. The server is lenient: a number may come as text, a list as text with commas. */
export type FieldType =
  | 'any'
  | 'string'
  | 'int'
  | 'bool'
  | 'seconds'
  | 'signedSeconds'
  | 'map'
  | 'pairs'
  | 'list'
  | 'strings'
  | 'ints';

export type FieldSpec = Readonly<Record<string, FieldType>>;

/** A parameter that cannot be read; the message is the server's own. */
export class FieldError extends Error {}

/** A JSON value as text: itself where it is one, else its notation. */
export function plainText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

type Reader = (value: Json) => Json;

/** The server's name for the type of a JSON value. */
function typeName(value: Json): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  return { string: 'string', number: 'json.Number', boolean: 'bool' }[typeof value as string] ?? 'nil';
}

function unconvertible(wanted: string, value: Json): FieldError {
  return new FieldError(`'' expected type '${wanted}', got unconvertible type '${typeName(value)}'`);
}

function readInt(value: Json): Json {
  if (value === null || value === '') return 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'number' && typeof value !== 'string') throw unconvertible('int', value);
  if (!/^[+-]?\d+$/.test(String(value))) {
    throw new FieldError(`'' cannot parse value as 'int': strconv.ParseInt: invalid syntax`);
  }
  return Number(value);
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['', '0', 'f', 'F', 'false', 'FALSE', 'False']);

function readBool(value: Json): Json {
  if (value === null) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value !== 'string') throw unconvertible('bool', value);
  if (TRUE.has(value)) return true;
  if (FALSE.has(value)) return false;
  throw new FieldError(`'' cannot parse value as 'bool': strconv.ParseBool: invalid syntax`);
}

function readString(value: Json): Json {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'object') throw unconvertible('string', value);
  return String(value);
}

function readSignedSeconds(value: Json): number {
  if (value === null) return 0;
  if (typeof value !== 'number' && typeof value !== 'string') {
    throw new FieldError(`could not parse duration from input`);
  }
  const seconds = typeof value === 'number' ? Math.trunc(value) : parseSeconds(value);
  if (seconds === undefined) throw new FieldError(`time: invalid duration ${JSON.stringify(value)}`);
  return seconds;
}

function readSeconds(value: Json): Json {
  const seconds = readSignedSeconds(value);
  if (seconds < 0) throw new FieldError(`cannot provide negative value '${seconds}'`);
  return seconds;
}

/** A list of maps counts as all of them in one. */
function mergedMaps(items: readonly Json[]): Json {
  return Object.fromEntries(
    items.flatMap((item, index) => {
      if (typeof item === 'object' && item !== null && !Array.isArray(item)) return Object.entries(item);
      const wanted = `'[${index}]' expected type 'map[string]interface {}'`;
      throw new FieldError(`${wanted}, got unconvertible type '${typeName(item)}'`);
    }),
  );
}

function readMap(value: Json): Json {
  if (value === null) return null;
  if (Array.isArray(value)) return mergedMaps(value);
  if (typeof value === 'object') return value;
  throw unconvertible('map[string]interface {}', value);
}

function readPairs(value: Json): Json {
  const map = readMap(value);
  if (map === null) return null;
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, readString(item)]));
}

function readList(value: Json): Json {
  if (value === null || value === '') return [];
  if (Array.isArray(value)) return value.map((item: Json) => readString(item));
  if (typeof value === 'object') throw unconvertible('[]string', value);
  return String(value)
    .split(',')
    .map((item) => item.trim());
}

/** Unlike a list, a text is one item whatever commas it holds. */
function readStrings(value: Json): Json {
  const items: readonly Json[] = Array.isArray(value) ? value : value === null || value === '' ? [] : [value];
  return items.map((item, index) => {
    if (typeof item !== 'object' || item === null) return readString(item);
    const wanted = `'[${index}]' expected type 'string', got unconvertible type '${typeName(item)}'`;
    throw new FieldError(`decoding failed due to the following error(s):\n\n${wanted}`);
  });
}

function readInts(value: Json): Json {
  const items: readonly Json[] = Array.isArray(value) ? value : [...(readList(value) as string[])];
  return items.map((item, index) => {
    try {
      return readInt(item);
    } catch {
      throw new FieldError(
        `decoding failed due to the following error(s):\n\n'[${index}]' cannot parse value as 'int': strconv.ParseInt: invalid syntax`,
      );
    }
  });
}

const READERS: Readonly<Record<FieldType, Reader>> = {
  any: (value) => value,
  string: readString,
  int: readInt,
  bool: readBool,
  seconds: readSeconds,
  signedSeconds: readSignedSeconds,
  map: readMap,
  pairs: readPairs,
  list: readList,
  strings: readStrings,
  ints: readInts,
};

/** Parameters of one request, read by their types. A parameter that was not sent is undefined. */
export class Fields {
  readonly #values: ReadonlyMap<string, Json>;

  constructor(values: ReadonlyMap<string, Json>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  any(name: string): Json | undefined {
    return this.#values.get(name);
  }

  text(name: string): string | undefined {
    return this.#values.get(name) as string | undefined;
  }

  /** int, seconds and signedSeconds. */
  number(name: string): number | undefined {
    return this.#values.get(name) as number | undefined;
  }

  flag(name: string): boolean | undefined {
    return this.#values.get(name) as boolean | undefined;
  }

  list(name: string): readonly string[] | undefined {
    return this.#values.get(name) as readonly string[] | undefined;
  }

  numbers(name: string): readonly number[] | undefined {
    return this.#values.get(name) as readonly number[] | undefined;
  }

  /** map and pairs; null where null was sent. */
  map(name: string): JsonObject | null | undefined {
    return this.#values.get(name) as JsonObject | null | undefined;
  }
}

/** Reads what was sent by the types of `spec`; what `spec` does not name is left out. Throws FieldError. */
export function readFields(spec: FieldSpec, data: JsonObject): Fields {
  const values = new Map<string, Json>();
  for (const [name, type] of Object.entries(spec)) {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    if (value === undefined) continue;
    try {
      values.set(name, READERS[type](value));
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      throw new FieldError(`error converting input for field "${name}": ${error.message}`);
    }
  }
  return new Fields(values);
}

/** The names that were sent and that the endpoint does not know, sorted. */
export function unknownFields(spec: FieldSpec, data: JsonObject): readonly string[] {
  return Object.keys(data)
    .filter((name) => !Object.hasOwn(spec, name))
    .sort();
}
