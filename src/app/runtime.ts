import type { Clock, Crypto } from '../domain/ports.js';

/** A stream that a person or a pipe reads. */
export interface Output {
  write(text: string): void;
  readonly terminal: boolean;
  /** Columns; undefined where nobody knows. */
  readonly width: number | undefined;
}

/** What the process gives to a command; made by main, by tests, by nobody else. */
export interface Runtime {
  readonly version: string;
  /** Of the runtime: `20.20.2`. */
  readonly node: string;
  /** `linux-x64`. */
  readonly platform: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  /** Names this run. */
  readonly run: string;
  readonly who: string;
  readonly out: Output;
  readonly err: Output;
  /** Stops with the run. */
  readonly clock: Clock;
  /** Goes on while a stopped run winds up. */
  readonly windUpClock: Clock;
  readonly crypto: Crypto;
  /** 0 to 1, for the jitter of repeated calls. */
  readonly random: () => number;
  /** Aborted when the run is asked to stop. */
  readonly stopped: AbortSignal;
  /** Which signal asked the run to stop. */
  readonly stoppedBy: () => 'SIGINT' | 'SIGTERM' | undefined;
  /** Asks on the terminal; undefined where nobody can answer. */
  readonly ask: (question: string) => Promise<string | undefined>;
}
