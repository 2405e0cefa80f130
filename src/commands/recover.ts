import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { approve } from './approve.js';
import { carryOut } from './carry-out.js';
import { idArgument, withLook } from './looking.js';
import { reportOf } from './report.js';
import type { Parsed } from './table.js';

/** Goes on with the open change of one secret, back-off or not; --forward turns one that goes back round. */
export async function recoverCommand(runtime: Runtime, { args, flags }: Parsed<'recover'>): Promise<ExitReason> {
  const id = idArgument(runtime, flags, args.id);
  if (id === undefined) return 'usage';
  return withLook(runtime, flags, { role: 'apply', recover: [id] }, async (seen) => {
    const changes = seen.looked.plan.changes.filter((change) => change.id === id && change.action === 'resume');
    const report = reportOf(runtime, flags);
    if (changes.length === 0) {
      if (!flags.json) runtime.out.write(`${id}: nothing is open, so there is nothing to recover.\n`);
      return report.end([], 'done');
    }
    const question = flags.forward
      ? `Turn ${id} forward, to the new generation?`
      : `Go on with the open change of ${id}?`;
    const refusal = await approve(runtime, flags, question);
    if (refusal !== undefined) return refusal;
    const { forward, lockTimeout } = flags;
    return carryOut(runtime, seen, report, { changes, refused: [], forward, lockTimeout });
  });
}
