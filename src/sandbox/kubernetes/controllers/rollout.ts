import { at, textAt, type Tree } from '../value.js';
import { createdAt, numberAt } from './objects.js';

/** A Deployment's ReplicaSets: the one of its present template, and the others. */
export interface Sets {
  readonly next: Tree | undefined;
  readonly old: readonly Tree[];
}

export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MAX = 'deployment.kubernetes.io/max-replicas';

export const all = ({ next, old }: Sets): readonly Tree[] => (next === undefined ? old : [...old, next]);
export const replicasOf = (set: Tree): number => numberAt(set, 'spec', 'replicas');
const availableOf = (set: Tree): number => numberAt(set, 'status', 'availableReplicas');
const sum = (sets: readonly Tree[], count: (set: Tree) => number): number =>
  sets.reduce((total, set) => total + count(set), 0);

export const totalReplicas = (sets: readonly Tree[]): number => sum(sets, replicasOf);
export const totalStatus = (sets: readonly Tree[], field: string): number =>
  sum(sets, (set) => numberAt(set, 'status', field));

/** `25%` of a number, or the number itself. */
function scaled(value: unknown, total: number, round: (share: number) => number): number {
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  if (percent !== undefined) return round((Number(percent) * total) / 100);
  return typeof value === 'number' ? value : 0;
}

const isRecreate = (deployment: Tree): boolean => textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate';

/** How many pods there may be above, and how many may be missing below the wanted number; never both 0 while rolling. */
export function margins(deployment: Tree): { readonly surge: number; readonly unavailable: number } {
  const replicas = replicasOf(deployment);
  if (isRecreate(deployment)) return { surge: 0, unavailable: 0 };
  const rolling = at(deployment, 'spec', 'strategy', 'rollingUpdate');
  const surge = scaled(at(rolling, 'maxSurge'), replicas, Math.ceil);
  const unavailable = scaled(at(rolling, 'maxUnavailable'), replicas, Math.floor);
  return { surge, unavailable: Math.min(replicas, surge === 0 && unavailable === 0 ? 1 : unavailable) };
}

/** How large the new ReplicaSet should be now, given how many pods there are. */
export function nextReplicas(deployment: Tree, sets: Sets): number {
  const wanted = replicasOf(deployment);
  const current = sets.next === undefined ? 0 : replicasOf(sets.next);
  if (isRecreate(deployment) || current >= wanted) return wanted;
  const room = wanted + margins(deployment).surge - totalReplicas(all(sets));
  return room <= 0 ? current : current + Math.min(room, wanted - current);
}

/** New sizes of old ReplicaSets: first the pods that are not available anyway, then as many as availability allows. */
export function shrinkOld(deployment: Tree, sets: Sets): ReadonlyMap<Tree, number> {
  const sizes = new Map<Tree, number>();
  const minimum = replicasOf(deployment) - margins(deployment).unavailable;
  const notReadyYet = sets.next === undefined ? 0 : replicasOf(sets.next) - availableOf(sets.next);
  const oldest = [...sets.old].sort((a, b) => (createdAt(a) < createdAt(b) ? -1 : 1));
  const spare = totalReplicas(all(sets)) - minimum - notReadyYet;
  if (spare <= 0) return sizes;
  take(oldest, spare, (set) => Math.max(0, replicasOf(set) - availableOf(set)), sizes);
  take(oldest, sum(all(sets), availableOf) - minimum, (set) => sizes.get(set) ?? replicasOf(set), sizes);
  return sizes;
}

/** Takes up to `budget` pods from the sets in turn, at most `part` of each. */
function take(sets: readonly Tree[], budget: number, part: (set: Tree) => number, sizes: Map<Tree, number>): void {
  let left = Math.max(0, budget);
  for (const set of sets) {
    const count = Math.min(left, part(set));
    if (count > 0) sizes.set(set, (sizes.get(set) ?? replicasOf(set)) - count);
    left -= count;
  }
}

/** Was the Deployment scaled since its ReplicaSets were sized? */
export function isScalingEvent(deployment: Tree, sets: Sets): boolean {
  return all(sets)
    .filter((set) => replicasOf(set) > 0)
    .map((set) => textAt(set, 'metadata', 'annotations', DESIRED))
    .some((desired) => desired !== undefined && Number(desired) !== replicasOf(deployment));
}

/** New sizes after scaling: one active set takes all, several share in proportion to their sizes. */
export function scaleSets(deployment: Tree, sets: Sets): ReadonlyMap<Tree, number> {
  const wanted = replicasOf(deployment);
  const active = all(sets).filter((set) => replicasOf(set) > 0);
  const only = active.length === 0 ? (sets.next ?? sets.old[0]) : active[0];
  if (active.length <= 1) return only === undefined ? new Map() : new Map([[only, wanted]]);
  const { next } = sets;
  if (next !== undefined && replicasOf(next) === wanted && availableOf(next) === wanted) {
    return new Map(all(sets).map((set) => [set, set === next ? wanted : 0]));
  }
  return isRecreate(deployment) ? new Map(active.map((set) => [set, replicasOf(set)])) : shares(deployment, active);
}

/** What a set's share of a changed total adds to it, rounded. */
function growth(deployment: Tree, set: Tree, allowed: number): number {
  const noted = textAt(set, 'metadata', 'annotations', MAX);
  const before = noted === undefined ? numberAt(deployment, 'status', 'replicas') : Number(noted);
  const share = allowed === 0 || before === 0 ? 0 : Math.round((replicasOf(set) * allowed) / before);
  return share - replicasOf(set);
}

function shares(deployment: Tree, active: readonly Tree[]): ReadonlyMap<Tree, number> {
  const wanted = replicasOf(deployment);
  const allowed = wanted > 0 ? wanted + margins(deployment).surge : 0;
  const toAdd = allowed - totalReplicas(active);
  const newestFirst = (a: Tree, b: Tree): number => (createdAt(a) > createdAt(b) ? -1 : 1);
  const bySize = (a: Tree, b: Tree): number =>
    replicasOf(b) - replicasOf(a) || (toAdd > 0 ? newestFirst(a, b) : newestFirst(b, a));
  const ordered = [...active].sort(bySize);
  const sizes = new Map<Tree, number>();
  let left = toAdd;
  for (const set of ordered) {
    const part = growth(deployment, set, allowed);
    const step = toAdd > 0 ? Math.min(part, left) : Math.max(part, left);
    sizes.set(set, replicasOf(set) + step);
    left -= step;
  }
  const largest = ordered[0];
  if (largest !== undefined) sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + left));
  return sizes;
}
