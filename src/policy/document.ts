import { secretId } from '../domain/ids.js';
import type { JsonObject } from '../domain/json.js';
import type { KindInfo } from '../domain/kind-info.js';
import type { Locate, Path } from './yaml.js';

/** A document whose kind is known well enough to read it. */
export interface PolicyDocument {
  readonly role: 'policy' | 'Schedules' | 'Settings';
  /** Of a policy of a known kind. */
  readonly info?: KindInfo;
  readonly value: JsonObject;
  /** Everything in it is as its schema asks. */
  readonly clean: boolean;
  readonly locate: Locate;
}

/** The secret that a document is about, for its diagnostics. */
export function aboutOf({ role, value }: Pick<PolicyDocument, 'role' | 'value'>): { readonly id?: string } {
  const { id } = value;
  return role === 'policy' && typeof id === 'string' && secretId(id) !== undefined ? { id } : {};
}

/** `consumers[0].deployment.name`. */
export function pathText(path: Path): string {
  return path
    .map((segment, i) => (/^\d+$/.test(String(segment)) ? `[${segment}]` : `${i === 0 ? '' : '.'}${segment}`))
    .join('');
}
