import { createHash } from 'node:crypto';
import { ApiError, forbidden, unauthorized } from './failures.js';
import type { Resource } from './resources.js';

/** One grant, as a Role's rule. */
export interface Rule {
  /** `get`, `list`, `create`, `update`, `patch`, `delete`, `deletecollection`, or `*`. */
  readonly verbs: readonly string[];
  /** Plurals, with the subresource where one is meant (`pods/binding`), or `*`. */
  readonly resources: readonly string[];
  /** Absent: every name. Requests without a name (create, list) never match a rule with names. */
  readonly resourceNames?: readonly string[];
  /** Absent: every namespace and what has none. */
  readonly namespaces?: readonly string[];
}

export interface Identity {
  readonly name: string;
  readonly rules: 'admin' | readonly Rule[];
}

export interface Ask {
  readonly verb: string;
  /** With subresource: `deployments`, `pods/status`. */
  readonly resource: string;
  readonly group: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

const ANONYMOUS: Identity = { name: 'system:anonymous', rules: [] };
const has = (list: readonly string[], wanted: string): boolean => list.includes('*') || list.includes(wanted);

function matches(rule: Rule, ask: Ask): boolean {
  if (!has(rule.verbs, ask.verb) || !has(rule.resources, ask.resource)) return false;
  if (rule.resourceNames !== undefined && !rule.resourceNames.includes(ask.name ?? '')) return false;
  return rule.namespaces === undefined || (ask.namespace !== undefined && rule.namespaces.includes(ask.namespace));
}

/** May the identity do that? */
export function allows(identity: Identity, ask: Ask): boolean {
  return identity.rules === 'admin' || identity.rules.some((rule) => matches(rule, ask));
}

/** The refusal with the API server's words. */
export function refusal(identity: Identity, ask: Ask, resource: Resource): ApiError {
  const scope = ask.namespace === undefined ? 'at the cluster scope' : `in the namespace "${ask.namespace}"`;
  const what = `resource "${ask.resource}" in API group "${ask.group}" ${scope}`;
  return forbidden(resource, ask.name, `User "${identity.name}" cannot ${ask.verb} ${what}`);
}

export function refusedPath(identity: Identity, verb: string, path: string): ApiError {
  const message = `forbidden: User "${identity.name}" cannot ${verb} path "${path}"`;
  return new ApiError(403, 'Forbidden', message, {});
}

/** Bearer tokens and whom they name; tokens are kept as hashes. */
export class Tokens {
  readonly #identities = new Map<string, Identity>();

  add(token: string, identity: Identity): void {
    this.#identities.set(Tokens.#key(token), identity);
  }

  /** No header: anonymous. Throws 401 for a token that nobody gave out. */
  identify(header: string | undefined): Identity {
    if (header === undefined) return ANONYMOUS;
    const token = /^Bearer (.+)$/i.exec(header)?.[1] ?? '';
    const identity = this.#identities.get(Tokens.#key(token));
    if (identity === undefined) throw unauthorized();
    return identity;
  }

  static #key(token: string): string {
    return createHash('sha256').update(token).digest('hex');
  }
}
