import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { driftReportOf, exitReasonOf } from '../planner/exit.js';
import { renderDrift } from '../views/human/drift.js';
import { jsonDocument } from '../views/json/json-text.js';
import { driftOutput } from '../views/json/outputs.js';
import { withLook } from './looking.js';
import { humanOptions } from './print.js';
import type { Parsed } from './table.js';

/** Only what nobody asked for. */
export function driftCommand(runtime: Runtime, { flags }: Parsed<'drift'>): Promise<ExitReason> {
  return withLook(runtime, flags, { role: 'plan' }, ({ looked: { plan } }) => {
    const report = driftReportOf(plan);
    runtime.out.write(
      flags.json ? jsonDocument(driftOutput(report)) : renderDrift(report, humanOptions(runtime, flags, runtime.out)),
    );
    const exit = exitReasonOf({ ...plan, refusals: [] }, { detailedExitcode: false, failOnWaiting: false });
    return Promise.resolve(exit === 'done' && flags.detailedExitcode && report.drift.length > 0 ? 'drift' : exit);
  });
}
