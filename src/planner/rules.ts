import { formatDuration } from '../domain/duration.js';
import type { Finding, FindingReason } from '../domain/finding.js';
import type { Held, OpenChange } from '../domain/journal.js';
import type { Notice } from '../domain/plan.js';
import { type Instant, instantOf } from '../domain/time.js';
import { closedNow, type Occasion } from './calendar.js';
import { dueText } from './checks.js';
import type { Subject } from './gather.js';
import type { PlanInput } from './input.js';
import { count, day, faultText, minute } from './words.js';

type Wish = Occasion['action'];

/** What is said of a secret to which nothing is done. */
export type Remark = Omit<Notice, 'id' | 'kind' | 'findings' | 'source'>;

/** What follows from the findings of one secret. */
export type Verdict =
  | { readonly type: 'resume'; readonly open: OpenChange }
  | { readonly type: 'start'; readonly action: Wish }
  | { readonly type: 'notice'; readonly remark: Remark }
  | { readonly type: 'upToDate' };

interface Case {
  readonly subject: Subject;
  readonly input: PlanInput;
  readonly reasons: ReadonlySet<FindingReason>;
  /** The change that the findings ask for. */
  readonly wish: Wish | undefined;
}

type Rule = (subject: Case) => Verdict | undefined;

/**
 * The first rule that has something to say decides. Claimed work comes before everything that could keep new work from starting:
 * suspension, missing consumers, back-off of a first attempt, freezes, windows.
 */
const RULES: readonly Rule[] = [
  journalUnreadable,
  claimed,
  leftBehind,
  onlyRecovered,
  kindUnknown,
  unobserved,
  suspended,
  consumerMissing,
  nothingToDo,
  formerlyClaimed,
  backedOff,
  closed,
];

export function judge(subject: Subject, findings: readonly Finding[], input: PlanInput): Verdict {
  const reasons = new Set(findings.map((finding) => finding.reason));
  const wish = wishOf(reasons);
  const found = { subject, input, reasons, wish };
  for (const rule of RULES) {
    const verdict = rule(found);
    if (verdict !== undefined) return verdict;
  }
  return wish === undefined ? { type: 'upToDate' } : { type: 'start', action: wish };
}

/** A missing secret is created whatever else is true of it; a new generation also restarts consumers that drifted. */
function wishOf(reasons: ReadonlySet<FindingReason>): Wish | undefined {
  if (reasons.has('Missing')) return 'create';
  if (reasons.has('Forced') || reasons.has('Due') || reasons.has('Overdue')) return 'rotate';
  return reasons.has('ConsumerDrifted') ? 'reconcile' : undefined;
}

function notice(state: Notice['state'], reason: string, more: Partial<Remark> = {}): Verdict {
  return { type: 'notice', remark: { state, reason, ...more } };
}

function journalUnreadable({ subject: { journalFault } }: Case): Verdict | undefined {
  if (journalFault === undefined) return undefined;
  return notice('unobserved', faultText(journalFault), { fault: journalFault.kind });
}

/** What a journal holds is finished, whatever became of the policy; only its own back-off holds it. */
function claimed({ subject, input }: Case): Verdict | undefined {
  const { journal, open, forced, recover, id } = subject;
  if (open === undefined) return undefined;
  const held = heldNow(journal?.held, input.now);
  if (held === undefined || forced || recover) return { type: 'resume', open };
  return notice('held', heldText(held), { action: `keyturn recover ${id}` });
}

function leftBehind({ subject: { policy, markers } }: Case): Verdict | undefined {
  if (policy !== undefined) return undefined;
  return notice('warning', `${count(markers.length, 'open marker')} that no journal names; nothing is open`);
}

function onlyRecovered({ subject: { recover } }: Case): Verdict | undefined {
  return recover ? { type: 'upToDate' } : undefined;
}

function kindUnknown({ subject: { rotator, kind } }: Case): Verdict | undefined {
  return rotator === undefined ? notice('blocked', `there is no kind ${kind}`) : undefined;
}

function unobserved({ subject: { observation } }: Case): Verdict | undefined {
  if (observation.state === 'observed') return undefined;
  const [fault] = observation.faults;
  if (fault === undefined) return notice('unobserved', 'it was not looked at');
  return notice('unobserved', faultText(fault), { fault: fault.kind });
}

/** Also for who forces it: the policy says so, under review, and the policy is where it ends. */
function suspended({ subject: { policy }, input }: Case): Verdict | undefined {
  const suspend = policy?.suspend;
  if (suspend === undefined || (suspend.until !== undefined && suspend.until <= input.now)) return undefined;
  const { until, reason } = suspend;
  const end = until === undefined ? 'without an end' : `until ${until % 86_400_000 === 0 ? day(until) : minute(until)}`;
  return notice('suspended', `suspended ${end}: ${reason}`, { action: 'Remove `suspend` from the policy' });
}

function consumerMissing({ subject: { observed } }: Case): Verdict | undefined {
  const missing = observed?.missingConsumers.length ?? 0;
  if (missing === 0) return undefined;
  const action = 'Create what is missing, or remove it from `consumers`';
  return notice('blocked', `${count(missing, 'consumer')} that the policy names could not be restarted`, { action });
}

function nothingToDo(found: Case): Verdict | undefined {
  if (found.wish !== undefined) return undefined;
  const { reasons, subject, input } = found;
  if (reasons.has('ChangedOutside')) {
    const reason =
      subject.observed?.changedOutside === undefined
        ? 'the label of the live path is not what the journal says; consumers are left alone'
        : 'a value that keyturn did not write is live; its age restarts there, consumers are left alone';
    return notice('drift', reason, { action: `keyturn adopt ${subject.id}` });
  }
  if (isAgeless(subject))
    return notice('warning', 'how old it is cannot be told, so it is never due', {
      action: `keyturn adopt ${subject.id}`,
    });
  const warning = announced(subject, input.now) ?? specChanged(reasons);
  return warning === undefined ? { type: 'upToDate' } : notice('warning', warning);
}

function announced({ age, due, observed, policy }: Subject, now: Instant): string | undefined {
  const before = policy?.schedule?.warnBefore ?? 0;
  if (age === undefined || due === undefined || observed === undefined || now < due.at - before) return undefined;
  return `${dueText(age, due, observed.version)}; announced ${formatDuration(before)} before`;
}

function specChanged(reasons: ReadonlySet<FindingReason>): string | undefined {
  return reasons.has('SpecChanged') ? 'the change of spec takes effect at the next rotation' : undefined;
}

function isAgeless({ observed, age, policy }: Subject): boolean {
  return policy?.schedule !== undefined && observed?.present === true && age === undefined;
}

/** Under its former id it is the same value at the same place. */
function formerlyClaimed({ subject: { former } }: Case): Verdict | undefined {
  if (former === undefined || former.open === null) return undefined;
  return notice('deferred', `waits for ${former.id}, its former id, which is claimed`, { deferredBy: 'dependency' });
}

/** A failed attempt waits out its back-off, also over a change of id; who asks by name does not. */
function backedOff({ subject: { journal, former, forced, id }, input }: Case): Verdict | undefined {
  const held = heldNow((journal ?? former)?.held, input.now);
  if (held === undefined || forced) return undefined;
  return notice('held', heldText(held), { action: `keyturn rotate ${id}` });
}

function closed({ subject: { policy, forced, id }, input, wish }: Case): Verdict | undefined {
  if (policy === undefined || wish === undefined) return undefined;
  const { freezes } = input.inventory;
  const shut = closedNow(policy, { action: wish, forced }, freezes, input.selection, input.now);
  if (shut === undefined) return undefined;
  return notice('deferred', shut.text, { deferredBy: shut.by, action: `keyturn apply --target ${id} ${shut.flag}` });
}

/** The back-off that has not passed yet. */
export function heldNow(held: Held | null | undefined, now: Instant): Held | undefined {
  if (held === null || held === undefined) return undefined;
  const until = instantOf(held.until);
  return until !== undefined && until > now ? held : undefined;
}

function heldText({ attempts, since, until, reason, stuck }: Held): string {
  const what = stuck === true ? `stuck since ${since}, neither forward nor back works` : `attempt ${attempts} failed`;
  return `${what}: ${reason}; next attempt after ${until}`;
}
