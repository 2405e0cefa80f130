import type { Diagnostic } from './diagnostic.js';
import type { ChangeResult, RunEvent } from './events.js';
import type { HistoryEntry } from './journal.js';
import type { Notice } from './plan.js';
import type { SecretStatus, Why } from './status.js';

/** The `format` string of every JSON output; a breaking change makes a new one, an added member does not. `plan --json` prints the Plan itself. */
export const OUTPUT_FORMATS = {
  validate: 'keyturn.dev/validate/v1',
  status: 'keyturn.dev/status/v1',
  drift: 'keyturn.dev/drift/v1',
  why: 'keyturn.dev/why/v1',
  history: 'keyturn.dev/history/v1',
  version: 'keyturn.dev/version/v1',
  error: 'keyturn.dev/error/v1',
  events: 'keyturn.dev/events/v1',
} as const;

export type OutputName = keyof typeof OUTPUT_FORMATS;
type Format<Name extends OutputName> = { readonly format: (typeof OUTPUT_FORMATS)[Name] };

/** `keyturn validate --json`. `valid` means: no errors; warnings may remain. */
export interface ValidateOutput extends Format<'validate'> {
  readonly valid: boolean;
  readonly errorCount: number;
  readonly warningCount: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** `keyturn status --json`. `at`: RFC 3339, the instant that due dates were judged at. */
export interface StatusOutput extends Format<'status'> {
  readonly at: string;
  readonly secrets: readonly SecretStatus[];
}

/** What nobody asked for, and what could not be looked at. */
export interface DriftReport {
  /** RFC 3339. */
  readonly at: string;
  readonly drift: readonly Notice[];
  readonly unobserved: readonly Notice[];
  /** How many secrets were looked at. */
  readonly looked: number;
}

/** `keyturn drift --json`. */
export interface DriftOutput extends Format<'drift'>, DriftReport {}

/** `keyturn why ID --json`. */
export interface WhyOutput extends Format<'why'>, Why {}

/** `keyturn history --json`; entries in the order given, newest first. */
export interface HistoryOutput extends Format<'history'> {
  readonly entries: readonly HistoryEntry[];
}

/** What `keyturn version` says about this build. */
export interface VersionInfo {
  readonly version: string;
  /** Of the runtime: `20.20.2`. */
  readonly node: string;
  /** `linux-x64`. */
  readonly platform: string;
}

/** `keyturn version --json`. */
export interface VersionOutput extends Format<'version'>, VersionInfo {}

/** What any command prints with --json when it could not do its work: never silence. */
export interface ErrorOutput extends Format<'error'> {
  readonly exitCode: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** The four lists that every apply ends with; each change of the run is in exactly one. */
export interface Ending {
  readonly done: readonly ChangeResult[];
  readonly failed: readonly ChangeResult[];
  readonly notStarted: readonly ChangeResult[];
  readonly needsAttention: readonly ChangeResult[];
}

/** What the stream of `--json` says besides what the executor says. */
export type OutputEvent =
  | (Format<'events'> & { readonly type: 'version'; readonly version: string; readonly run: string })
  | { readonly type: 'diagnostic'; readonly diagnostic: Diagnostic }
  | ({ readonly type: 'ending'; readonly exitCode: number } & Ending)
  | RunEvent;

/** One line of `--json` of apply, rotate and recover; the first is of type `version`, the last of type `ending`. Readers ignore types and members that they do not know. */
export type EventLine = OutputEvent & {
  /** RFC 3339. */
  readonly at: string;
};
