import type { SecretId } from '../domain/ids.js';
import { workloadKey } from '../domain/observation.js';
import type { Policy } from '../domain/policy.js';
import type { Why } from '../domain/status.js';
import { closedNow, timeNeeded } from './calendar.js';
import type { Considered } from './change.js';
import { resourcesOf } from './chains.js';
import { ageText } from './checks.js';
import { formatDuration } from '../domain/duration.js';
import type { Subject } from './gather.js';
import { EVERYTHING, type PlanInput } from './input.js';
import { consider } from './plan.js';
import { count, minute } from './words.js';

type Fact = Why['facts'][number];

/** The arithmetic of one secret: what is known, what was found, what follows. Selection and limits count as in a plan. */
export function why(input: PlanInput, id: SecretId): Why {
  const one = consider(input).find(({ subject }) => subject.id === id);
  if (one === undefined) return { id, kind: 'unknown', facts: [], conclusion: 'no selected policy has this id' };
  const { subject, findings } = one;
  const { policy } = subject;
  return {
    id,
    kind: subject.kind,
    ...(policy === undefined ? {} : { source: policy.source }),
    facts: [
      ...liveFacts(subject),
      ...(policy === undefined ? [] : dueFacts(subject, policy, input)),
      ...journalFacts(subject),
      ...(policy === undefined ? [] : relations(policy, input)),
      ...findings.map(({ reason, evidence }) => ({ label: reason, text: evidence })),
    ],
    conclusion: conclusionOf(one),
  };
}

function liveFacts({ policy, observed, age }: Subject): readonly Fact[] {
  if (policy === undefined) return [];
  const place = `${policy.vault.path}, field ${policy.vault.field}`;
  if (observed === undefined) return [{ label: 'live value', text: `${place}: not observed` }];
  if (!observed.present) return [{ label: 'live value', text: `${place}: none` }];
  const made = age?.rotation === undefined ? 'not made by keyturn' : `generation ${age.rotation}`;
  const value = { label: 'live value', text: `${place}: v${observed.version}, ${made}` };
  return age === undefined ? [value] : [value, { label: 'age', text: ageText(age, observed.version, minute) }];
}

function dueFacts({ age, due }: Subject, policy: Policy, { inventory, now }: PlanInput): readonly Fact[] {
  const { schedule } = policy;
  if (schedule === undefined) return [{ label: 'schedule', text: 'none: rotated only when asked for by name' }];
  const facts: Fact[] = [{ label: 'now', text: minute(now) }];
  if (age !== undefined && due !== undefined) {
    const name = schedule.name === undefined ? '' : `${schedule.name}: `;
    facts.push({ label: 'schedule', text: `${name}${due.explanation}` });
    const moved = due.at === due.base ? '' : `, moved to ${minute(due.at)}`;
    facts.push({ label: 'due', text: `counted from ${minute(age.birth)}: ${minute(due.base)}${moved}` });
    facts.push({ label: 'overdue', text: `from ${minute(due.overdueAt)}` });
  }
  const shut = closedNow(policy, { action: 'rotate', forced: false }, inventory.freezes, EVERYTHING, now);
  const open = shut?.text ?? 'scheduled work may start now';
  facts.push({ label: 'may start', text: `${open}; it may take ${formatDuration(timeNeeded(policy))}` });
  return facts;
}

function journalFacts({ journal, journalVersion }: Subject): readonly Fact[] {
  if (journal === undefined) return [];
  const { current, held } = journal;
  const generation = current === null ? 'no generation of keyturn' : `${current.rotation} in v${current.kvVersion}`;
  const facts = [{ label: 'journal', text: `v${journalVersion}: current is ${generation}` }];
  if (held === null) return facts;
  const text = `${count(held.attempts, 'failed attempt')}: ${held.reason}; back-off until ${held.until}`;
  return [...facts, { label: 'held', text }];
}

function relations(policy: Policy, { inventory }: PlanInput): readonly Fact[] {
  const consumers = policy.consumers.map(workloadKey).join(', ');
  const mine = new Set(resourcesOf(policy));
  const sharing = inventory.policies
    .filter((other) => other.id !== policy.id && resourcesOf(other).some((resource) => mine.has(resource)))
    .map((other) => other.id);
  return [
    { label: 'consumers', text: consumers === '' ? 'none' : consumers },
    ...(policy.dependsOn.length === 0 ? [] : [{ label: 'depends on', text: policy.dependsOn.join(', ') }]),
    ...(sharing.length === 0 ? [] : [{ label: 'shares with', text: sharing.toSorted().join(', ') }]),
  ];
}

const DEEDS = {
  create: 'it is created',
  rotate: 'it is rotated',
  reconcile: 'its consumers are restarted',
  resume: 'what its journal holds is finished',
} as const;

function conclusionOf({ outcome }: Considered): string {
  switch (outcome.type) {
    case 'upToDate':
      return 'up to date: nothing is to be done';
    case 'notice':
      return `${outcome.notice.state}: ${outcome.notice.reason}`;
    case 'change':
      return `${outcome.change.action}: ${DEEDS[outcome.change.action]} by the next apply`;
  }
}
