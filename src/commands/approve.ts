import { failure } from '../app/failure.js';
import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { printFailure, type SpeakFlags } from './print.js';

export interface ApproveFlags extends SpeakFlags {
  readonly autoApprove: boolean;
}

/** Asks "yes" on a terminal. Undefined: go on. Without a terminal nobody is asked and nothing is done. */
export async function approve(
  runtime: Runtime,
  flags: ApproveFlags,
  question: string,
): Promise<ExitReason | undefined> {
  if (flags.autoApprove) return undefined;
  const answer = flags.json === true ? undefined : await runtime.ask(`${question}\n  Only "yes" is taken as a yes: `);
  if (answer === undefined)
    return printFailure(
      runtime,
      flags,
      failure('usage', [
        {
          severity: 'error',
          code: 'KT2121',
          summary: 'nobody is there to approve this',
          action: 'Approve it beforehand with a saved plan, or pass --auto-approve',
        },
      ]),
    );
  if (answer.trim() === 'yes') return undefined;
  runtime.out.write('Nothing was changed.\n');
  return 'failure';
}
