import type { Diagnostic } from '../../domain/diagnostic.js';
import type { Part } from '../part.js';
import type { World } from '../world.js';

type Graph = ReadonlyMap<string, readonly string[]>;

/** Each cycle of dependencies once, at the dependency of its smallest id, with the whole way round. */
export function cycleRules({ entries }: World): readonly Diagnostic[] {
  const roots = new Map(entries.flatMap(({ id, root }) => (id === undefined ? [] : [[id, root] as const])));
  const edges = [...roots].map(([id, root]) => [id, root.at('dependsOn').texts.filter((to) => roots.has(to))] as const);
  const graph = withoutEnds(new Map(edges));
  const told = new Set<string>();
  return [...graph.keys()].toSorted().flatMap((id) => {
    const cycle = told.has(id) ? [] : wayBack(graph, id);
    for (const member of cycle) told.add(member);
    const parts = roots.get(id)?.at('dependsOn').items ?? [];
    return parts.filter(({ text }) => text === cycle[1]).map((part) => diagnosticOf(cycle, part));
  });
}

function diagnosticOf(cycle: readonly string[], part: Part): Diagnostic {
  const summary = cycle.length === 2 ? 'the secret depends on itself' : 'dependencies form a cycle';
  return part.error('KT1207', summary, { detail: wayText(cycle), action: 'Remove one of these dependencies' });
}

/** `a -> b -> a`; of a very long way both ends. */
function wayText(cycle: readonly string[]): string {
  const shown = cycle.map((id) => `\`${id}\``);
  if (shown.length <= 12) return shown.join(' -> ');
  return [...shown.slice(0, 8), `… ${shown.length - 10} more`, ...shown.slice(-2)].join(' -> ');
}

/** Takes away, again and again, what depends on nothing: on the rest every path leads into a cycle. */
function withoutEnds(graph: Graph): Graph {
  const users = new Map([...graph.keys()].map((id) => [id, [] as string[]]));
  for (const [id, targets] of graph) for (const to of targets) users.get(to)?.push(id);
  const left = new Map([...graph].map(([id, targets]) => [id, targets.length]));
  const ends = [...left].filter(([, count]) => count === 0).map(([id]) => id);
  for (const end of ends) {
    left.delete(end);
    for (const user of targetsOf(users, end)) {
      const count = (left.get(user) ?? 0) - 1;
      left.set(user, count);
      if (count === 0) ends.push(user);
    }
  }
  return new Map([...left.keys()].map((id) => [id, targetsOf(graph, id).filter((to) => left.has(to))]));
}

/** The shortest way from an id back to itself, both ends included; empty: it only leads into cycles of others. */
function wayBack(graph: Graph, start: string): readonly string[] {
  const from = new Map<string, string>();
  const queue = [start];
  for (const id of queue) {
    for (const to of targetsOf(graph, id)) {
      if (to === start) return [...trace(from, id), start];
      if (from.has(to)) continue;
      from.set(to, id);
      queue.push(to);
    }
  }
  return [];
}

function trace(from: ReadonlyMap<string, string>, end: string): readonly string[] {
  const way: string[] = [];
  for (let id: string | undefined = end; id !== undefined; id = from.get(id)) way.push(id);
  return way.toReversed();
}

function targetsOf(graph: Graph, id: string): readonly string[] {
  return graph.get(id) ?? [];
}
