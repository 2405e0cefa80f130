import type { JsonObject } from '../../domain/json.js';
import { shortDuration } from './clock.js';
import { batchToken, randomText, serviceToken } from './random.js';
import type { TokenEntry, VaultState } from './state.js';
import type { Clock } from './clock.js';

/** The longest that any token lives unless its mount says less: 768 h, in seconds. */
export const SYSTEM_MAX_TTL = 2_764_800;

/** What functions about tokens need of the server. */
export interface TokenWorld {
  readonly state: VaultState;
  readonly clock: Clock;
}

/** All durations in seconds, 0 for none. */
export interface TokenSpec {
  readonly id?: string;
  readonly policies: readonly string[];
  readonly path: string;
  readonly displayName: string;
  readonly meta?: Readonly<Record<string, string>> | null;
  readonly type?: 'service' | 'batch';
  readonly entityId?: string;
  readonly renewable?: boolean;
  readonly ttl?: number;
  readonly explicitMaxTtl?: number;
  readonly period?: number;
  readonly maxTtl?: number;
  readonly numUses?: number;
  readonly parent?: string | null;
  readonly roleTtl?: number;
  readonly roleName?: string;
}

export interface IssuedToken {
  readonly entry: TokenEntry;
  readonly warnings: readonly string[];
}

/** Lower case, no blanks, no doubles, sorted; root stands alone. */
export function sanitizePolicies(names: readonly string[], addDefault: boolean): readonly string[] {
  const clean = names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
  if (clean.includes('root')) return ['root'];
  return [...new Set(addDefault ? [...clean, 'default'] : clean)].sort();
}

function cap(label: string, wanted: number, limit: number, warnings: string[]): number {
  if (wanted <= limit) return wanted;
  warnings.push(
    `${label} of "${shortDuration(wanted)}" exceeded the effective max_ttl of "${shortDuration(limit)}"; ${label} value is capped accordingly`,
  );
  return limit;
}

function effectiveMax(spec: { readonly maxTtl?: number; readonly explicitMaxTtl?: number }): number {
  const limits = [spec.maxTtl ?? 0, spec.explicitMaxTtl ?? 0].filter((limit) => limit > 0);
  return Math.min(SYSTEM_MAX_TTL, ...limits);
}

/** The lifetime that a new token gets. A root token without one lives for ever (0). */
function lifetime(spec: TokenSpec, warnings: string[]): number {
  const limit = effectiveMax(spec);
  const period = spec.period ?? 0;
  if (period > 0) return cap('period', period, limit, warnings);
  const wanted = spec.ttl ?? 0;
  if (wanted === 0 && spec.policies.includes('root')) return spec.explicitMaxTtl ?? 0;
  return cap('TTL', wanted === 0 ? SYSTEM_MAX_TTL : wanted, limit, warnings);
}

const NOTHING_SPECIAL = {
  meta: null,
  type: 'service',
  entityId: '',
  renewable: true,
  explicitMaxTtl: 0,
  period: 0,
  maxTtl: 0,
  numUses: 0,
  parent: null,
  roleTtl: 0,
  roleName: '',
} as const;

function newEntry(clock: Clock, spec: TokenSpec, ttl: number): TokenEntry {
  const { id, renewable, ttl: _wanted, ...given } = { ...NOTHING_SPECIAL, ...spec };
  const batch = given.type === 'batch';
  return {
    ...given,
    id: id ?? (batch ? batchToken() : serviceToken()),
    accessor: batch ? '' : randomText(24),
    renewable: renewable && ttl > 0 && !batch,
    issueTime: clock.stamp(),
    creationTtl: ttl,
    grantedTtl: ttl,
    orphan: given.parent === null,
    lastRenewal: null,
    expires: ttl === 0 ? null : clock.now() + ttl * 1000,
  };
}

/** Makes a token and keeps it. */
export function issueToken(world: TokenWorld, spec: TokenSpec): IssuedToken {
  const warnings: string[] = [];
  const entry = newEntry(world.clock, spec, lifetime(spec, warnings));
  world.state.tokens.set(entry.id, entry);
  return { entry, warnings };
}

/** Ends a token and, unless they are orphans, those made with it. */
export function revokeToken(world: TokenWorld, id: string): void {
  world.state.tokens.delete(id);
  world.state.wrapped.delete(id);
  for (const child of [...world.state.tokens.values()].filter((entry) => entry.parent === id)) {
    revokeToken(world, child.id);
  }
}

/** Ends a token and lets those made with it live on as orphans. */
export function revokeAlone(world: TokenWorld, id: string): void {
  for (const child of world.state.tokens.values()) {
    if (child.parent !== id) continue;
    child.parent = null;
    child.orphan = true;
  }
  revokeToken(world, id);
}

/** The living token, or undefined; one whose time is over is ended on the way. */
export function findToken(world: TokenWorld, id: string): TokenEntry | undefined {
  const entry = world.state.tokens.get(id);
  if (entry === undefined || entry.expires === null || entry.expires > world.clock.now()) return entry;
  revokeToken(world, id);
  return undefined;
}

export function findByAccessor(world: TokenWorld, accessor: string): TokenEntry | undefined {
  const found = [...world.state.tokens.values()].find((entry) => entry.accessor !== '' && entry.accessor === accessor);
  return found === undefined ? undefined : findToken(world, found.id);
}

/** Takes one use of a token with a limit; the last one ends it, and the request that took it is still answered. */
export function useToken(world: TokenWorld, entry: TokenEntry): void {
  if (entry.numUses === 0) return;
  if (entry.numUses > 1) {
    entry.numUses -= 1;
    return;
  }
  entry.numUses = -1;
  revokeToken(world, entry.id);
}

/** Seconds the token has left; 0 for one that lives for ever. */
export function remaining(world: TokenWorld, entry: TokenEntry): number {
  return entry.expires === null ? 0 : Math.max(0, Math.round((entry.expires - world.clock.now()) / 1000));
}

/** Renews to `increment` seconds (0: the usual time), within the token's limits. Returns the warnings. */
export function renewToken(world: TokenWorld, entry: TokenEntry, increment: number): readonly string[] {
  const warnings: string[] = [];
  const now = world.clock.now();
  const age = Math.round((now - Date.parse(entry.issueTime)) / 1000);
  let ttl: number;
  if (entry.period > 0) {
    const left = entry.explicitMaxTtl > 0 ? entry.explicitMaxTtl - age : entry.period;
    ttl = cap('period', entry.period, Math.max(0, left), warnings);
  } else {
    const usual = entry.roleTtl > 0 ? entry.roleTtl : entry.grantedTtl;
    ttl = cap('TTL', increment > 0 ? increment : usual, Math.max(0, effectiveMax(entry) - age), warnings);
  }
  entry.grantedTtl = ttl;
  entry.lastRenewal = world.clock.stamp();
  entry.expires = now + ttl * 1000;
  return warnings;
}

/** `auth` of an answer that hands out or renews a token. */
export function authBody(entry: TokenEntry, shownId: string = entry.id): JsonObject {
  return {
    client_token: shownId,
    accessor: entry.accessor,
    policies: entry.policies,
    token_policies: entry.policies,
    metadata: entry.meta,
    lease_duration: entry.grantedTtl,
    renewable: entry.renewable,
    entity_id: entry.entityId,
    token_type: entry.type,
    orphan: entry.orphan,
    mfa_requirement: null,
    num_uses: entry.numUses,
  };
}

/** `data` of a look-up. */
export function describeToken(world: TokenWorld, entry: TokenEntry, shownId: string = entry.id): JsonObject {
  const renewed = entry.lastRenewal;
  return {
    accessor: entry.accessor,
    creation_time: Math.floor(Date.parse(entry.issueTime) / 1000),
    creation_ttl: entry.creationTtl,
    display_name: entry.displayName,
    entity_id: entry.entityId,
    expire_time: entry.expires === null ? null : new Date(entry.expires).toISOString(),
    explicit_max_ttl: entry.explicitMaxTtl,
    id: shownId,
    issue_time: entry.issueTime,
    ...(renewed === null ? {} : { last_renewal: renewed, last_renewal_time: Math.floor(Date.parse(renewed) / 1000) }),
    meta: entry.meta,
    num_uses: entry.numUses,
    orphan: entry.orphan,
    path: entry.path,
    ...(entry.period > 0 ? { period: entry.period } : {}),
    policies: entry.policies,
    renewable: entry.renewable,
    ttl: remaining(world, entry),
    type: entry.type,
  };
}
