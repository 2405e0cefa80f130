import { readPlan } from '../app/files.js';
import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { printPlan } from './plan.js';
import { printFailure } from './print.js';
import type { Parsed } from './table.js';

/** Prints a saved plan from the file alone. */
export async function showCommand(runtime: Runtime, { args, flags }: Parsed<'show'>): Promise<ExitReason> {
  const read = await readPlan(runtime, args.planfile);
  if (!read.ok) return printFailure(runtime, flags, read);
  printPlan(runtime, flags, read.plan);
  return 'done';
}
