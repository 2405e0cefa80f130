import type { Diagnostic, SourceRange } from '../../../src/domain/diagnostic.js';
import type { KindInfo } from '../../../src/domain/kind-info.js';
import type { Inventory, Policy } from '../../../src/domain/policy.js';
import type { Validate } from '../../../src/domain/shape.js';
import type { SourceFile } from '../../../src/domain/source.js';
import { loadValidator } from '../../../src/formats/validator.js';
import { type ParsedPolicies, parsePolicies } from '../../../src/policy/parse.js';

const NOTHING = { overlap: false, test: false, revoke: false, generates: true };

/** Two kinds: one that makes a value and forgets the old one, one that can revoke and has a limit of its own. */
export const KINDS: readonly KindInfo[] = [
  {
    kind: 'random',
    summary: 'A random value.',
    capabilities: NOTHING,
    specSchema: {
      type: 'object',
      description: 'How it is made.',
      additionalProperties: false,
      properties: {
        length: { type: 'integer', minimum: 8, description: 'Characters.', examples: [32] },
        encoding: { enum: ['hex', 'base62'], description: 'Alphabet.', examples: ['hex'] },
      },
    },
    limits: () => [],
  },
  {
    kind: 'account-key',
    summary: 'A key of an account.',
    capabilities: { ...NOTHING, overlap: true, revoke: true },
    specSchema: {
      type: 'object',
      description: 'Which account.',
      additionalProperties: false,
      required: ['account'],
      properties: { account: { type: 'string', description: 'Name.', examples: ['a'] } },
    },
    limits: (policy) =>
      policy.spec['account'] === 'root'
        ? [{ severity: 'error', code: 'KT1903', summary: 'not for root', id: policy.id, source: policy.source }]
        : [],
  },
];

export const SETTINGS = 'apiVersion: keyturn/v1\nkind: Settings\ninventory: test\n';
export const HEAD = 'apiVersion: keyturn/v1\nkind: random\n';
export const SCHEDULES = `apiVersion: keyturn/v1
kind: Schedules
schedules:
  monthly: { every: 30d, window: nights }
windows:
  nights: { cron: "0 1 * * *", lasts: 4h, timezone: Europe/Berlin }
`;

/** A policy that nothing is wrong with; further lines come after it. */
export function policy(id: string, more = ''): string {
  return `${HEAD}id: ${id}\nvault: { path: secret/${id}, field: value }\n${more}`;
}

let loaded: Validate | undefined;

export async function load(): Promise<void> {
  loaded ??= await loadValidator(KINDS);
}

function validate(schema: string, value: unknown) {
  if (loaded === undefined) throw new Error('call load() in before()');
  return loaded(schema, value);
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function parse(files: readonly SourceFile[]): ParsedPolicies {
  return parsePolicies(files, KINDS, validate);
}

/** Parses a policies folder given as path -> text; `keyturn.yaml` is added unless it is there or set to ''. */
export function parseTexts(texts: { readonly [path: string]: string }): ParsedPolicies {
  const all = { 'keyturn.yaml': SETTINGS, ...texts };
  return parse(Object.entries(all).flatMap(([path, text]) => (text === '' ? [] : [{ path, bytes: bytes(text) }])));
}

/** What a range covers, on its first line. */
export function covered(source: SourceRange | undefined, sources: ReadonlyMap<string, string>): string {
  if (source === undefined) return '';
  const line = (sources.get(source.file) ?? '').split(/\r?\n/)[source.line - 1] ?? '';
  return line.slice(source.column - 1, source.endLine > source.line ? undefined : source.endColumn - 1);
}

/** `KT1204 p.yaml:5:11 "monhtly"`, one line per problem. */
export function lines({ diagnostics, sources }: ParsedPolicies): readonly string[] {
  return diagnostics.map(({ code, source, severity }: Diagnostic) => {
    const place =
      source === undefined ? '-' : `${source.file}:${source.line}:${source.column} "${covered(source, sources)}"`;
    return `${severity === 'warning' ? 'warning ' : ''}${code} ${place}`;
  });
}

export function inventoryOf(texts: { readonly [path: string]: string }): Inventory {
  const { inventory, diagnostics } = parseTexts(texts);
  if (inventory === undefined) throw new Error(JSON.stringify(diagnostics, null, 2));
  return inventory;
}

export function onlyPolicy(text: string, more: { readonly [path: string]: string } = {}): Policy {
  const [first] = inventoryOf({ 'p.yaml': text, ...more }).policies;
  if (first === undefined) throw new Error('no policy');
  return first;
}
