import { failure } from '../app/failure.js';
import { prepare, type Prepared } from '../app/prepare.js';
import { leaseOfSecret, unlockSecret } from '../app/records.js';
import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import type { SecretId } from '../domain/ids.js';
import type { Lease } from '../domain/journal.js';
import { approve } from './approve.js';
import { idArgument } from './looking.js';
import { printFailure } from './print.js';
import { reportOf } from './report.js';
import type { Parsed } from './table.js';

type Flags = Parsed<'unlock'>['flags'];

/** Ends the lease of a run that is known to be dead. Names the holder first, and takes it from no other. */
export async function unlockCommand(runtime: Runtime, { args, flags }: Parsed<'unlock'>): Promise<ExitReason> {
  const id = idArgument(runtime, flags, args.id);
  if (id === undefined) return 'usage';
  const prepared = await prepare(runtime, flags, 'apply');
  if (!prepared.ok) return printFailure(runtime, flags, prepared);
  try {
    const found = await leaseOfSecret(prepared, id);
    if (!found.ok) return printFailure(runtime, flags, found);
    if (found.lease !== null) return await endHolder(runtime, prepared, flags, id, found.lease);
    if (!flags.json) runtime.out.write(`${id}: nobody holds it.\n`);
    return flags.json ? reportOf(runtime, flags).end([], 'done') : 'done';
  } finally {
    await prepared.connection.close();
  }
}

async function endHolder(
  runtime: Runtime,
  prepared: Prepared,
  flags: Flags,
  id: SecretId,
  lease: Lease,
): Promise<ExitReason> {
  const wrong = holderProblem(id, lease, flags.holder);
  if (wrong !== undefined) return printFailure(runtime, flags, wrong);
  const risk =
    `${id} is held by run ${lease.holder} of ${lease.who}, since ${lease.acquiredAt}.\n` +
    'If that run lives after all, it stops at its next write to the journal; until then two runs may work on this secret,\n' +
    'and only the preconditions of their writes keep them apart. A dead run needs no unlock: its lease ends by itself.\n' +
    'End its lease now?';
  const refusal = await approve(runtime, flags, risk);
  if (refusal !== undefined) return refusal;
  const ended = await unlockSecret(runtime, prepared, id, lease.holder);
  if (!ended.ok) return printFailure(runtime, flags, ended);
  if (!flags.json)
    runtime.out.write(
      ended.ended
        ? `${id}: unlocked. Next: keyturn apply\n`
        : `${id}: its holder changed meanwhile; nothing was done.\n`,
    );
  const exit = ended.ended ? 'done' : 'locked';
  return flags.json ? reportOf(runtime, flags).end([], exit) : exit;
}

function holderProblem(id: SecretId, lease: Lease, holder: string | undefined) {
  if (holder === lease.holder) return undefined;
  const who = `run ${lease.holder} of ${lease.who}`;
  const summary =
    holder === undefined ? `\`${id}\` is held by ${who}` : `\`${id}\` is held by ${who}, not by ${holder}`;
  const action = `If that run is certainly dead: keyturn unlock ${id} --holder ${lease.holder}`;
  return failure(holder === undefined ? 'usage' : 'locked', [
    { severity: 'error', code: 'KT2122', id, summary, action },
  ]);
}
