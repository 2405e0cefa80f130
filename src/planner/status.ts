import type { FindingReason } from '../domain/finding.js';
import type { Notice } from '../domain/plan.js';
import type { SecretState, SecretStatus } from '../domain/status.js';
import { isoOf } from '../domain/time.js';
import { dueView } from './calendar.js';
import type { Considered } from './change.js';
import type { Subject } from './gather.js';
import type { PlanInput } from './input.js';
import { progressOf } from './progress.js';
import { heldNow } from './rules.js';

type Part<Key extends keyof SecretStatus> = Pick<SecretStatus, Key>;

/** One line of `keyturn status`. */
export function statusOf(one: Considered, input: PlanInput): SecretStatus {
  const { subject, findings, outcome } = one;
  const { policy, open } = subject;
  const action = outcome.type === 'notice' ? outcome.notice.action : undefined;
  return {
    id: subject.id,
    kind: subject.kind,
    state: stateOf(one),
    findings,
    ...(policy === undefined ? {} : { source: policy.source }),
    ...generationOf(subject),
    ...dueOf(subject, input),
    ...holderOf(subject),
    ...(open === undefined ? {} : { open: progressOf(open) }),
    ...heldOf(subject, input),
    ...(action === undefined ? {} : { action }),
  };
}

type State = readonly [SecretState, (one: Considered) => boolean];

/** The first that applies. What keeps work from starting comes before the work; a journal's own state before what is due behind it. */
const STATES: readonly State[] = [
  ['unobserved', (one) => isSaid(one, 'unobserved')],
  ['stuck', ({ subject }) => subject.open !== undefined && subject.journal?.held?.stuck === true],
  ['held', (one) => isSaid(one, 'held')],
  ['claimed', ({ subject }) => subject.open !== undefined],
  ['suspended', (one) => isSaid(one, 'suspended')],
  ['blocked', (one) => isSaid(one, 'blocked')],
  ['waiting', (one) => isSaid(one, 'waiting')],
  ['missing', (one) => isFound(one, 'Missing')],
  ['due', (one) => isFound(one, 'Due', 'Overdue', 'Forced')],
  ['drifted', (one) => isFound(one, 'ChangedOutside', 'ConsumerDrifted')],
];

function stateOf(one: Considered): SecretState {
  return STATES.find(([, applies]) => applies(one))?.[0] ?? 'settled';
}

function isSaid({ outcome }: Considered, state: Notice['state']): boolean {
  return outcome.type === 'notice' && outcome.notice.state === state;
}

function isFound({ findings }: Considered, ...reasons: readonly FindingReason[]): boolean {
  return findings.some(({ reason }) => reasons.includes(reason));
}

function generationOf({ observed, age }: Subject): Part<'generation'> {
  if (observed?.present !== true || age === undefined) return {};
  const { birth, from, rotation } = age;
  const generation = { kvVersion: observed.version, birth: isoOf(birth), birthFrom: from };
  return { generation: rotation === undefined ? generation : { rotation, ...generation } };
}

function dueOf({ policy, due }: Subject, { inventory, now }: PlanInput): Part<'due'> {
  return policy === undefined || due === undefined ? {} : { due: dueView(policy, due, inventory, now) };
}

/** A lease outlives its run by its length at most; whether the holder still lives only a look at the journal over time can tell. */
function holderOf({ journal, open }: Subject): Part<'holder'> {
  const lease = journal?.lease ?? null;
  if (open === undefined || lease === null) return {};
  const { holder, who, acquiredAt } = lease;
  return { holder: { run: holder, who, since: acquiredAt } };
}

function heldOf({ journal }: Subject, { now }: PlanInput): Part<'held'> {
  const held = heldNow(journal?.held, now);
  return held === undefined ? {} : { held: { until: held.until, attempts: held.attempts, reason: held.reason } };
}
