import type { KindInfo } from '../domain/kind-info.js';
import { POLICY } from './editor/policy.js';
import { mapping } from './editor/parts.js';
import { SCHEDULES } from './editor/schedule.js';
import { SETTINGS } from './editor/settings.js';
import { HISTORY_ENTRY, JOURNAL } from './records/journal.js';
import { OUTPUTS } from './records/outputs.js';
import { PLAN } from './records/plan.js';
import { documentOf, opened, type Schema, text, when } from './schema.js';

/** What the schemas are made of: the kinds of the program that asks. */
export type SchemaKind = Pick<KindInfo, 'kind' | 'summary' | 'specSchema'>;

/** Name -> how its schema is made. A schema is made when it is asked for. */
export type Registry = ReadonlyMap<string, () => Schema>;

/**
 * Every schema by its name. For editors: `policy` (any document of a policies folder), `policy-<kind>`. For checking, so that what kinds
 * have in common is compiled once: `policy-common` and `spec-<kind>`. Further `schedules`, `settings`, `plan`, `journal`,
 * `history-entry` and `output-<command>`.
 */
export function registryOf(kinds: readonly SchemaKind[]): Registry {
  const entries: readonly (readonly [string, () => Schema])[] = [
    ['policy', () => anyDocument(kinds)],
    ['policy-common', () => document('policy-common', 'Policy', 'A policy of any kind.', anyPolicy())],
    ...kinds.map((kind) => [`policy-${kind.kind}`, () => kindDocument(kind)] as const),
    ...kinds.map((kind) => [`spec-${kind.kind}`, () => specDocument(kind)] as const),
    ['schedules', () => document('schedules', 'Schedules', 'Schedules, windows and freezes.', schedules())],
    ['settings', () => document('settings', 'Settings', 'Settings of the inventory.', settings())],
    ['plan', () => documentOf('plan', 'Plan', PLAN)],
    ['journal', () => documentOf('journal', 'Journal', JOURNAL)],
    ['history-entry', () => documentOf('history-entry', 'History entry', HISTORY_ENTRY)],
    ...Object.entries(OUTPUTS).map(([name, schema]) => {
      const full = `output-${name}`;
      return [full, () => documentOf(full, `Output of ${name}`, schema)] as const;
    }),
  ];
  return new Map(entries);
}

/** Schemas for readers, name -> schema: outputs allow keys that a later keyturn may add, everything else is as it is checked. */
export function publishedSchemas(kinds: readonly SchemaKind[]): ReadonlyMap<string, Schema> {
  const internal = (name: string) => name === 'policy-common' || name.startsWith('spec-');
  return new Map(
    [...registryOf(kinds)]
      .filter(([name]) => !internal(name))
      .map(([name, make]) => [name, name.startsWith('output-') ? opened(make()) : make()]),
  );
}

const API_VERSION: Schema = text('Version of the language.', { const: 'keyturn/v1', examples: ['keyturn/v1'] });

interface Body {
  readonly kind: Schema;
  readonly properties: { readonly [key: string]: Schema };
  readonly required: readonly string[];
}

function document(name: string, title: string, description: string, body: Body): Schema {
  return documentOf(name, title, bodySchema(description, body));
}

function bodySchema(description: string, { kind, properties, required }: Body): Schema {
  return mapping(
    description,
    { apiVersion: API_VERSION, kind, ...properties },
    { required: ['apiVersion', 'kind', ...required] },
  );
}

function kindSchema(kind: string, description: string): Schema {
  return text(description, { const: kind, examples: [kind] });
}

function schedules(): Body {
  return { kind: kindSchema('Schedules', 'Schedules, windows and freezes.'), properties: SCHEDULES, required: [] };
}

function settings(): Body {
  return { kind: kindSchema('Settings', 'Settings.'), properties: SETTINGS, required: ['inventory'] };
}

function anyPolicy(): Body {
  const spec: Schema = { type: 'object', description: 'What only this kind knows.' };
  return {
    kind: text('The kind of the secret: which rotator looks after it.', { minLength: 1, examples: ['kv-random'] }),
    properties: { ...POLICY, spec },
    required: ['id', 'vault'],
  };
}

function policyOf({ kind, summary, specSchema }: SchemaKind): Body {
  const needsSpec = Array.isArray(specSchema['required']) && specSchema['required'].length > 0;
  return {
    kind: kindSchema(kind, summary),
    properties: { ...POLICY, spec: { ...specSchema, examples: specSchema['examples'] ?? [{}] } },
    required: ['id', 'vault', ...(needsSpec ? ['spec'] : [])],
  };
}

function kindDocument(kind: SchemaKind): Schema {
  return document(`policy-${kind.kind}`, `Policy of kind ${kind.kind}`, kind.summary, policyOf(kind));
}

function specDocument({ kind, specSchema }: SchemaKind): Schema {
  return documentOf(`spec-${kind}`, `Spec of kind ${kind}`, specSchema);
}

/** A switch by `kind`: an editor proposes the kinds first, then exactly the keys of the one that was chosen. */
function anyDocument(kinds: readonly SchemaKind[]): Schema {
  const others = [
    ['Schedules', 'Schedules, windows and freezes.', schedules()],
    ['Settings', 'Settings of the inventory.', settings()],
  ] as const;
  const names = kinds.map(({ kind }) => kind);
  return documentOf('policy', 'Any document of a policies folder', {
    type: 'object',
    description: 'One document: a policy of some kind, the schedules, or the settings.',
    required: ['apiVersion', 'kind'],
    properties: {
      apiVersion: API_VERSION,
      kind: text('What the document is: the kind of a secret, `Schedules` or `Settings`.', {
        enum: [...names, ...others.map(([kind]) => kind)],
        enumDescriptions: [...kinds.map(({ summary }) => summary), ...others.map(([, description]) => description)],
        examples: [names[0] ?? 'Settings'],
      }),
    },
    allOf: [
      when(kindIs({ enum: names }), bodySchema('A policy.', anyPolicy())),
      ...kinds.map((kind) => when(kindIs({ const: kind.kind }), specPart(policyOf(kind)))),
      ...others.map(([kind, description, body]) => when(kindIs({ const: kind }), bodySchema(description, body))),
    ],
  });
}

function kindIs(test: Schema): Schema {
  return { required: ['kind'], properties: { kind: test } };
}

/** What is special about the policies of one kind. */
function specPart({ properties, required }: Body): Schema {
  const needed = required.includes('spec') ? { required: ['spec'] } : {};
  return { properties: { spec: properties['spec'] ?? {} }, ...needed };
}
