import { historyOf } from '../app/records.js';
import { prepare } from '../app/prepare.js';
import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { renderHistory } from '../views/human/history.js';
import { jsonDocument } from '../views/json/json-text.js';
import { historyOutput } from '../views/json/outputs.js';
import { idArgument } from './looking.js';
import { humanOptions, printFailure } from './print.js';
import type { Parsed } from './table.js';

/** Finished changes, newest first. */
export async function historyCommand(runtime: Runtime, { args, flags }: Parsed<'history'>): Promise<ExitReason> {
  const id = args.id === undefined ? undefined : idArgument(runtime, flags, args.id);
  if (args.id !== undefined && id === undefined) return 'usage';
  const prepared = await prepare(runtime, flags, 'plan');
  if (!prepared.ok) return printFailure(runtime, flags, prepared);
  try {
    const read = await historyOf(prepared, id);
    if (!read.ok) return printFailure(runtime, flags, read);
    const { entries } = read;
    const options = { ...humanOptions(runtime, flags, runtime.out), details: flags.details };
    runtime.out.write(flags.json ? jsonDocument(historyOutput(entries)) : renderHistory(entries, options));
    return 'done';
  } finally {
    await prepared.connection.close();
  }
}
