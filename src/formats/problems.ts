import type { Json, JsonObject } from '../domain/json.js';
import { partOf, segmentsOf } from '../domain/json-pointer.js';
import type { ShapeProblem } from '../domain/shape.js';
import type { ErrorObject } from './ajv.js';
import type { Schema } from './schema.js';

/** A list of problems longer than this helps nobody; an untrusted file could make it very long. */
const MOST = 200;

/**
 * ajv's errors as problems in our words: what follows from another error is left out, and no message quotes the value that was found.
 */
export function problemsOf(errors: readonly ErrorObject[], schema: Schema, value: unknown): readonly ShapeProblem[] {
  const found: ShapeProblem[] = [];
  const seen = new Set<string>();
  for (const error of errors.filter((each) => !isConsequence(each))) {
    const problem = problemOf(error, schema, value);
    const name = `${problem.type} ${problem.pointer} ${problem.key ?? ''} ${problem.type === 'value' ? '' : problem.message}`;
    if (seen.has(name)) continue;
    seen.add(name);
    found.push(problem);
    if (found.length === MOST) break;
  }
  return found;
}

/** `if` repeats what its branch said; a branch of `oneOf` says what the choice as a whole says better; `propertyNames` what its key says. */
function isConsequence(error: ErrorObject): boolean {
  return error.keyword === 'if' || /\/oneOf\/\d+\//.test(error.schemaPath) || error.keyword === 'propertyNames';
}

function problemOf(error: ErrorObject, schema: Schema, value: unknown): ShapeProblem {
  const params = error.params as { readonly [name: string]: unknown };
  const around = schemaPart(schema, error.schemaPath.replace(/\/[^/]*$/, ''));
  const place: Place = { pointer: error.instancePath, around: isObject(around) ? around : {}, params, value };
  if (error.propertyName !== undefined) {
    const message = `key \`${error.propertyName}\` ${valueMessage(error.keyword, place)}`;
    return { type: 'value', pointer: error.instancePath, key: error.propertyName, message };
  }
  return (
    structural(error.keyword, place) ?? {
      type: 'value',
      pointer: place.pointer,
      ...allowedOf(place),
      message: valueMessage(error.keyword, place),
    }
  );
}

interface Place {
  readonly pointer: string;
  /** The schema object that holds the keyword that failed. */
  readonly around: JsonObject;
  readonly params: { readonly [name: string]: unknown };
  readonly value: unknown;
}

/** Problems with keys; undefined: it is one of the value itself. */
function structural(keyword: string, place: Place): ShapeProblem | undefined {
  const { pointer, params, around } = place;
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      return { type: 'unknownKey', pointer, key, known: keysOf(around), message: `has an unknown key \`${key}\`` };
    }
    case 'required': {
      const key = String(params['missingProperty']);
      return { type: 'missingKey', pointer, key, message: `needs \`${key}\`` };
    }
    case 'dependentRequired':
      return {
        type: 'choice',
        pointer,
        message: `has \`${String(params['property'])}\`, which needs \`${String(params['missingProperty'])}\``,
      };
    case 'oneOf':
      return { type: 'choice', pointer, message: `needs exactly one of ${quoted(branchKeys(around['oneOf']))}` };
    case 'not':
      return { type: 'choice', pointer, message: `may have only one of ${quoted(requiredOf(around['not']))}` };
    case 'minProperties':
    case 'maxProperties':
      return { type: 'choice', pointer, message: propertiesMessage(around) };
    default:
      return undefined;
  }
}

function propertiesMessage(around: JsonObject): string {
  const { minProperties, maxProperties } = around;
  const keys = quoted(keysOf(around));
  if (minProperties === 1 && maxProperties === 1) return `needs exactly one of ${keys}`;
  return minProperties === undefined
    ? `may have at most ${JSON.stringify(maxProperties)} keys`
    : `needs at least one of ${keys}`;
}

const LIMITS: { readonly [keyword: string]: (limit: string) => string } = {
  minimum: (limit) => `must be at least ${limit}`,
  maximum: (limit) => `must be at most ${limit}`,
  exclusiveMinimum: (limit) => `must be more than ${limit}`,
  exclusiveMaximum: (limit) => `must be less than ${limit}`,
  multipleOf: (limit) => `must be a multiple of ${limit}`,
  minLength: (limit) => (limit === '1' ? 'must not be empty' : `must have at least ${limit} characters`),
  maxLength: (limit) => `must have at most ${limit} characters`,
  minItems: (limit) => (limit === '1' ? 'must not be empty' : `must have at least ${limit} entries`),
  maxItems: (limit) => `must have at most ${limit} entries`,
};

const WORDS: { readonly [keyword: string]: (place: Place) => string } = {
  type: ({ around, params, value, pointer }) => {
    const said = around['patternErrorMessage'];
    if (params['type'] === 'string' && typeof said === 'string') return said;
    return `must be ${typeNames(params['type'])}, not ${typeName(partOf(value, segmentsOf(pointer)))}`;
  },
  enum: ({ around }) => `must be ${listed(around['enum'])}`,
  const: ({ around }) => `must be ${quotedValue(around['const'])}`,
  pattern: ({ around }) => {
    const said = around['patternErrorMessage'];
    return typeof said === 'string' ? said : 'is not written as it must be';
  },
  format: ({ params }) =>
    params['format'] === 'date-time' ? 'must be a time as in RFC 3339' : `must be a ${String(params['format'])}`,
  uniqueItems: () => 'must not hold an entry twice',
};

function valueMessage(keyword: string, place: Place): string {
  const limit = LIMITS[keyword];
  if (limit !== undefined) return limit(JSON.stringify(place.around[keyword] ?? null));
  return WORDS[keyword]?.(place) ?? 'is not as it must be';
}

/** The part of a schema that ajv's `schemaPath` names; ajv percent-encodes its segments on top of RFC 6901. */
function schemaPart(schema: Json, schemaPath: string): Json | undefined {
  const fragment = schemaPath.slice(schemaPath.indexOf('#') + 1);
  return partOf(schema, segmentsOf(decodeURIComponent(fragment))) as Json | undefined;
}

function allowedOf({ around }: Place): { readonly known?: readonly string[] } {
  const allowed = around['enum'] ?? (around['const'] === undefined ? undefined : [around['const']]);
  return Array.isArray(allowed) ? { known: allowed.filter((item: Json) => typeof item === 'string') } : {};
}

function keysOf(around: JsonObject): readonly string[] {
  return isObject(around['properties']) ? Object.keys(around['properties']) : [];
}

function branchKeys(branches: Json | undefined): readonly string[] {
  return Array.isArray(branches) ? branches.flatMap((branch: Json) => requiredOf(branch)) : [];
}

function requiredOf(schema: Json | undefined): readonly string[] {
  const required = isObject(schema) ? schema['required'] : undefined;
  return Array.isArray(required) ? required.filter((key: Json) => typeof key === 'string') : [];
}

function listed(values: Json | undefined): string {
  const texts = (Array.isArray(values) ? values : []).map((item: Json) => quotedValue(item));
  return texts.length === 1 ? (texts[0] ?? '') : `one of ${texts.join(', ')}`;
}

function quotedValue(value: Json | undefined): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value ?? null)}\``;
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `\`${key}\``).join(', ');
}

const TYPES: { readonly [name: string]: string } = {
  string: 'a text',
  object: 'a mapping',
  array: 'a list',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

function typeNames(types: unknown): string {
  const names = Array.isArray(types) ? types.map(String) : String(types).split(',');
  return names.map((name) => TYPES[name] ?? name).join(' or ');
}

function typeName(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number' : 'a number';
  return TYPES[typeof value] ?? typeof value;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
