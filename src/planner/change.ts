import type { Finding } from '../domain/finding.js';
import type { OpenChange } from '../domain/journal.js';
import { canonicalJson } from '../domain/json.js';
import type { Bindings, Change, Notice } from '../domain/plan.js';
import { boundParts, type Policy } from '../domain/policy.js';
import type { SecretId } from '../domain/ids.js';
import type { Rotator } from '../domain/rotator.js';
import { statePaths } from '../domain/state-paths.js';
import type { Step } from '../domain/step.js';
import { type Instant, isoOf } from '../domain/time.js';
import { type Occasion, overriddenFreeze } from './calendar.js';
import { resourcesOf } from './chains.js';
import type { Sha256 } from './digest.js';
import type { Subject } from './gather.js';
import type { PlanInput } from './input.js';
import { judge, type Remark, type Verdict } from './rules.js';

/** What the plan has to say of one secret. */
export type Outcome =
  | { readonly type: 'change'; readonly subject: Subject; readonly change: Change }
  | { readonly type: 'notice'; readonly subject: Subject; readonly notice: Notice }
  | { readonly type: 'upToDate'; readonly subject: Subject };

/** One secret with what was found and what follows from it. */
export interface Considered {
  readonly subject: Subject;
  readonly findings: readonly Finding[];
  readonly outcome: Outcome;
}

/** Judges one secret and, where something is to be done, asks its rotator for the steps. */
export function outcomeOf(subject: Subject, findings: readonly Finding[], input: PlanInput): Outcome {
  const verdict = judge(subject, findings, input);
  switch (verdict.type) {
    case 'upToDate':
      return { type: 'upToDate', subject };
    case 'notice':
      return noticeOf(subject, findings, verdict.remark);
    case 'resume':
      return { type: 'change', subject, change: resumed(subject, findings, verdict.open) };
    case 'start':
      return started(subject, findings, verdict, input);
  }
}

export function noticeOf(subject: Subject, findings: readonly Finding[], remark: Remark): Outcome {
  const { id, kind } = subject;
  return { type: 'notice', subject, notice: { id, kind, ...remark, findings, ...sourceOf(subject) } };
}

function sourceOf({ policy }: Subject): Pick<Change, 'source'> {
  return policy === undefined ? {} : { source: policy.source };
}

/** What the journal holds, verbatim, its bindings too: so an approval of the change is one of its continuation. */
function resumed(subject: Subject, findings: readonly Finding[], { change }: OpenChange): Change {
  const { source: _then, ...stored } = change;
  return { ...stored, id: subject.id, action: 'resume', findings, ...sourceOf(subject) };
}

type Start = Extract<Verdict, { type: 'start' }>;

function started(subject: Subject, findings: readonly Finding[], { action }: Start, input: PlanInput): Outcome {
  const { policy, rotator } = subject;
  if (policy === undefined || rotator === undefined) return { type: 'upToDate', subject };
  const decision = rotator.decide(policy, subject.observation, action, findings);
  if (decision.steps.length === 0) return noticeOf(subject, findings, nothingFor(action, rotator));
  const change: Change = {
    id: policy.id,
    kind: policy.kind,
    action,
    source: policy.source,
    findings: [...findings, ...overrides(policy, input)],
    live: { path: policy.vault.path, field: policy.vault.field },
    before: beforeOf(subject, input.now),
    ...decision,
    steps: decision.steps.map((step) => placed(step, policy.id, input)),
    consumers: policy.consumers,
    specHash: subject.specHash,
    bindings: bindingsOf(subject, policy, input.sha256),
    resources: resourcesOf(policy),
    chain: policy.id,
    dependsOn: policy.dependsOn,
  };
  return { type: 'change', subject, change };
}

/** What goes into the history beside the reasons: somebody decided against the calendar. */
function overrides({ source }: Policy, { inventory, selection, now }: PlanInput): readonly Finding[] {
  const evidence = overriddenFreeze(inventory.freezes, selection, now);
  return evidence === undefined ? [] : [{ reason: 'Forced', evidence, source }];
}

/** A rotator does not know where the state lies; a person who reads the plan sees where the new value will wait. */
function placed(step: Step, id: SecretId, { inventory }: PlanInput): Step {
  if (step.verb !== 'stage') return step;
  const { vault, inventory: name } = inventory.settings;
  return { ...step, target: statePaths(vault.state, name).pending(id) };
}

/** A kind whose rotator knows no step for it: a person has to make the value, or consumers cannot be told. */
function nothingFor(action: Occasion['action'], { kind }: Rotator): Remark {
  if (action === 'reconcile') return { state: 'drift', reason: `${kind} has no way to make consumers take it up` };
  return { state: 'waiting', reason: `${kind} is made by a person` };
}

function beforeOf({ observed, age }: Subject, now: Instant): Change['before'] {
  if (observed?.present !== true) return null;
  const birth = isoOf(age?.birth ?? observed.versionCreatedAt ?? now);
  return { birth, ...(age?.rotation === undefined ? {} : { rotation: age.rotation }) };
}

function bindingsOf({ observed, journalVersion }: Subject, policy: Policy, sha256: Sha256): Bindings {
  const created = observed?.versionCreatedAt;
  return {
    policyHash: sha256(canonicalJson(boundParts(policy))),
    journalVersion,
    liveVersion: observed?.version ?? 0,
    liveCreatedTime: created === undefined ? null : isoOf(created),
  };
}
