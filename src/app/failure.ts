import type { Diagnostic } from '../domain/diagnostic.js';
import type { ExitReason } from '../domain/exit-codes.js';
import type { FaultDetails } from '../domain/fault.js';

/** Why a command could not do its work: what to show, where the sources are, and the exit code. */
export interface Failure {
  readonly ok: false;
  readonly exit: ExitReason;
  readonly diagnostics: readonly Diagnostic[];
  /** File -> text, for the frames. */
  readonly sources: ReadonlyMap<string, string>;
}

export function failure(
  exit: ExitReason,
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string> = new Map(),
): Failure {
  return { ok: false, exit, diagnostics, sources };
}

/** The exit code of a fault that stopped everything. */
export function exitOfFault(fault: FaultDetails | undefined): ExitReason {
  if (fault === undefined || fault.kind === 'invalid') return 'invalid';
  if (fault.kind === 'denied' || fault.kind === 'unauthenticated') return 'denied';
  return fault.kind === 'interrupted' ? 'interrupted' : 'unreachable';
}
