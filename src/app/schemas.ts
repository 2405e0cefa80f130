import { publishedSchemas } from '../formats/registry.js';
import { rotatorsByKind } from './rotators.js';

export type SchemaText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly names: readonly string[] };

/** The schema of a name as JSON text; without a name, all names, one a line. */
export function schemaText(name: string | undefined): SchemaText {
  const schemas = publishedSchemas([...rotatorsByKind(noHash).values()]);
  const names = [...schemas.keys()].toSorted();
  if (name === undefined) return { ok: true, text: `${names.join('\n')}\n` };
  const schema = schemas.get(name);
  return schema === undefined ? { ok: false, names } : { ok: true, text: `${JSON.stringify(schema, null, 2)}\n` };
}

/** Schemas do not depend on any hash. */
function noHash(): string {
  return '';
}
