import type { Change } from '../domain/plan.js';
import type { Inventory } from '../domain/policy.js';
import type { Instant } from '../domain/time.js';
import { closedNow } from './calendar.js';
import type { Selection } from './input.js';

/** May a change of the plan start at this later instant? The text says which window or freeze keeps it; claimed work always may. */
export type MayStart = (change: Pick<Change, 'id' | 'action'>, now: Instant) => string | undefined;

/** The plan's own judgement of windows and freezes, for the moment at which each change is claimed: an apply can take hours. */
export function mayStartOf(
  { policies, freezes }: Pick<Inventory, 'policies' | 'freezes'>,
  selection: Pick<Selection, 'forced' | 'ignoreWindow' | 'ignoreFreeze'>,
): MayStart {
  const byId = new Map<string, Inventory['policies'][number]>(policies.map((policy) => [policy.id, policy]));
  const forced = new Set<string>(selection.forced);
  return ({ id, action }, now) => {
    const policy = byId.get(id);
    if (policy === undefined || action === 'resume') return undefined;
    return closedNow(policy, { action, forced: forced.has(id) }, freezes, selection, now)?.text;
  };
}
