import { failure } from '../app/failure.js';
import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import type { SecretId } from '../domain/ids.js';
import type { Step } from '../domain/step.js';
import type { ResumeOptions } from '../executor/claim.js';
import { approve } from './approve.js';
import { carryOut } from './carry-out.js';
import { idArgument, type Seen, withLook } from './looking.js';
import { printFailure } from './print.js';
import { reportOf } from './report.js';
import type { Parsed } from './table.js';

type Flags = Parsed<'recover'>['flags'];

/** Goes on with the open change of one secret, back-off or not; --forward and --back turn it round where it goes the other way. */
export async function recoverCommand(runtime: Runtime, { args, flags }: Parsed<'recover'>): Promise<ExitReason> {
  const id = idArgument(runtime, flags, args.id);
  if (id === undefined) return 'usage';
  if (flags.forward && flags.back) return printFailure(runtime, flags, failure('usage', [BOTH]));
  return withLook(runtime, flags, { role: 'apply', recover: [id] }, async (seen) => {
    const changes = seen.looked.plan.changes.filter((change) => change.id === id && change.action === 'resume');
    if (changes.length === 0) {
      if (!flags.json) runtime.out.write(`${id}: nothing is open, so there is nothing to recover.\n`);
      return flags.json ? reportOf(runtime, flags).end([], 'done') : 'done';
    }
    const refusal = await approve(runtime, flags, question(id, flags));
    if (refusal !== undefined) return refusal;
    const { lockTimeout } = flags;
    const resume = { ...directionOf(flags), looks: looksOf(seen, id) };
    return carryOut(runtime, seen, reportOf(runtime, flags), { changes, refused: [], resume, lockTimeout });
  });
}

const BOTH = {
  severity: 'error',
  code: 'KT2125',
  summary: '`--forward` and `--back` are both given',
  action: 'Keep one of them',
} as const;

function question(id: SecretId, { forward, back }: Flags): string {
  if (forward) return `Turn ${id} forward, to the new generation?`;
  return back ? `Turn ${id} back, to the old generation?` : `Go on with the open change of ${id}?`;
}

function directionOf({ forward, back }: Flags): Pick<ResumeOptions, 'direction'> {
  if (forward) return { direction: 'forward' };
  return back ? { direction: 'back' } : {};
}

/** The steps that today's policy would have, for what only looks. A secret without a policy goes on as it was claimed. */
function looksOf({ looked }: Seen, id: SecretId): readonly Step[] {
  const { inventory, rotators, observations } = looked.input;
  const policy = inventory.policies.find((candidate) => candidate.id === id);
  const rotator = policy === undefined ? undefined : rotators.get(policy.kind);
  if (policy === undefined || rotator === undefined) return [];
  const observation = observations.get(id) ?? { state: 'unobserved', faults: [] };
  const { steps, undo } = rotator.decide(policy, observation, 'rotate', []);
  return [...steps, ...undo];
}
