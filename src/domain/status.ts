import type { SourceRange } from './diagnostic.js';
import type { Finding } from './finding.js';

/** State words of a secret (design: one word per state). */
export type SecretState =
  | 'settled'
  | 'due'
  | 'claimed'
  | 'held'
  | 'stuck'
  | 'blocked'
  | 'waiting'
  | 'suspended'
  | 'drifted'
  | 'missing'
  | 'unobserved';

/** One line of `keyturn status`: a secret as its journal, its live path and its schedule show it. Times are RFC 3339. */
export interface SecretStatus {
  readonly id: string;
  readonly kind: string;
  readonly state: SecretState;
  readonly findings: readonly Finding[];
  readonly source?: SourceRange;
  readonly generation?: {
    /** Absent for a value that keyturn did not make. */
    readonly rotation?: string;
    readonly kvVersion: number;
    readonly birth: string;
    readonly birthFrom: 'label' | 'version' | 'key';
  };
  readonly due?: Due;
  /** Who holds the lease, of a claimed secret. */
  readonly holder?: { readonly run: string; readonly who: string; readonly since: string };
  /** How far an open change is. */
  readonly open?: {
    readonly rotation: string;
    readonly direction: 'forward' | 'back' | 'finishing';
    readonly done: number;
    readonly steps: number;
    readonly current?: string;
  };
  readonly held?: { readonly until: string; readonly attempts: number; readonly reason: string };
  /** What a person should do, the exact command. */
  readonly action?: string;
}

/** When a secret is due and how that was reckoned; instants as RFC 3339. */
export interface Due {
  readonly at: string;
  readonly overdueAt: string;
  /** The instant before windows and jitter moved it. */
  readonly base: string;
  /** `every 30d`, `cron 0 3 * * MON (Europe/Berlin)`. */
  readonly rule: string;
  readonly window?: { readonly name: string; readonly open: boolean; readonly opens: string; readonly closes: string };
  readonly freeze?: { readonly name: string; readonly until: string; readonly reason: string };
}

/** The arithmetic of one secret, for `keyturn why`: labelled facts in the order of the reasoning, then the conclusion. */
export interface Why {
  readonly id: string;
  readonly kind: string;
  readonly source?: SourceRange;
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  readonly conclusion: string;
}
