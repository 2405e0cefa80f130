import type { Diagnostic } from '../domain/diagnostic.js';
import type { JsonObject } from '../domain/json.js';
import type { KindInfo } from '../domain/kind-info.js';
import type { Validate } from '../domain/shape.js';
import { nearest, suggestion } from '../domain/nearest.js';
import type { PolicyDocument } from './document.js';
import { shapeDiagnostics } from './shape.js';
import type { YamlDocument } from './yaml.js';

export interface ReadDocument {
  /** Absent for an empty document and for one that is not ours. */
  readonly document?: PolicyDocument;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a YAML document is, and where its shape is wrong. */
export function readDocument(yaml: YamlDocument, kinds: readonly KindInfo[], validate: Validate): ReadDocument {
  const { value } = yaml;
  if (value === null) return { diagnostics: [] };
  if (typeof value !== 'object' || Array.isArray(value)) return { diagnostics: yaml.whole ? [notMapping(yaml)] : [] };
  const mapping = value as JsonObject;
  const version = versionProblem(yaml, mapping);
  return version === undefined ? readMapping(yaml, mapping, kinds, validate) : { diagnostics: [version] };
}

function readMapping(
  yaml: YamlDocument,
  value: JsonObject,
  kinds: readonly KindInfo[],
  validate: Validate,
): ReadDocument {
  const info = kinds.find(({ kind }) => kind === value['kind']);
  const role = roleOf(value, info);
  const unknown = role === undefined ? kindProblem(yaml, value, kinds) : [];
  if (role === undefined && !looksLikePolicy(value)) return { diagnostics: unknown };
  const found = {
    role: role ?? 'policy',
    ...(info === undefined ? {} : { info }),
    value,
    locate: yaml.locate,
  } as const;
  const shape = yaml.whole ? shapeDiagnostics(found, validate) : [];
  const clean = yaml.whole && unknown.length + shape.length === 0;
  return { document: { ...found, clean }, diagnostics: [...unknown, ...shape] };
}

function roleOf(value: JsonObject, info: KindInfo | undefined): PolicyDocument['role'] | undefined {
  if (info !== undefined) return 'policy';
  const { kind } = value;
  return kind === 'Schedules' || kind === 'Settings' ? kind : undefined;
}

/** A policy of a misspelled kind is worth checking; a misspelled Schedules document would only fail in every line. */
function looksLikePolicy(value: JsonObject): boolean {
  const { kind, id } = value;
  return id !== undefined && (typeof kind !== 'string' || nearest(kind, ['Schedules', 'Settings']) === undefined);
}

function notMapping(yaml: YamlDocument): Diagnostic {
  return {
    severity: 'error',
    code: 'KT1107',
    summary: 'the document is not a mapping',
    action: 'Begin it with `apiVersion: keyturn/v1` and `kind: …`',
    source: yaml.locate([]),
  };
}

/** One sentence for a foreign document, such as a Kubernetes manifest, instead of one for each of its lines. */
function versionProblem(yaml: YamlDocument, { apiVersion }: JsonObject): Diagnostic | undefined {
  if (typeof apiVersion !== 'string' || apiVersion === 'keyturn/v1') return undefined;
  const ours = apiVersion.startsWith('keyturn');
  return {
    severity: 'error',
    code: 'KT1102',
    summary: ours ? 'this keyturn knows `apiVersion: keyturn/v1` only' : 'this is not a document of keyturn',
    action: ours
      ? 'Write `apiVersion: keyturn/v1`'
      : 'Keep other YAML files out of the policies folder, or write `apiVersion: keyturn/v1`',
    source: yaml.locate(['apiVersion']),
  };
}

function kindProblem(yaml: YamlDocument, { kind }: JsonObject, kinds: readonly KindInfo[]): readonly Diagnostic[] {
  if (!yaml.whole && typeof kind !== 'string') return [];
  const known = [...kinds.map((info) => info.kind), 'Schedules', 'Settings'];
  return [
    {
      severity: 'error',
      code: 'KT1101',
      summary: typeof kind === 'string' ? `unknown kind \`${kind}\`` : 'the document has no `kind`',
      ...suggestion(typeof kind === 'string' ? kind : '', known, 'kinds'),
      source: yaml.locate(['kind']),
    },
  ];
}
