import type { Diagnostic } from './diagnostic.js';
import type { FaultDetails } from './fault.js';

/** How a change ended in this run. */
export type ChangeOutcome =
  | 'rotated'
  | 'reconciled'
  | 'undone'
  | 'failed' // nothing was changed
  | 'stuck'
  | 'held'
  | 'blocked'
  | 'locked'
  | 'stale' // no longer what was approved
  | 'interrupted'
  | 'notStarted';

/** What the executor says while it works; views turn it into lines, `--json` prints it as it is. Holds no material. */
export type RunEvent =
  | { readonly type: 'runStarted'; readonly run: string; readonly changes: readonly string[] }
  | {
      readonly type: 'changeStarted';
      readonly id: string;
      readonly action: string;
      readonly rotation: string;
      readonly resumed: boolean;
    }
  | {
      readonly type: 'stepStarted';
      readonly id: string;
      readonly step: string;
      readonly verb: string;
      readonly target: string;
    }
  | {
      readonly type: 'stepProgress';
      readonly id: string;
      readonly step: string;
      readonly text: string;
      readonly elapsed: number;
    }
  | {
      readonly type: 'stepDone';
      readonly id: string;
      readonly step: string;
      readonly verb: string;
      readonly target: string;
      readonly elapsed: number;
      readonly found?: 'present';
    }
  | {
      readonly type: 'stepFailed';
      readonly id: string;
      readonly step: string;
      readonly verb: string;
      readonly target: string;
      readonly elapsed: number;
      readonly reason: string;
      readonly fault?: FaultDetails;
    }
  | { readonly type: 'turned'; readonly id: string; readonly direction: 'back' | 'forward'; readonly reason: string }
  | {
      readonly type: 'waitingForLease';
      readonly id: string;
      readonly resource: string;
      readonly holder: string;
      readonly who: string;
      readonly elapsed: number;
    }
  | { readonly type: 'preflightFailed'; readonly id: string; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly type: 'changeEnded';
      readonly id: string;
      readonly outcome: ChangeOutcome;
      readonly reason?: string;
      readonly gap: number | null;
      readonly next?: string;
    }
  | { readonly type: 'runEnded'; readonly run: string; readonly results: readonly ChangeResult[] };

export interface ChangeResult {
  readonly id: string;
  readonly outcome: ChangeOutcome;
  readonly reason?: string;
  /** The exact next command. */
  readonly next?: string;
  readonly gap: number | null;
  readonly fault?: FaultDetails;
}
