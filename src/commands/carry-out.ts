import { applyChanges } from '../app/apply.js';
import { exitOfRun } from '../app/exit.js';
import { exitOfFault } from '../app/failure.js';
import { faultDiagnostic } from '../app/gather.js';
import type { Runtime } from '../app/runtime.js';
import type { ChangeResult } from '../domain/events.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { isFault } from '../domain/fault.js';
import type { Change } from '../domain/plan.js';
import type { ResumeOptions } from '../executor/claim.js';
import type { Seen } from './looking.js';
import type { Report } from './report.js';

export interface CarryOut {
  readonly changes: readonly Change[];
  /** Changes that are reported beside those that ran: what an approval does not cover any more. */
  readonly refused: readonly ChangeResult[];
  readonly resume?: ResumeOptions;
  readonly lockTimeout?: number | undefined;
  readonly parallelism?: number | undefined;
}

/** Runs the changes, reports them, and finds the exit code. */
export async function carryOut(
  runtime: Runtime,
  { prepared, looked }: Seen,
  report: Report,
  work: CarryOut,
): Promise<ExitReason> {
  const { changes, refused, resume = {}, lockTimeout, parallelism } = work;
  try {
    const { emit } = report;
    const ran = await applyChanges(runtime, prepared, looked, {
      changes,
      resume,
      lockTimeout,
      parallelism,
      emit,
    });
    const results = [...ran, ...refused];
    const unobserved = !looked.plan.complete;
    return report.end(results, exitOfRun({ results, unobserved, stoppedBy: runtime.stoppedBy() }));
  } catch (error) {
    if (!isFault(error)) throw error;
    report.diagnostics([faultDiagnostic(error.message, error.details)]);
    const exit = exitOfFault(error.details);
    return report.end(
      [...changes.map(notStarted), ...refused],
      exit === 'interrupted' && runtime.stoppedBy() === 'SIGTERM' ? 'terminated' : exit,
    );
  }
}

function notStarted({ id }: Change): ChangeResult {
  return { id, outcome: 'notStarted', reason: 'the run ended before it', gap: null, next: 'keyturn apply' };
}
