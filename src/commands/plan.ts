import { savePlan } from '../app/files.js';
import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import type { Plan } from '../domain/plan.js';
import { exitReasonOf } from '../planner/exit.js';
import { renderPlan } from '../views/human/plan.js';
import { jsonDocument } from '../views/json/json-text.js';
import { withLook } from './looking.js';
import { humanOptions, printFailure, type SpeakFlags } from './print.js';
import { failure } from '../app/failure.js';
import type { Parsed } from './table.js';

/** Shows what apply would do; saves it where --out names a file. */
export function planCommand(runtime: Runtime, { flags }: Parsed<'plan'>): Promise<ExitReason> {
  return withLook(runtime, flags, { role: 'plan' }, async ({ looked: { plan } }) => {
    if (flags.out !== undefined) {
      const problem = await savePlan(runtime, flags.out, plan);
      if (problem !== undefined) return printFailure(runtime, flags, failure('failure', [problem]));
    }
    printPlan(runtime, { ...flags, savedTo: flags.out }, plan);
    return exitReasonOf(plan, flags);
  });
}

/** A plan for people or for programs. */
export function printPlan(
  runtime: Runtime,
  flags: SpeakFlags & { readonly details: boolean; readonly savedTo?: string | undefined },
  plan: Plan,
): void {
  const text =
    flags.json === true
      ? jsonDocument(plan)
      : renderPlan(plan, {
          ...humanOptions(runtime, flags, runtime.out),
          details: flags.details,
          ...(flags.savedTo === undefined ? {} : { savedTo: flags.savedTo }),
        });
  runtime.out.write(text);
}
