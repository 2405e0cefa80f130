import type { Diagnostic } from '../domain/diagnostic.js';
import { canonicalJson } from '../domain/json.js';
import type { Change, Plan } from '../domain/plan.js';
import { type Instant, instantOf } from '../domain/time.js';
import { digestOf, type Sha256, workOf } from './digest.js';

/** Why a change does not run. `done`: nothing is left to do; `notNow`: the fresh plan holds it back; `gone`: the fresh plan does not know the id. */
export type Refusal = 'unusable' | 'stale' | 'notApproved' | 'done' | 'notNow' | 'gone' | 'dependency';

export interface CommonPart {
  /** In the fresh plan's order; these are the fresh plan's own changes, nothing of them is taken from the file. */
  readonly run: readonly Change[];
  /** Everything else that either plan holds, sorted by id. */
  readonly refused: readonly { readonly id: string; readonly why: Refusal; readonly text: string }[];
  /** Why the approved plan as a whole cannot be used; nothing runs then. */
  readonly fault?: Diagnostic;
}

export interface Approval {
  readonly now: Instant;
  readonly sha256: Sha256;
  /** The digest that was approved, from the approver and not from the file. */
  readonly digest?: string;
}

/**
 * What an approved plan and a fresh one have in common. A change runs if both have it with the same action, steps, way back and bindings.
 * A fresh `resume` whose journal holds the very change that was approved is that change continuing. Less than approved is fine.
 *
 * @param approved read from a file, and so not trusted: it only narrows what the fresh plan would do.
 */
export function commonPart(approved: Plan, fresh: Plan, approval: Approval): CommonPart {
  const fault = faultOf(approved, fresh, approval);
  const ids = [...new Set([...approved.changes, ...fresh.changes].map(({ id }) => id))].sort();
  if (fault !== undefined)
    return { run: [], refused: ids.map((id) => ({ id, why: 'unusable', text: fault.summary })), fault };
  const approvedById = new Map(approved.changes.map((change) => [change.id, change]));
  const refusals = new Map<string, CommonPart['refused'][number]>();
  for (const change of fresh.changes) {
    const found = refusalOf(approvedById.get(change.id), change, refusals);
    if (found !== undefined) refusals.set(change.id, { id: change.id, ...found });
  }
  const present = new Set(fresh.changes.map(({ id }) => id));
  for (const { id } of approved.changes) if (!present.has(id)) refusals.set(id, { id, ...absence(id, fresh) });
  return {
    run: fresh.changes.filter(({ id }) => !refusals.has(id)),
    refused: ids.flatMap((id) => refusals.get(id) ?? []),
  };
}

type Found = Omit<CommonPart['refused'][number], 'id'>;

/** The fresh plan has what a change depends on before it, so its refusal is known by then. */
function refusalOf(
  approved: Change | undefined,
  fresh: Change,
  refusals: ReadonlyMap<string, unknown>,
): Found | undefined {
  if (approved === undefined) return { why: 'notApproved', text: `${fresh.action} is not in the approved plan` };
  const sameAction = approved.action === fresh.action || fresh.action === 'resume';
  if (!sameAction || workOf(approved) !== workOf(fresh))
    return { why: 'stale', text: differences(approved, fresh).join(', ') };
  if (fresh.action === 'resume') return undefined;
  const missing = fresh.dependsOn.find((id) => refusals.has(id));
  return missing === undefined ? undefined : { why: 'dependency', text: `depends on ${missing}, which does not run` };
}

/** What changed since the approval, each as a fact. */
function differences(approved: Change, fresh: Change): readonly string[] {
  const [then, now] = [approved.bindings, fresh.bindings];
  const bound = [
    then.policyHash === now.policyHash ? undefined : 'the policy changed',
    then.journalVersion === now.journalVersion
      ? undefined
      : `the journal moved from v${then.journalVersion} to v${now.journalVersion}`,
    then.liveVersion === now.liveVersion
      ? undefined
      : `the live path moved from v${then.liveVersion} to v${now.liveVersion}`,
    then.liveVersion === now.liveVersion && then.liveCreatedTime !== now.liveCreatedTime
      ? `v${now.liveVersion} of the live path is another one`
      : undefined,
    approved.action === fresh.action ? undefined : `${approved.action} has become ${fresh.action}`,
  ].filter((text) => text !== undefined);
  if (bound.length > 0) return bound;
  return [stepsDiffer(approved, fresh) ?? 'its way back is another one'];
}

function stepsDiffer(approved: Change, fresh: Change): string | undefined {
  if (workOf({ ...approved, undo: fresh.undo }) === workOf(fresh)) return undefined;
  const names = ({ steps }: Change): string => canonicalJson(steps.map(({ name }) => name));
  return names(approved) === names(fresh) ? 'its steps have other settings' : 'its steps are others';
}

function absence(id: string, fresh: Plan): Found {
  if (fresh.upToDate.includes(id)) return { why: 'done', text: 'nothing is left to do' };
  const notice = fresh.notices.find((candidate) => candidate.id === id);
  if (notice === undefined) return { why: 'gone', text: 'the fresh plan does not look at it' };
  return { why: notice.state === 'warning' ? 'done' : 'notNow', text: `${notice.state}: ${notice.reason}` };
}

function faultOf(approved: Plan, fresh: Plan, { now, sha256, digest }: Approval): Diagnostic | undefined {
  const action = 'keyturn plan --out FILE';
  const fault = (code: Diagnostic['code'], summary: string): Diagnostic => ({
    severity: 'error',
    code,
    summary,
    action,
  });
  if (digestOf(approved, sha256) !== approved.digest)
    return fault('KT3005', 'the plan file was edited: its digest is not that of its content');
  if (digest !== undefined && digest !== approved.digest)
    return fault('KT3006', `the plan file has the digest ${approved.digest}, not the approved ${digest}`);
  if (approved.inventory !== fresh.inventory)
    return fault('KT3004', `the plan is one of inventory \`${approved.inventory}\`, not of \`${fresh.inventory}\``);
  const until = instantOf(approved.validUntil);
  if (until === undefined || until <= now) return fault('KT3007', `the plan was valid until ${approved.validUntil}`);
  return undefined;
}
