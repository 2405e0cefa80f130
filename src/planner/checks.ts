import type { Finding, FindingReason } from '../domain/finding.js';
import type { OpenChange } from '../domain/journal.js';
import { workloadKey } from '../domain/observation.js';
import type { Instant } from '../domain/time.js';
import type { Age } from './age.js';
import type { Reckoned } from './calendar.js';
import type { Subject } from './gather.js';
import { progressOf } from './progress.js';
import { day, minute } from './words.js';

/** One question about one secret. A check states a fact and its evidence; what follows from it is the rules' business. */
export interface Check {
  readonly reason: FindingReason;
  /** The evidence; undefined: does not apply. */
  readonly evidence: (subject: Subject, now: Instant) => string | undefined;
}

/** In the order in which findings are shown. */
export const CHECKS: readonly Check[] = [
  { reason: 'Interrupted', evidence: interrupted },
  { reason: 'Orphaned', evidence: orphaned },
  { reason: 'Missing', evidence: missing },
  { reason: 'Forced', evidence: forced },
  { reason: 'Overdue', evidence: (subject, now) => dueWhere(subject, (due) => due.overdueAt <= now) },
  { reason: 'Due', evidence: (subject, now) => dueWhere(subject, (due) => due.at <= now && now < due.overdueAt) },
  { reason: 'ChangedOutside', evidence: changedOutside },
  { reason: 'ConsumerMissing', evidence: consumerMissing },
  { reason: 'ConsumerDrifted', evidence: consumerDrifted },
  { reason: 'SpecChanged', evidence: specChanged },
  { reason: 'Moved', evidence: moved },
];

/** All findings of one secret. */
export function evaluate(subject: Subject, now: Instant): readonly Finding[] {
  return CHECKS.flatMap(({ reason, evidence }) => {
    const text = evidence(subject, now);
    const source = subject.policy?.source;
    if (text === undefined) return [];
    return [{ reason, evidence: text, ...(source === undefined ? {} : { source }) }];
  });
}

/** A journal holds a change: on its way, or settled and not tidied. */
function interrupted({ journal, open }: Subject): string | undefined {
  if (journal === undefined || open === undefined) return undefined;
  const { lease } = journal;
  const holder = lease === null ? '' : `; run ${lease.holder} (${lease.who}) has the lease`;
  return `${open.change.action} ${open.rotation}, claimed ${open.claimedAt}, ${standing(open)}${holder}`;
}

function standing(open: OpenChange): string {
  if (open.outcome !== undefined) return `is ${open.outcome} and not tidied`;
  const { done, steps, direction } = progressOf(open);
  if (direction === 'back')
    return `is on its way back (${open.turnReason ?? 'turned back'}), ${done} of ${steps} steps done`;
  return `has ${done} of ${steps} steps done`;
}

/** Open work that no policy asks for any more. */
function orphaned({ policy, markers }: Subject): string | undefined {
  return policy === undefined ? `open ${markers.join(', ')}, and no policy has this id` : undefined;
}

function missing({ policy, observed }: Subject): string | undefined {
  if (policy === undefined || observed?.present !== false) return undefined;
  const { path, field } = policy.vault;
  return observed.version === 0 ? `${path} does not exist` : `${path} (v${observed.version}) has no field ${field}`;
}

function forced(subject: Subject): string | undefined {
  return subject.forced && subject.policy !== undefined ? 'asked for by name' : undefined;
}

function dueWhere({ age, due, observed }: Subject, holds: (due: Reckoned) => boolean): string | undefined {
  if (age === undefined || due === undefined || observed === undefined || !holds(due)) return undefined;
  return dueText(age, due, observed.version);
}

const TWO_DAYS = 172_800_000;

/** `last rotated 2026-10-20 (v7), every 30d -> due 2026-11-19`; with hours where the schedule is shorter than two days. */
export function dueText(age: Age, due: Reckoned, version: number): string {
  const text = due.at - age.birth < TWO_DAYS ? minute : day;
  return `${ageText(age, version, text)}, ${due.rule} -> due ${text(due.at)}`;
}

/** How old a secret is, and how that is known. */
export function ageText(age: Age, version: number, text: (at: number) => string): string {
  switch (age.from) {
    case 'label':
      return `${age.rotation === undefined ? 'born' : 'last rotated'} ${text(age.birth)} (v${version})`;
    case 'version':
      return `age reckoned from the creation of v${version} on ${text(age.birth)}`;
    case 'key':
      return `age reckoned from the creation of the path on ${text(age.birth)} (v${version})`;
  }
}

/**
 * A version that keyturn did not write. Its age restarts there, and its consumers are left alone. While a change is open the label is
 * behind the live path, and the journal explains the difference.
 */
function changedOutside(subject: Subject): string | undefined {
  const { observed, age, policy } = subject;
  if (isOpen(subject)) return undefined;
  const found = observed?.changedOutside;
  if (found !== undefined)
    return `v${found.version} of ${minute(found.at)} is not keyturn's, which wrote v${found.labelVersion}`;
  return age?.contradiction === undefined ? undefined : `${policy?.vault.path ?? ''}: ${age.contradiction}`;
}

/** Under its own id or its former one. */
function isOpen({ open, former }: Subject): boolean {
  return open !== undefined || (former !== undefined && former.open !== null);
}

function consumerMissing({ observed }: Subject): string | undefined {
  const missing = observed?.missingConsumers ?? [];
  if (missing.length === 0) return undefined;
  return `${missing.map(workloadKey).join(', ')} ${missing.length === 1 ? 'does' : 'do'} not exist`;
}

/** Only a generation that keyturn promoted can be missing from a pod template; an open change is on its way to put one there. */
function consumerDrifted(subject: Subject): string | undefined {
  const { observed, age } = subject;
  if (isOpen(subject)) return undefined;
  if (observed?.present !== true || observed.changedOutside !== undefined) return undefined;
  if (age?.rotation === undefined || age.contradiction !== undefined) return undefined;
  if (observed.driftedConsumers.length === 0) return undefined;
  const who = observed.driftedConsumers.map(({ workload, manager }) => {
    const by = manager === undefined ? '' : ` (last set by ${manager})`;
    return `${workloadKey(workload)}${by}`;
  });
  return `the pod template of ${who.join(', ')} does not carry generation ${age.rotation}`;
}

function specChanged({ observed, specHash, age }: Subject): string | undefined {
  if (observed?.present !== true || observed.specHash === undefined || age?.from !== 'label') return undefined;
  if (specHash === '' || observed.specHash === specHash) return undefined;
  return `spec differs from that of v${observed.version}; it takes effect at the next rotation`;
}

/** The journal, its own or that of the former id, knows the secret under another name, kind or place. */
function moved({ policy, journal, former }: Subject): string | undefined {
  if (policy === undefined) return undefined;
  if (journal === undefined) return former === undefined ? undefined : `known as ${former.id} until now`;
  const { path, field } = policy.vault;
  if (journal.kind !== policy.kind) return `was of kind ${journal.kind}; the value at ${journal.live.path} stays`;
  if (journal.live.path === path && journal.live.field === field) return undefined;
  return `was at ${journal.live.path} (field ${journal.live.field}), whose value stays`;
}
