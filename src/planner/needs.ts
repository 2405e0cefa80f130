import type { FindingReason } from '../domain/finding.js';
import type { SecretId } from '../domain/ids.js';
import type { Journal } from '../domain/journal.js';
import { evaluate } from './checks.js';
import { gather } from './gather.js';
import type { OpenMarker, PlanInput } from './input.js';

/** Findings on which a journal has something to say: a back-off, a version to bind, another opinion about the label. */
const ASKS: ReadonlySet<FindingReason> = new Set<FindingReason>([
  'Orphaned',
  'Missing',
  'Forced',
  'Overdue',
  'Due',
  'ChangedOutside',
  'ConsumerDrifted',
]);

/**
 * The ids whose journals a plan has to read, sorted: those with an open marker, those that something is to be done to, and both ids
 * of a secret that was moved. All others cost no request besides their metadata.
 */
export function journalsNeeded(input: Omit<PlanInput, 'journals'>): readonly SecretId[] {
  const subjects = gather({ ...input, journals: new Map() });
  const needed = subjects.flatMap((subject) => {
    const { id, policy, markers, recover } = subject;
    const from = policy?.movedFrom;
    if (from !== undefined) return [id, from];
    const asks = evaluate(subject, input.now).some(({ reason }) => ASKS.has(reason));
    return asks || recover || markers.length > 0 ? [id] : [];
  });
  return [...new Set(needed)].sort();
}

/** A marker that its id's journal, as it was read, does not name; with what a first journal of that id would have to say. */
export interface StrayMarker {
  readonly marker: OpenMarker;
  readonly known?: Pick<Journal, 'kind' | 'live'>;
}

/** A claim may still be on its way behind a stray marker, so it is for apply to fence and remove it. */
export function strayMarkersOf({ inventory, journals, openMarkers }: PlanInput): readonly StrayMarker[] {
  const policies = new Map(inventory.policies.map((policy) => [policy.id, policy]));
  return openMarkers.flatMap((marker) => {
    const read = journals.get(marker.id);
    if (read === undefined || 'fault' in read || read.journal?.open?.rotation === marker.rotation) return [];
    const policy = policies.get(marker.id);
    const known = read.journal ?? (policy === undefined ? undefined : { kind: policy.kind, live: policy.vault });
    return [known === undefined ? { marker } : { marker, known: { kind: known.kind, live: known.live } }];
  });
}
