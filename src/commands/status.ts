import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { exitReasonOf } from '../planner/exit.js';
import { renderStatus } from '../views/human/status.js';
import { jsonDocument } from '../views/json/json-text.js';
import { statusOutput } from '../views/json/outputs.js';
import { withLook } from './looking.js';
import { humanOptions } from './print.js';
import type { Parsed } from './table.js';

const NOTHING_SPECIAL = { detailedExitcode: false, failOnWaiting: false };

/** A line per secret. */
export function statusCommand(runtime: Runtime, { flags }: Parsed<'status'>): Promise<ExitReason> {
  return withLook(runtime, flags, { role: 'plan', allJournals: true }, ({ looked: { plan, statuses } }) => {
    const text = flags.json
      ? jsonDocument(statusOutput(plan.at, statuses))
      : renderStatus(statuses, humanOptions(runtime, flags, runtime.out));
    runtime.out.write(text);
    const exit = exitReasonOf({ ...plan, refusals: [] }, NOTHING_SPECIAL);
    return Promise.resolve(exit);
  });
}
