import { prepare } from '../app/prepare.js';
import { adoptSecret } from '../app/records.js';
import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { approve } from './approve.js';
import { idArgument } from './looking.js';
import { printFailure } from './print.js';
import { reportOf } from './report.js';
import type { Parsed } from './table.js';

/** Takes over a value that keyturn did not make, with its age. */
export async function adoptCommand(runtime: Runtime, { args, flags }: Parsed<'adopt'>): Promise<ExitReason> {
  const id = idArgument(runtime, flags, args.id);
  if (id === undefined) return 'usage';
  const prepared = await prepare(runtime, flags, 'apply');
  if (!prepared.ok) return printFailure(runtime, flags, prepared);
  try {
    const refusal = await approve(runtime, flags, `Record the live value of ${id} as its current generation?`);
    if (refusal !== undefined) return refusal;
    const adopted = await adoptSecret(runtime, prepared, id, flags.born);
    if (!adopted.ok) return printFailure(runtime, flags, adopted);
    if (flags.json) return reportOf(runtime, flags).end([], 'done');
    runtime.out.write(`${id}: adopted, born ${adopted.birth}. Next: keyturn why ${id}\n`);
    return 'done';
  } finally {
    await prepared.connection.close();
  }
}
