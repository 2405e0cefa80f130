import { applyNothing } from '../app/apply.js';
import { readPlan } from '../app/files.js';
import { failure } from '../app/failure.js';
import type { Runtime } from '../app/runtime.js';
import type { ChangeResult } from '../domain/events.js';
import type { ExitReason } from '../domain/exit-codes.js';
import type { Plan } from '../domain/plan.js';
import { commonPart, type CommonPart } from '../planner/approval.js';
import { refusalsOf } from '../planner/limits.js';
import { approve } from './approve.js';
import { carryOut } from './carry-out.js';
import { nothingRuns, presented, refusedAsOld } from './fresh.js';
import { type Seen, withLook } from './looking.js';
import { printFailure } from './print.js';
import { reportOf } from './report.js';
import type { Parsed } from './table.js';

type Flags = Parsed<'apply'>['flags'];

/** Plans again and carries out the changes; of a saved plan, what it and the fresh plan have in common. */
export async function applyCommand(runtime: Runtime, { args, flags }: Parsed<'apply'>): Promise<ExitReason> {
  if (args.planfile === undefined)
    return withLook(runtime, flags, { role: 'apply' }, (seen) => applyFresh(runtime, flags, seen));
  const approved = await readPlan(runtime, args.planfile);
  if (!approved.ok) return printFailure(runtime, flags, approved);
  // The fresh plan may hold more than was approved, which will not run; the limits are for what runs.
  return withLook(runtime, { ...flags, overLimit: true }, { role: 'apply' }, (seen) =>
    applySaved(runtime, flags, seen, approved.plan),
  );
}

async function applyFresh(runtime: Runtime, flags: Flags, seen: Seen): Promise<ExitReason> {
  const { plan } = seen.looked;
  const halt = await presented(runtime, flags, seen);
  if (halt !== undefined) return halt;
  if (plan.refusals.length > 0) return nothingRuns(runtime, flags, plan, flags.failOnWaiting);
  if (plan.changes.length === 0) {
    await applyNothing(runtime, seen.prepared, seen.looked);
    return nothingRuns(runtime, flags, plan, flags.failOnWaiting);
  }
  const refusal = await approve(
    runtime,
    flags,
    `\nCarry out ${plan.changes.length === 1 ? 'this change' : `these ${plan.changes.length} changes`}?`,
  );
  if (refusal !== undefined) return refusal;
  const report = reportOf(runtime, flags);
  if (!flags.json) runtime.out.write('\n');
  return carryOut(runtime, seen, report, { changes: plan.changes, refused: [], ...flags });
}

async function applySaved(runtime: Runtime, flags: Flags, seen: Seen, approved: Plan): Promise<ExitReason> {
  const older = await refusedAsOld(runtime, flags, seen);
  if (older !== undefined) return older;
  const approval = {
    now: runtime.clock.now(),
    sha256: (text: string) => runtime.crypto.sha256(text),
    ...(flags.digest === undefined ? {} : { digest: flags.digest }),
  };
  const common = commonPart(approved, seen.looked.plan, approval);
  if (common.fault !== undefined) return printFailure(runtime, flags, failure('notApproved', [common.fault]));
  // The file's own word that no threshold refused it counts for nothing: what would run is judged again.
  const refusals = refusalsOf(common.run, seen.prepared.inventory, flags.overLimit);
  if (refusals.length > 0) return printFailure(runtime, flags, failure('refused', refusals, seen.prepared.sources));
  return runCommon(runtime, flags, seen, common);
}

/** Only what was refused for the file's sake counts as a failure; work that is done already is the file's purpose fulfilled. */
async function runCommon(runtime: Runtime, flags: Flags, seen: Seen, common: CommonPart): Promise<ExitReason> {
  const refused = common.refused.filter(({ why }) => why !== 'done' && why !== 'notApproved').map(refusedResult);
  const report = reportOf(runtime, flags);
  if (!flags.json) tellRefused(runtime, common);
  if (common.run.length > 0) return carryOut(runtime, seen, report, { changes: common.run, refused, ...flags });
  return report.end(refused, refused.length > 0 ? 'notApproved' : 'done');
}

function refusedResult({ id, text }: CommonPart['refused'][number]): ChangeResult {
  return { id, outcome: 'stale', reason: text, gap: null, next: 'keyturn plan --out FILE' };
}

const WHY_WORDS = { notApproved: 'not approved', done: 'already done' } as const;

function tellRefused(runtime: Runtime, { refused }: CommonPart): void {
  for (const { id, why, text } of refused)
    if (why === 'notApproved' || why === 'done') runtime.out.write(`${id}: ${WHY_WORDS[why]}: ${text}\n`);
}
