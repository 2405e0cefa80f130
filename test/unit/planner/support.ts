import { createHash } from 'node:crypto';
import type { FaultDetails } from '../../../src/domain/fault.js';
import { type SecretId, secretId } from '../../../src/domain/ids.js';
import type { Generation, Journal, Lease, OpenChange, StepRecord } from '../../../src/domain/journal.js';
import type { Observation } from '../../../src/domain/observation.js';
import type { Change } from '../../../src/domain/plan.js';
import type { Consumer, Inventory, Limits, Policy, Schedule } from '../../../src/domain/policy.js';
import type { Rotator } from '../../../src/domain/rotator.js';
import { instantOf, isoOf } from '../../../src/domain/time.js';
import type { Observed } from '../../../src/planner/age.js';
import { EVERYTHING, type JournalRead, type PlanInput, type Selection } from '../../../src/planner/input.js';
import { makePlan } from '../../../src/planner/plan.js';

export const DAY = 86_400_000;
export const HOUR = 3_600_000;

/** Every test plans at this instant unless it says otherwise: a Tuesday, noon UTC. */
export const NOW = at('2026-11-24T12:00:00Z');

export function at(text: string): number {
  return instantOf(text) ?? Number.NaN;
}

export function idOf(text: string): SecretId {
  const id = secretId(text);
  if (id === undefined) throw new Error(`not an id: ${text}`);
  return id;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A kind of nothing but three steps; `noSteps` in spec: a kind that only people can rotate. */
export const fakeRotator: Rotator = {
  kind: 'fake',
  summary: 'For tests.',
  capabilities: { overlap: false, test: false, revoke: false, generates: true },
  specSchema: {},
  limits: () => [],
  queries: () => [],
  interpret: () => ({ state: 'unobserved', faults: [] }),
  shape: (policy) => ({ length: policy.spec['length'] ?? 32 }),
  decide: (policy, _observation, action) => ({
    steps: policy.spec['noSteps'] === true ? [] : stepsOf(policy, action),
    undo: [{ name: 'unpromote', verb: 'unpromote', target: policy.vault.path, params: {}, undoes: ['promote'] }],
    noOverlap: true,
    proof: 'none',
  }),
  handlers: {},
};

function stepsOf(policy: Policy, action: string): Change['steps'] {
  const promote = { name: 'promote', verb: 'promote', target: policy.vault.path, params: { action } } as const;
  return [
    { name: 'stage', verb: 'stage', target: 'pending', params: {} },
    promote,
    { name: 'verify', verb: 'verify', target: 'none', note: 'a remark', params: {}, pivot: true },
  ];
}

/** The hash that the fake rotator's default shape has in labels. */
export const SPEC_HASH = sha256('{"length":32}').slice(0, 12);

export function policyOf(id: string, more: Partial<Policy> = {}): Policy {
  return {
    id: idOf(id),
    kind: 'fake',
    labels: {},
    schedule: every(30),
    grace: 0,
    dependsOn: [],
    vault: { path: `secret/${id}`, field: 'key' },
    publish: [],
    consumers: [],
    spec: {},
    source: { file: `policies/${id}.yaml`, line: 3, column: 1, endLine: 3, endColumn: 11 },
    ...more,
  };
}

export function every(days: number, more: Partial<Schedule> = {}): Schedule {
  return { due: { type: 'every', every: days * DAY }, warnBefore: 0, jitter: 0, ...more };
}

export const NIGHTS = { name: 'nights', cron: '0 1 * * *', lasts: 4 * HOUR, timezone: 'UTC' } as const;

export function consumer(name: string, timeout = 300_000): Consumer {
  return { kind: 'Deployment', namespace: 'apps', name, timeout, via: 'copy' };
}

/** A value that keyturn labelled, so many days old. */
export function observedOf(daysOld: number, more: Partial<Observed> = {}): Observed {
  const birth = NOW - daysOld * DAY;
  return {
    state: 'observed',
    present: true,
    version: 7,
    versionCreatedAt: birth,
    birth,
    birthFrom: 'label',
    rotation: ROTATION,
    specHash: SPEC_HASH,
    driftedConsumers: [],
    missingConsumers: [],
    ...more,
  };
}

export const ROTATION = '00000000000000aa';

export const ABSENT: Observation = {
  state: 'observed',
  present: false,
  version: 0,
  driftedConsumers: [],
  missingConsumers: [],
};

export function faultOf(kind: FaultDetails['kind']): FaultDetails {
  return { kind, server: 'Vault', call: 'GET secret/metadata/a', said: 'no', retriable: false, effect: 'none' };
}

export function changeOf(id: string, more: Partial<Change> = {}): Change {
  return {
    id,
    kind: 'fake',
    action: 'rotate',
    findings: [],
    live: { path: `secret/${id}`, field: 'key' },
    before: null,
    steps: [
      { name: 'promote', verb: 'promote', target: `secret/${id}`, params: { stored: true } },
      { name: 'verify', verb: 'verify', target: 'none', params: {}, pivot: true },
    ],
    undo: [{ name: 'unpromote', verb: 'unpromote', target: `secret/${id}`, params: {}, undoes: ['promote'] }],
    noOverlap: false,
    proof: 'none',
    consumers: [],
    specHash: SPEC_HASH,
    bindings: { policyHash: 'then', journalVersion: 3, liveVersion: 6, liveCreatedTime: null },
    resources: [`kv:secret/${id}`],
    chain: id,
    dependsOn: [],
    ...more,
  };
}

export function openOf(id: string, more: Partial<OpenChange> = {}): OpenChange {
  return {
    change: changeOf(id),
    rotation: '00000000000000bb',
    claimedAt: '2026-11-24T10:00:00.000Z',
    revision: null,
    turn: 0,
    records: [],
    ...more,
  };
}

/** Settled. */
export function journalOf(id: string, more: Partial<Journal> = {}): Journal {
  return {
    format: 1,
    id,
    kind: 'fake',
    live: { path: `secret/${id}`, field: 'key' },
    writeId: '0',
    lease: null,
    current: null,
    open: null,
    held: null,
    revision: null,
    ...more,
  };
}

export const LEASE: Lease = {
  holder: 'r1',
  who: 'alice@laptop',
  acquiredAt: '2026-11-24T10:00:00.000Z',
  beat: 1,
  leaseFor: 60_000,
};

export function doneRecord(step: string, more: Partial<StepRecord> = {}): StepRecord {
  const intendedAt = '2026-11-24T10:00:00.000Z';
  return { step, turn: 0, state: 'done', run: 'r1', intendedAt, journalVersion: 4, intent: {}, ...more };
}

export function generation(rotation: string, daysOld: number): Generation {
  const birth = isoOf(NOW - daysOld * DAY);
  return { rotation, birth, kvVersion: 7, fingerprint: '', specHash: SPEC_HASH, consumers: [] };
}

export const LIMITS: Limits = {
  maxChanges: 20,
  maxShare: 1,
  overLimit: 'refuse',
  failureBudget: 3,
  parallelism: 8,
  planValidFor: DAY,
  leaseFor: 60_000,
  callDeadline: 15_000,
};

export interface World {
  readonly policies: readonly Policy[];
  readonly observations?: { readonly [id: string]: Observation };
  readonly journals?: { readonly [id: string]: Journal | JournalRead };
  readonly markers?: readonly { readonly id: string; readonly rotation: string }[];
  readonly freezes?: Inventory['freezes'];
  readonly limits?: Partial<Limits>;
  readonly selection?: Partial<Selection>;
  readonly now?: number;
}

/** Every policy without an observation of its own is observed to be one day old. */
export function inputOf(world: World): PlanInput {
  const { policies, observations = {}, journals = {}, markers = [], freezes = [], limits = {}, selection = {} } = world;
  return {
    inventory: {
      policies,
      freezes,
      settings: {
        inventory: 'test',
        vault: { state: 'keyturn' },
        kubernetes: {},
        limits: { ...LIMITS, ...limits },
      },
    },
    rotators: new Map([['fake', fakeRotator]]),
    observations: new Map(policies.map(({ id }) => [id, observations[id] ?? observedOf(1)])),
    journals: new Map(
      Object.entries(journals).map(([id, read]) => [idOf(id), 'format' in read ? { version: 4, journal: read } : read]),
    ),
    openMarkers: markers.map(({ id, rotation }) => ({ id: idOf(id), rotation })),
    now: world.now ?? NOW,
    revision: null,
    selection: { ...EVERYTHING, ...selection },
    sha256,
  };
}

/** What the plan says of each id: `rotate`, `held`, `up to date`. */
export function saidOf(world: World): { readonly [id: string]: string } {
  const { plan } = makePlan(inputOf(world));
  return Object.fromEntries([
    ...plan.changes.map(({ id, action }) => [id, action]),
    ...plan.notices.map(({ id, state }) => [id, state]),
    ...plan.upToDate.map((id) => [id, 'up to date']),
  ]) as { readonly [id: string]: string };
}
