import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { exitReasonOf } from '../planner/exit.js';
import { why } from '../planner/why.js';
import { renderWhy } from '../views/human/why.js';
import { jsonDocument } from '../views/json/json-text.js';
import { whyOutput } from '../views/json/outputs.js';
import { idArgument, withLook } from './looking.js';
import { humanOptions } from './print.js';
import type { Parsed } from './table.js';

/** The arithmetic of one secret. */
export async function whyCommand(runtime: Runtime, { args, flags }: Parsed<'why'>): Promise<ExitReason> {
  const id = idArgument(runtime, flags, args.id);
  if (id === undefined) return 'usage';
  return withLook(runtime, { ...flags, target: [id] }, { role: 'plan', allJournals: true }, ({ looked }) => {
    const reasoning = why(looked.input, id);
    runtime.out.write(
      flags.json ? jsonDocument(whyOutput(reasoning)) : renderWhy(reasoning, humanOptions(runtime, flags, runtime.out)),
    );
    return Promise.resolve(
      exitReasonOf({ ...looked.plan, refusals: [] }, { detailedExitcode: false, failOnWaiting: false }),
    );
  });
}
