import type { Capability, PathRule } from './policytext.js';

/** The rules of one token, grouped by how they match. */
export interface Acl {
  readonly root: boolean;
  readonly exact: ReadonlyMap<string, ReadonlySet<Capability>>;
  readonly prefixes: ReadonlyMap<string, ReadonlySet<Capability>>;
  /** Keyed by the path with its `+` segments and, for prefixes, its star. */
  readonly wildcards: ReadonlyMap<string, ReadonlySet<Capability>>;
}

export const ROOT_ACL: Acl = { root: true, exact: new Map(), prefixes: new Map(), wildcards: new Map() };

/** Rules for the same path add up; a deny among them leaves only the deny. */
function merge(into: Map<string, ReadonlySet<Capability>>, key: string, added: ReadonlySet<Capability>): void {
  const union = new Set([...(into.get(key) ?? []), ...added]);
  into.set(key, union.has('deny') ? new Set<Capability>(['deny']) : union);
}

/** One ACL out of the stanzas of all policies of a token. `now` in milliseconds decides which have expired. */
export function compileAcl(rules: readonly PathRule[], now: number): Acl {
  const exact = new Map<string, ReadonlySet<Capability>>();
  const prefixes = new Map<string, ReadonlySet<Capability>>();
  const wildcards = new Map<string, ReadonlySet<Capability>>();
  for (const rule of rules) {
    if (rule.expires !== null && rule.expires < now) continue;
    if (rule.wildcards) merge(wildcards, rule.prefix ? `${rule.path}*` : rule.path, rule.capabilities);
    else merge(rule.prefix ? prefixes : exact, rule.path, rule.capabilities);
  }
  return { root: false, exact, prefixes, wildcards };
}

interface Candidate {
  readonly firstWildcard: number;
  readonly prefix: boolean;
  readonly wildcards: number;
  readonly path: string;
  readonly capabilities: ReadonlySet<Capability>;
}

/**
 * Which of two matching rules counts: the one whose first wildcard comes later, then the one without a star, then the
 * one with fewer `+`, then the longer, then the later in the alphabet. Negative: `b` counts.
 */
function precedence(a: Candidate, b: Candidate): number {
  if (a.firstWildcard !== b.firstWildcard) return a.firstWildcard - b.firstWildcard;
  if (a.prefix !== b.prefix) return a.prefix ? -1 : 1;
  if (a.wildcards !== b.wildcards) return b.wildcards - a.wildcards;
  if (a.path.length !== b.path.length) return a.path.length - b.path.length;
  return a.path < b.path ? -1 : 1;
}

function matchesWildcards(rule: string, prefix: boolean, path: string): boolean {
  const wanted = rule.split('/');
  const given = path.split('/');
  if (prefix ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((segment, index) => {
    const actual = given[index] ?? '';
    if (segment === '+' || segment === actual) return true;
    return prefix && index === wanted.length - 1 && actual.startsWith(segment);
  });
}

function longestPrefix(acl: Acl, path: string): Candidate | undefined {
  let best: string | undefined;
  for (const prefix of acl.prefixes.keys()) {
    if (path.startsWith(prefix) && (best === undefined || prefix.length > best.length)) best = prefix;
  }
  const capabilities = best === undefined ? undefined : acl.prefixes.get(best);
  if (best === undefined || capabilities === undefined) return undefined;
  return { firstWildcard: best.length, prefix: true, wildcards: 0, path: best, capabilities };
}

function inexact(acl: Acl, path: string): ReadonlySet<Capability> | undefined {
  const candidates: Candidate[] = [];
  const longest = longestPrefix(acl, path);
  if (longest !== undefined) candidates.push(longest);
  for (const [rule, capabilities] of acl.wildcards) {
    const prefix = rule.endsWith('*');
    const bare = prefix ? rule.slice(0, -1) : rule;
    if (!matchesWildcards(bare, prefix, path)) continue;
    const wildcards = bare.split('/').filter((segment) => segment === '+').length;
    candidates.push({ firstWildcard: rule.indexOf('+'), prefix, wildcards, path: bare, capabilities });
  }
  return candidates.sort(precedence).at(-1)?.capabilities;
}

/**
 * What the ACL grants on a path (without `v1/`). `asList`: a listing asks with a trailing slash and is also granted by a
 * rule for the path without it; so does sys/capabilities for every path.
 */
export function capabilitiesOn(acl: Acl, path: string, asList: boolean): ReadonlySet<Capability> {
  const plain = path.replace(/^\/+/, '');
  const bare = asList && plain.endsWith('/') ? plain.slice(0, -1) : undefined;
  const exact = acl.exact.get(plain) ?? (bare === undefined ? undefined : acl.exact.get(bare));
  if (exact !== undefined) return exact;
  const found = inexact(acl, plain) ?? (bare === undefined ? undefined : inexact(acl, bare));
  return found ?? new Set();
}

function grants(capabilities: ReadonlySet<Capability>): boolean {
  return capabilities.size > 0 && !capabilities.has('deny');
}

/** Whether the ACL grants anything at or below a mount (`secret/`). */
export function reachesMount(acl: Acl, mount: string): boolean {
  if (acl.root) return true;
  const below = [...acl.exact, ...acl.prefixes].some(
    ([path, capabilities]) => path.startsWith(mount) && grants(capabilities),
  );
  if (below || grants(inexact(acl, mount) ?? new Set())) return true;
  const segments = mount.replace(/\/$/, '').split('/');
  return [...acl.wildcards].some(([rule, capabilities]) => {
    const wanted = rule.split('/').slice(0, segments.length);
    return grants(capabilities) && segments.every((segment, at) => wanted[at] === '+' || wanted[at] === segment);
  });
}
