import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { approve } from './approve.js';
import { carryOut } from './carry-out.js';
import { nothingRuns, presented } from './fresh.js';
import { idArgument, withLook } from './looking.js';
import { reportOf } from './report.js';
import type { Parsed } from './table.js';

/** Plan and apply of one secret, due or not. */
export async function rotateCommand(runtime: Runtime, { args, flags }: Parsed<'rotate'>): Promise<ExitReason> {
  const id = idArgument(runtime, flags, args.id);
  if (id === undefined) return 'usage';
  return withLook(runtime, flags, { role: 'apply', forced: [id] }, async (seen) => {
    const { plan } = seen.looked;
    const halt = await presented(runtime, flags, seen);
    if (halt !== undefined) return halt;
    if (plan.changes.length === 0) return nothingRuns(runtime, flags, plan, false);
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
