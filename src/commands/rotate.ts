import { olderRevision } from '../app/apply.js';
import { failure } from '../app/failure.js';
import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { exitReasonOf } from '../planner/exit.js';
import { approve } from './approve.js';
import { carryOut } from './carry-out.js';
import { idArgument, withLook } from './looking.js';
import { printPlan } from './plan.js';
import { printFailure } from './print.js';
import { reportOf } from './report.js';
import type { Parsed } from './table.js';

/** Plan and apply of one secret, due or not. */
export async function rotateCommand(runtime: Runtime, { args, flags }: Parsed<'rotate'>): Promise<ExitReason> {
  const id = idArgument(runtime, flags, args.id);
  if (id === undefined) return 'usage';
  return withLook(runtime, flags, { role: 'apply', forced: [id] }, async (seen) => {
    const { plan } = seen.looked;
    if (!flags.json) printPlan(runtime, flags, plan);
    const older = await olderRevision(runtime, seen.prepared, seen.looked, flags.policies);
    if (older !== undefined) return printFailure(runtime, flags, failure('notApproved', [older]));
    if (flags.digest !== undefined && flags.digest !== plan.digest) {
      const summary = `the plan has the digest ${plan.digest}, not the approved ${flags.digest}`;
      return printFailure(runtime, flags, failure('notApproved', [{ severity: 'error', code: 'KT3006', summary }]));
    }
    if (plan.changes.length === 0)
      return exitReasonOf(plan, { detailedExitcode: false, failOnWaiting: false, applying: true });
    const refusal = await approve(runtime, flags, `\nRotate ${id} now?`);
    if (refusal !== undefined) return refusal;
    const { lockTimeout } = flags;
    return carryOut(runtime, seen, reportOf(runtime, flags), {
      changes: plan.changes,
      refused: [],
      lockTimeout,
    });
  });
}
