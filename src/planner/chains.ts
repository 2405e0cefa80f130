import type { Change } from '../domain/plan.js';
import type { Policy } from '../domain/policy.js';
import { cyclicCore, groups, inOrder } from './order.js';

/** What a secret's change touches and others may touch too: `kv:<path>`, `secret:<ns>/<name>`, `workload:<kind>/<ns>/<name>`; sorted. */
export function resourcesOf(policy: Policy): readonly string[] {
  const all = [
    `kv:${policy.vault.path}`,
    ...policy.publish.map((copy) => `secret:${copy.namespace}/${copy.name}`),
    ...policy.consumers.map((consumer) => `workload:${consumer.kind}/${consumer.namespace}/${consumer.name}`),
  ];
  return [...new Set(all)].sort();
}

export type Linked = Pick<Change, 'id' | 'resources' | 'dependsOn'>;

/**
 * Id -> name of its chain, the smallest id in it. Changes with a resource in common are one chain. Chains that depend on each other in
 * a circle (a1 before b1, b2 before a2) could not each run in one piece, and become one.
 */
function chainsOf(changes: readonly Linked[]): ReadonlyMap<string, string> {
  const sets = new DisjointSets();
  const owners = new Map<string, string>();
  for (const { id, resources } of changes) {
    for (const resource of resources) {
      const owner = owners.get(resource);
      if (owner === undefined) owners.set(resource, id);
      else sets.join(owner, id);
    }
  }
  joinCircles(changes, sets);
  return new Map(changes.map(({ id }) => [id, sets.nameOf(id)]));
}

function joinCircles(changes: readonly Linked[], sets: DisjointSets): void {
  const needs = chainNeeds(changes, (id) => sets.nameOf(id));
  const chains = [...new Set(changes.map(({ id }) => sets.nameOf(id)))];
  const core = cyclicCore(chains, (chain) => needs.get(chain) ?? []);
  for (const chain of core) for (const other of needs.get(chain) ?? []) if (core.has(other)) sets.join(chain, other);
}

function chainNeeds(changes: readonly Linked[], chainOf: (id: string) => string): ReadonlyMap<string, string[]> {
  const present = new Set(changes.map(({ id }) => id));
  const needs = new Map<string, string[]>();
  for (const { id, dependsOn } of changes) {
    const chain = chainOf(id);
    const others = dependsOn.filter((other) => present.has(other)).map(chainOf);
    needs.set(chain, [...(needs.get(chain) ?? []), ...others.filter((other) => other !== chain)]);
  }
  return needs;
}

/** Sets that know their smallest member; the smaller name always wins, so the result does not depend on the order of joining. */
class DisjointSets {
  readonly #parents = new Map<string, string>();

  nameOf(id: string): string {
    let name = id;
    for (let up = this.#parents.get(name); up !== undefined; up = this.#parents.get(name)) name = up;
    // Everybody on the way points at the name from now on, which keeps the ways short.
    for (let at = id; at !== name; ) {
      const up = this.#parents.get(at) ?? name;
      this.#parents.set(at, name);
      at = up;
    }
    return name;
  }

  join(a: string, b: string): void {
    const [x, y] = [this.nameOf(a), this.nameOf(b)];
    if (x === y) return;
    const [small, large] = x < y ? [x, y] : [y, x];
    this.#parents.set(large, small);
  }
}

/**
 * The order in which changes are carried out: what one depends on comes before it, a chain is never interrupted, and otherwise the most
 * urgent comes first. `changes` come sorted by urgency; `chain` is set in the result.
 */
export function inChains(changes: readonly Change[]): readonly Change[] {
  const chains = chainsOf(changes);
  const chainOf = (id: string): string => chains.get(id) ?? id;
  const needs = chainNeeds(changes, chainOf);
  const members = groups(changes, ({ id }) => chainOf(id));
  const byId = new Map(changes.map((change) => [change.id, change]));
  return inOrder([...members.keys()], (chain) => needs.get(chain) ?? []).flatMap((chain) => {
    const ids = (members.get(chain) ?? []).map(({ id }) => id);
    const ordered = inOrder(ids, (id) => byId.get(id)?.dependsOn ?? []);
    return ordered.flatMap((id) => {
      const change = byId.get(id);
      return change === undefined ? [] : [{ ...change, chain }];
    });
  });
}
