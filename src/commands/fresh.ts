import { olderRevision } from '../app/apply.js';
import { failure } from '../app/failure.js';
import type { Runtime } from '../app/runtime.js';
import type { Diagnostic } from '../domain/diagnostic.js';
import type { ExitReason } from '../domain/exit-codes.js';
import type { Plan } from '../domain/plan.js';
import { exitReasonOf } from '../planner/exit.js';
import type { Seen } from './looking.js';
import { printPlan } from './plan.js';
import { printFailure, type SpeakFlags } from './print.js';
import { reportOf } from './report.js';

/** Flags of every command that carries out a plan which it just made. */
export interface FreshFlags extends SpeakFlags {
  readonly policies: string | undefined;
  readonly digest: string | undefined;
  readonly details: boolean;
}

/** Shows the plan, then refuses a checkout that is too old and a digest that is not the approved one. Undefined: go on. */
export async function presented(runtime: Runtime, flags: FreshFlags, seen: Seen): Promise<ExitReason | undefined> {
  const { plan } = seen.looked;
  if (flags.json !== true) printPlan(runtime, flags, plan);
  const older = await refusedAsOld(runtime, flags, seen);
  if (older !== undefined) return older;
  if (flags.digest === undefined || flags.digest === plan.digest) return undefined;
  return printFailure(runtime, flags, failure('notApproved', [otherDigest(plan, flags.digest)]));
}

/** Refuses a checkout older than the one that a journal was last changed from. */
export async function refusedAsOld(
  runtime: Runtime,
  flags: Pick<FreshFlags, 'policies' | keyof SpeakFlags>,
  { prepared, looked }: Seen,
): Promise<ExitReason | undefined> {
  const older = await olderRevision(runtime, prepared, looked, flags.policies);
  return older === undefined ? undefined : printFailure(runtime, flags, failure('notApproved', [older]));
}

/** The end of a run that has nothing to carry out; with --json the stream says so too. */
export function nothingRuns(runtime: Runtime, flags: SpeakFlags, plan: Plan, failOnWaiting: boolean): ExitReason {
  const exit = exitReasonOf(plan, { detailedExitcode: false, failOnWaiting, applying: true });
  if (flags.json !== true) return exit;
  const report = reportOf(runtime, flags);
  report.diagnostics(plan.refusals);
  return report.end([], exit);
}

function otherDigest(plan: Plan, digest: string): Diagnostic {
  return {
    severity: 'error',
    code: 'KT3006',
    summary: `the plan has the digest ${plan.digest}, not the approved ${digest}`,
    action: 'Plan again and have the new digest approved',
  };
}
