import type { Diagnostic } from '../domain/diagnostic.js';
import { nearest } from '../domain/nearest.js';

export interface Selected<Id extends string> {
  readonly ids: ReadonlySet<Id>;
  /** One error per pattern that matches nothing. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The ids that some pattern matches. Patterns are globs: `*` stands for characters within a segment, `**` for any number of segments. */
export function selectIds<Id extends string>(ids: readonly Id[], patterns: readonly string[]): Selected<Id> {
  const selected = new Set<Id>();
  const diagnostics: Diagnostic[] = [];
  for (const pattern of patterns) {
    const matches = matcherOf(pattern);
    const found = ids.filter(matches);
    for (const id of found) selected.add(id);
    if (found.length === 0) diagnostics.push(nothingMatches(pattern, ids));
  }
  return { ids: selected, diagnostics };
}

/** Does an id pass --target and --exclude? No targets: all do. */
export function selectionOf(targets: readonly string[], excludes: readonly string[]): (id: string) => boolean {
  const wanted = targets.map(matcherOf);
  const unwanted = excludes.map(matcherOf);
  return (id) =>
    (wanted.length === 0 || wanted.some((matches) => matches(id))) && !unwanted.some((matches) => matches(id));
}

/** A glob over ids; every other character, a regular expression's own included, stands for itself. */
function matcherOf(pattern: string): (id: string) => boolean {
  const parts = pattern.split(/((?<=^|\/)\*\*+\/|\*+)/).map((part) => {
    if (part.startsWith('**')) return part.endsWith('/') ? '(?:.*/)?' : '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  const expression = new RegExp(`^${parts.join('')}$`, 's');
  return (id) => expression.test(id);
}

function nothingMatches(pattern: string, ids: readonly string[]): Diagnostic {
  const near = nearest(pattern, ids);
  return {
    severity: 'error',
    code: 'KT3003',
    summary: `no secret matches \`${pattern}\``,
    action: near === undefined ? 'List the ids with: keyturn status' : `Did you mean \`${near}\`?`,
  };
}
