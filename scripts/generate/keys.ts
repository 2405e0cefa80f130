import type { Json, JsonObject } from '../../src/domain/json.js';
import { code, flow, sentence, table, textOf } from './markdown.js';

/** One row of a page about a file: a key with its whole path, `publish[].kubernetesSecret.name`. */
interface Key {
  readonly path: string;
  readonly schema: JsonObject;
  readonly required: boolean;
}

/** Every key of an object schema, outer keys first, as a table. */
export function keysTable(schema: JsonObject): string {
  const rows = keysOf(schema, '').map(({ path, schema: about, required }) => [
    code(path),
    typeOf(about),
    required ? 'required' : shown(about['default']),
    shown(exampleOf(about)),
    meaningOf(about),
  ]);
  return table(['Key', 'Type', 'Default', 'Example', 'Meaning'], rows);
}

function keysOf(schema: JsonObject, prefix: string): readonly Key[] {
  const properties = objectIn(schema, 'properties') ?? {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(properties).flatMap(([name, about]) => {
    if (!isObject(about)) return [];
    const path = `${prefix}${name}`;
    return [{ path, schema: about, required: required.includes(name) }, ...below(about, path)];
  });
}

/** Keys inside a value: of a mapping, of the items of a list, of a mapping with free names, of the branches of a choice by type. */
function below(schema: JsonObject, path: string): readonly Key[] {
  const items = objectIn(schema, 'items');
  const named = objectIn(schema, 'additionalProperties');
  return [
    ...keysOf(schema, `${path}.`),
    ...(items === undefined ? [] : keysOf(items, `${path}[].`)),
    ...(named === undefined ? [] : keysOf(named, `${path}.NAME.`)),
    ...['then', 'else'].flatMap((branch) => {
      const found = objectIn(schema, branch);
      return found === undefined ? [] : below(found, path);
    }),
  ];
}

function typeOf(schema: JsonObject): string {
  const { type, enum: words, const: only } = schema;
  if (only !== undefined) return code(flow(only));
  if (Array.isArray(words)) return words.map((word: Json) => code(flow(word))).join(', ');
  if (type === 'integer') return `integer${range(schema)}`;
  if (type === 'array') return `list of ${plural(objectIn(schema, 'items') ?? {})}`;
  return plain(schema);
}

function plain(schema: JsonObject): string {
  const { type } = schema;
  if (Array.isArray(type)) return type.map((one: Json) => WORDS[textOf(one)] ?? textOf(one)).join(' or ');
  if (isDuration(schema)) return 'duration';
  return WORDS[typeof type === 'string' ? type : 'object'] ?? 'value';
}

const WORDS: { readonly [type: string]: string } = {
  string: 'text',
  object: 'mapping',
  boolean: 'true or false',
  integer: 'integer',
  number: 'number',
};

function plural(items: JsonObject): string {
  if (Array.isArray(items['enum'])) return items['enum'].map((word: Json) => code(flow(word))).join(', ');
  const name = plain(items);
  return name === 'text' ? 'texts' : `${name}s`;
}

function range({ minimum, maximum }: JsonObject): string {
  return typeof minimum === 'number' && typeof maximum === 'number' ? `, ${minimum} to ${maximum}` : '';
}

function isDuration(schema: JsonObject): boolean {
  return textOf(schema['patternErrorMessage']).startsWith('must be a duration');
}

function meaningOf(schema: JsonObject): string {
  const { description, patternErrorMessage } = schema;
  const rule = typeof patternErrorMessage === 'string' && !isDuration(schema) ? sentence(patternErrorMessage) : '';
  return `${sentence(textOf(description))} ${rule}`.trim();
}

function exampleOf({ examples, const: only }: JsonObject): Json | undefined {
  return only === undefined && Array.isArray(examples) ? examples[0] : undefined;
}

function shown(value: Json | undefined): string {
  return value === undefined ? '' : code(flow(value));
}

function objectIn(schema: JsonObject, key: string): JsonObject | undefined {
  const value = schema[key];
  return isObject(value) ? value : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
