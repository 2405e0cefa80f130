import type { Diagnostic, SourceRange } from '../domain/diagnostic.js';
import { sortDiagnostics } from '../domain/diagnostic.js';
import type { KindInfo } from '../domain/kind-info.js';
import type { Inventory } from '../domain/policy.js';
import type { Validate } from '../domain/shape.js';
import type { SourceFile } from '../domain/source.js';
import { freezeOf } from './calendar.js';
import type { PolicyDocument } from './document.js';
import { readDocument } from './read-document.js';
import { carrierRules } from './rules/carriers.js';
import { checkRules } from './rules/checks.js';
import { cycleRules } from './rules/cycles.js';
import { identityRules, singletonRules } from './rules/identity.js';
import { nameRules } from './rules/names.js';
import { rhythmRules } from './rules/rhythm.js';
import { rotationRules } from './rules/rotation.js';
import { settingsRules } from './rules/settings.js';
import { timeRules } from './rules/time.js';
import { writeRules } from './rules/writes.js';
import { decodeFile } from './text.js';
import { type World, worldOf } from './world.js';
import { parseYaml } from './yaml.js';

export interface ParsedPolicies {
  /** Absent where there is an error. Policies are sorted by id. */
  readonly inventory?: Inventory;
  /** Every problem of every file, sorted by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Path -> the text that places in diagnostics count in. */
  readonly sources: ReadonlyMap<string, string>;
  /** What was found, for counting and listing. */
  readonly documents: readonly FoundDocument[];
}

export interface FoundDocument {
  readonly role: PolicyDocument['role'];
  readonly kind: string;
  readonly id?: string;
  readonly source: SourceRange;
}

const RULES: readonly ((world: World) => readonly Diagnostic[])[] = [
  singletonRules,
  identityRules,
  writeRules,
  nameRules,
  cycleRules,
  timeRules,
  rhythmRules,
  rotationRules,
  checkRules,
  carrierRules,
  settingsRules,
];

/**
 * The files of a policies folder, read as one inventory. Nothing throws, whatever the files hold; all problems are reported at once.
 *
 * @param validate knows the schemas `policy-common`, `spec-<kind>` of each kind, `schedules` and `settings`.
 */
export function parsePolicies(
  files: readonly SourceFile[],
  kinds: readonly KindInfo[],
  validate: Validate,
): ParsedPolicies {
  const { documents, sources, diagnostics, complete } = readFiles(files, kinds, validate);
  const world = worldOf(documents, complete);
  const all = sortDiagnostics([...diagnostics, ...RULES.flatMap((rule) => rule(world))]);
  const inventory = all.some(({ severity }) => severity === 'error') ? undefined : inventoryOf(world);
  return {
    ...(inventory === undefined ? {} : { inventory }),
    diagnostics: all,
    sources,
    documents: documents.map(foundOf),
  };
}

function readFiles(files: readonly SourceFile[], kinds: readonly KindInfo[], validate: Validate) {
  const sources = new Map<string, string>();
  const documents: PolicyDocument[] = [];
  const diagnostics: Diagnostic[] = [];
  let complete = true;
  for (const file of files) {
    const { text, diagnostics: found } = decodeFile(file);
    diagnostics.push(...found);
    complete &&= text !== undefined;
    if (text === undefined) continue;
    sources.set(file.path, text);
    const parsed = parseYaml(file.path, text);
    diagnostics.push(...parsed.diagnostics.filter((problem) => !found.some((other) => sameLine(problem, other))));
    complete &&= parsed.documents.every(({ whole }) => whole) && parsed.diagnostics.length === 0;
    for (const yaml of parsed.documents) {
      const read = readDocument(yaml, kinds, validate);
      diagnostics.push(...read.diagnostics);
      if (read.document !== undefined) documents.push(read.document);
      complete &&= read.document !== undefined || yaml.value === null;
    }
  }
  return { documents, sources, diagnostics, complete };
}

/** A tab is reported as such; what the YAML parser makes of the same line follows from it. */
function sameLine(a: Diagnostic, b: Diagnostic): boolean {
  return a.source !== undefined && a.source.line === b.source?.line && (a.code === 'KT1001' || a.code === 'KT1013');
}

function inventoryOf({ entries, calendar, normalSettings }: World): Inventory | undefined {
  if (normalSettings === undefined) return undefined;
  const policies = entries.flatMap(({ policy }) => policy ?? []);
  return {
    policies: policies.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    freezes: calendar.freezes.flatMap((part) => freezeOf(part) ?? []),
    settings: normalSettings,
  };
}

function foundOf({ role, value, locate }: PolicyDocument): FoundDocument {
  const { kind, id } = value;
  return {
    role,
    kind: typeof kind === 'string' ? kind : '',
    ...(typeof id === 'string' ? { id } : {}),
    source: locate(['kind']),
  };
}
