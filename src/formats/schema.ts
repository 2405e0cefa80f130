import type { Json, JsonObject } from '../domain/json.js';

/** A JSON Schema of draft 2020-12, as plain data. */
export type Schema = JsonObject;

type OptionalKey<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];
type RequiredKey<T> = Exclude<keyof T, OptionalKey<T>>;

/** The properties of a type, each with its schema: the compiler asks for every one, so type and schema cannot drift apart. */
export type Members<T> = { readonly [K in RequiredKey<T>]: Schema } & (OptionalKey<T> extends never
  ? { readonly optional?: undefined }
  : { readonly optional: { readonly [K in OptionalKey<T>]: Schema } });

/** An object of a domain type that has no other keys. */
export function objectOf<T>(description: string, members: Members<T>): Schema {
  return closedObject(description, members);
}

/** An object with these keys and no others; those below `optional` may be absent. */
export function closedObject(description: string, members: object): Schema {
  const { optional, ...required } = members as { readonly [key: string]: Schema };
  const properties = { ...required, ...optional };
  return { type: 'object', description, required: Object.keys(required), properties, additionalProperties: false };
}

/** One of several objects that a property tells apart; a switch by `if`, so that a problem names the right branch only. */
export function variants(tag: string, description: string, branches: { readonly [value: string]: Schema }): Schema {
  return {
    type: 'object',
    description,
    required: [tag],
    properties: { [tag]: { enum: Object.keys(branches), description: 'Which of the branches it is.' } },
    allOf: Object.entries(branches).map(([value, branch]) =>
      when({ required: [tag], properties: { [tag]: { const: value } } }, branch),
    ),
  };
}

/** `if`, `then`, `else`, made here because a literal with a key `then` looks like a promise to linters. */
export function when(test: Schema, fits: Schema, otherwise?: Schema): Schema {
  const parts: readonly (readonly [string, Schema | undefined])[] = [
    ['if', test],
    ['then', fits],
    ['else', otherwise],
  ];
  return Object.fromEntries(parts.flatMap(([key, schema]) => (schema === undefined ? [] : [[key, schema]])));
}

export function text(description: string, more: JsonObject = {}): Schema {
  return { type: 'string', description, ...more };
}

export function count(description: string, more: JsonObject = {}): Schema {
  return { type: 'integer', minimum: 0, description, ...more };
}

export function flag(description: string): Schema {
  return { type: 'boolean', description };
}

/** RFC 3339. */
export function time(description: string): Schema {
  return { type: 'string', format: 'date-time', description };
}

export function listOf(items: Schema, description: string, more: JsonObject = {}): Schema {
  return { type: 'array', items, description, ...more };
}

export function oneOfWords(words: readonly string[], description: string, more: JsonObject = {}): Schema {
  return { type: 'string', enum: [...words], description, ...more };
}

/** The words of a union type; the compiler asks for every one. */
export type Words<T extends string> = { readonly [word in T]: true };

export function wordsOf(words: Words<string>, description: string): Schema {
  return oneOfWords(Object.keys(words), description);
}

/** The schema, or null. */
export function orNull(schema: Schema): Schema {
  const { description, ...rest } = schema;
  return { ...(description === undefined ? {} : { description }), ...when({ not: { type: 'null' } }, rest) };
}

/** Any plain object: what only one kind or one step understands. */
export function anyObject(description: string): Schema {
  return { type: 'object', description };
}

/** A schema document of its own: `https://keyturn.dev/schemas/plan.schema.json`. */
export function documentOf(name: string, title: string, schema: Schema): Schema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: schemaUrl(name), title, ...schema };
}

export function schemaUrl(name: string): string {
  return `https://keyturn.dev/schemas/${name}.schema.json`;
}

/**
 * The same schema for readers of outputs: keys that it does not name are allowed everywhere, because a later keyturn may add some to
 * an output of the same format. keyturn's own tests use the closed form.
 */
export function opened(schema: Schema): Schema {
  return open(schema) as Schema;
}

function open(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => open(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, item]) => !(key === 'additionalProperties' && item === false));
  return Object.fromEntries(entries.map(([key, item]) => [key, open(item)]));
}
