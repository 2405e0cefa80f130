import type { Diagnostic, SourceRange } from '../../../src/domain/diagnostic.js';
import type { FaultDetails } from '../../../src/domain/fault.js';
import type { HistoryEntry, Journal } from '../../../src/domain/journal.js';
import type { OutputName } from '../../../src/domain/outputs.js';
import type { Change, Plan } from '../../../src/domain/plan.js';
import type { SecretStatus } from '../../../src/domain/status.js';

export const AT = '2026-11-24T11:00:00.000Z';
const ROTATION = '0123456789abcdef';
const DIGEST = 'ab'.repeat(32);
const SOURCE: SourceRange = { file: 'policies/a.yaml', line: 3, column: 7, endLine: 3, endColumn: 9 };
const LIVE = { path: 'secret/a/b', field: 'key' };

export const FAULT: FaultDetails = {
  kind: 'denied',
  server: 'Vault https://vault.example:8200',
  call: 'GET secret/metadata/a/b',
  said: 'permission denied',
  status: 403,
  retriable: false,
  effect: 'none',
  retryAfter: 1000,
};

export const DIAGNOSTIC: Diagnostic = {
  severity: 'error',
  code: 'KT3001',
  summary: 's',
  detail: 'd',
  action: 'a',
  id: 'a/b',
  source: SOURCE,
  related: [{ label: 'first here', source: SOURCE }],
};

export const CHANGE: Change = {
  id: 'a/b',
  kind: 'kv-random',
  action: 'rotate',
  source: SOURCE,
  findings: [
    { reason: 'Overdue', evidence: 'every 30d', source: SOURCE },
    { reason: 'cert-manager-certificate/RenewalLate', evidence: 'e' },
  ],
  live: LIVE,
  before: { birth: AT, rotation: ROTATION },
  steps: [
    {
      name: 'stage',
      verb: 'stage',
      target: 'keyturn/x',
      params: { length: 32, deep: { list: [1, 'a', null] } },
      note: 'n',
    },
    { name: 'verify', verb: 'verify', target: 'GET x', params: {}, pivot: true },
  ],
  undo: [{ name: 'unpromote', verb: 'unpromote', target: 't', params: {}, undoes: ['promote'] }],
  noOverlap: true,
  proof: 'discriminating',
  consumers: [{ kind: 'Deployment', namespace: 'ns', name: 'app', timeout: 300_000, via: 'copy' }],
  specHash: '0123456789ab',
  bindings: { policyHash: DIGEST, journalVersion: 3, liveVersion: 7, liveCreatedTime: AT },
  resources: ['kv secret/a/b'],
  chain: 'a/b',
  dependsOn: ['a/c'],
};

export const PLAN: Plan = {
  format: 'keyturn.dev/plan/v1',
  inventory: 'test',
  at: AT,
  validUntil: '2026-11-25T11:00:00.123456789Z',
  revision: { commit: '4ab81d0', dirty: false },
  changes: [CHANGE],
  notices: [
    {
      id: 'a/c',
      kind: 'kv-random',
      state: 'deferred',
      findings: [],
      reason: 'r',
      action: 'x',
      deferredBy: 'window',
      source: SOURCE,
    },
    { id: 'a/d', kind: 'kv-random', state: 'unobserved', findings: [], reason: 'r', fault: 'timeout' },
  ],
  upToDate: ['a/e'],
  refusals: [DIAGNOSTIC],
  complete: false,
  digest: DIGEST,
};

export const JOURNAL: Journal = {
  format: 1,
  id: 'a/b',
  kind: 'kv-random',
  live: LIVE,
  writeId: 'w',
  lease: { holder: 'run', who: 'alice@laptop', acquiredAt: AT, beat: 2, leaseFor: 60_000 },
  current: {
    rotation: ROTATION,
    birth: AT,
    kvVersion: 7,
    fingerprint: 'f',
    specHash: 'h',
    consumers: CHANGE.consumers,
  },
  open: {
    change: CHANGE,
    rotation: ROTATION,
    claimedAt: AT,
    revision: null,
    turn: 1,
    turnReason: 'refused',
    records: [
      {
        step: 'stage',
        turn: 0,
        state: 'done',
        run: 'r',
        intendedAt: AT,
        journalVersion: 2,
        intent: { cas: 0 },
        receipt: {},
        closedAt: AT,
      },
      {
        step: 'verify',
        turn: 0,
        state: 'failed',
        run: 'r',
        intendedAt: AT,
        journalVersion: 3,
        intent: {},
        fault: FAULT,
        reason: 'x',
      },
    ],
    outcome: 'undone',
    settledAt: AT,
  },
  held: { attempts: 1, since: AT, until: AT, reason: 'r', stuck: true },
  revision: { commit: 'c', committedAt: AT },
};

export const HISTORY: HistoryEntry = {
  format: 1,
  id: 'a/b',
  kind: 'kv-random',
  rotation: ROTATION,
  action: 'rotate',
  outcome: 'rotated',
  findings: ['Due'],
  startedAt: AT,
  settledAt: AT,
  gap: 1200,
  reason: 'r',
  revision: 'c',
  runs: ['r'],
  steps: [{ step: 'stage', state: 'done', at: AT, took: 3 }],
};

const STATUS: SecretStatus = {
  id: 'a/b',
  kind: 'kv-random',
  state: 'due',
  findings: CHANGE.findings,
  source: SOURCE,
  generation: { rotation: ROTATION, kvVersion: 7, birth: AT, birthFrom: 'label' },
  due: {
    at: AT,
    overdueAt: AT,
    base: AT,
    rule: 'every 30d',
    window: { name: 'n', open: true, opens: AT, closes: AT },
    freeze: { name: 'f', until: AT, reason: 'r' },
  },
  holder: { run: 'r', who: 'w', since: AT },
  open: { rotation: ROTATION, direction: 'back', done: 1, steps: 5, current: 'stage' },
  held: { until: AT, attempts: 1, reason: 'r' },
  action: 'keyturn recover a/b',
};

const RESULT = { id: 'a/b', outcome: 'failed', gap: null, reason: 'r', next: 'n', fault: FAULT } as const;
const NO_RESULTS = { done: [], failed: [], notStarted: [], needsAttention: [] } as const;

/** One good value per output. */
export const OUTPUTS: { readonly [name in OutputName]: { readonly [key: string]: unknown } } = {
  validate: {
    format: 'keyturn.dev/validate/v1',
    valid: false,
    errorCount: 1,
    warningCount: 0,
    diagnostics: [DIAGNOSTIC],
  },
  status: {
    format: 'keyturn.dev/status/v1',
    at: AT,
    secrets: [STATUS, { id: 'x', kind: 'k', state: 'missing', findings: [] }],
  },
  drift: { format: 'keyturn.dev/drift/v1', at: AT, drift: PLAN.notices, unobserved: [], looked: 3 },
  why: {
    format: 'keyturn.dev/why/v1',
    id: 'a/b',
    kind: 'k',
    source: SOURCE,
    facts: [{ label: 'l', text: 't' }],
    conclusion: 'c',
  },
  history: { format: 'keyturn.dev/history/v1', entries: [HISTORY] },
  version: { format: 'keyturn.dev/version/v1', version: '0.1.0', node: '20.20.2', platform: 'linux-x64' },
  error: { format: 'keyturn.dev/error/v1', exitCode: 65, diagnostics: [DIAGNOSTIC] },
  events: { format: 'keyturn.dev/events/v1', type: 'version', at: AT, version: '0.1.0', run: 'r' },
};

const STEP = { id: 'a/b', step: 'stage', verb: 'stage', target: 't' } as const;

/** One good line per type of event. */
export const EVENTS: readonly { readonly [key: string]: unknown }[] = [
  OUTPUTS.events,
  { type: 'diagnostic', at: AT, diagnostic: DIAGNOSTIC },
  { type: 'ending', at: AT, exitCode: 4, ...NO_RESULTS, failed: [RESULT] },
  { type: 'runStarted', at: AT, run: 'r', changes: ['a/b'] },
  { type: 'changeStarted', at: AT, id: 'a/b', action: 'rotate', rotation: ROTATION, resumed: false },
  { type: 'stepStarted', at: AT, ...STEP },
  { type: 'stepProgress', at: AT, id: 'a/b', step: 'restart', text: '1 of 2', elapsed: 3 },
  { type: 'stepDone', at: AT, ...STEP, elapsed: 3, found: 'present' },
  { type: 'stepFailed', at: AT, ...STEP, elapsed: 3, reason: 'r', fault: FAULT },
  { type: 'turned', at: AT, id: 'a/b', direction: 'back', reason: 'r' },
  { type: 'waitingForLease', at: AT, id: 'a/b', resource: 'r', holder: 'h', who: 'w', elapsed: 1 },
  { type: 'preflightFailed', at: AT, id: 'a/b', diagnostics: [DIAGNOSTIC] },
  { type: 'changeEnded', at: AT, id: 'a/b', outcome: 'rotated', gap: 12, reason: 'r', next: 'n' },
  { type: 'runEnded', at: AT, run: 'r', results: [RESULT] },
];
