import type { FaultDetails } from '../domain/fault.js';
import type { SecretId } from '../domain/ids.js';
import type { Generation, Journal, OpenChange } from '../domain/journal.js';
import { canonicalJson } from '../domain/json.js';
import type { Observation } from '../domain/observation.js';
import type { Policy } from '../domain/policy.js';
import type { Rotator } from '../domain/rotator.js';
import { type Age, ageOf, type Observed } from './age.js';
import { type Reckoned, reckon } from './calendar.js';
import type { JournalRead, PlanInput } from './input.js';
import { groups } from './order.js';

/** Hex digits of the hash that label and journal keep of the parts of spec that shape material. */
const SPEC_HASH_LENGTH = 12;

/** Everything that is known of one secret, gathered; checks and rules look at nothing else. */
export interface Subject {
  readonly id: SecretId;
  readonly kind: string;
  /** Undefined: open work without a policy. */
  readonly policy: Policy | undefined;
  readonly rotator: Rotator | undefined;
  readonly observation: Observation;
  /** The observation, where there is one. */
  readonly observed: Observed | undefined;
  readonly journal: Journal | undefined;
  readonly journalVersion: number;
  readonly journalFault: FaultDetails | undefined;
  /** The change that the journal holds. */
  readonly open: OpenChange | undefined;
  /** The journal under the id that the policy was moved from. */
  readonly former: Journal | undefined;
  /** Rotation ids of its open markers, sorted. */
  readonly markers: readonly string[];
  /** Undefined: no value is live, or it cannot be told. */
  readonly age: Age | undefined;
  /** When it is due; undefined without schedule or age. */
  readonly due: Reckoned | undefined;
  /** Empty where the kind is not known. */
  readonly specHash: string;
  readonly forced: boolean;
  readonly recover: boolean;
}

/** One subject per policy, and one per open marker that no policy has; ids are unique and sorted. */
export function gather(input: PlanInput): readonly Subject[] {
  const markers = groups(input.openMarkers, (marker) => marker.id);
  const policies = new Map(input.inventory.policies.map((policy) => [policy.id, policy]));
  const forced = new Set(input.selection.forced);
  const recover = new Set(input.selection.recover);
  return [...new Set([...policies.keys(), ...markers.keys()])].sort().map((id) => ({
    id,
    ...about(id, policies.get(id), input),
    markers: (markers.get(id) ?? []).map((marker) => marker.rotation).sort(),
    forced: forced.has(id),
    recover: recover.has(id),
  }));
}

type About = Omit<Subject, 'id' | 'markers' | 'forced' | 'recover'>;

const UNSEEN: Observation = { state: 'unobserved', faults: [] };

function about(id: SecretId, policy: Policy | undefined, input: PlanInput): About {
  const { known, ...own } = readOf(input.journals.get(id));
  if (policy === undefined) return { ...NOTHING, ...own, kind: own.journal?.kind ?? 'unknown' };
  return { ...own, ...wanted(policy, known, input) };
}

function wanted(policy: Policy, known: Own['known'], input: PlanInput): Omit<About, keyof Own> {
  const rotator = input.rotators.get(policy.kind);
  const former = policy.movedFrom && readOf(input.journals.get(policy.movedFrom));
  const observation = input.observations.get(policy.id) ?? UNSEEN;
  const observed = observation.state === 'observed' ? observation : undefined;
  const age = observed && ageOf(observed, known === null && former ? former.known : known);
  return {
    kind: policy.kind,
    policy,
    rotator,
    observation,
    observed,
    former: former && former.journal,
    age,
    due: age && reckon(policy, age.birth),
    specHash: specHashOf(rotator, policy, input),
  };
}

const NOTHING = {
  policy: undefined,
  rotator: undefined,
  observation: UNSEEN,
  observed: undefined,
  former: undefined,
  age: undefined,
  due: undefined,
  specHash: '',
} as const;

function specHashOf(rotator: Rotator | undefined, policy: Policy, { sha256 }: PlanInput): string {
  if (rotator === undefined) return '';
  return sha256(canonicalJson(rotator.shape(policy))).slice(0, SPEC_HASH_LENGTH);
}

interface Own extends Pick<Subject, 'journal' | 'journalVersion' | 'journalFault' | 'open'> {
  /** What the journal calls current; undefined where that cannot be said. */
  readonly known: Generation | null | undefined;
}

const UNREAD: Own = {
  journal: undefined,
  journalVersion: 0,
  journalFault: undefined,
  open: undefined,
  known: undefined,
};

function readOf(read: JournalRead | undefined): Own {
  if (read === undefined) return UNREAD;
  if ('fault' in read) return { ...UNREAD, journalFault: read.fault };
  const { journal, version } = read;
  if (journal === null) return { ...UNREAD, journalVersion: version, known: null };
  const open = journal.open ?? undefined;
  const known = open === undefined ? journal.current : undefined;
  return { journal, journalVersion: version, journalFault: undefined, open, known };
}
