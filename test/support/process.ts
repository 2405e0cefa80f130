import { once } from 'node:events';
import { type CliOptions, type CliResult, startCli } from './cli.js';

/** A command line at work, which tests kill and put to sleep. */
export interface Running {
  readonly ended: Promise<CliResult>;
  /** SIGKILL; resolves when the process is gone, so that nothing of it can happen afterwards. */
  kill(): Promise<void>;
  /** SIGSTOP: it stands still in the midst of whatever it does. */
  stop(): void;
  /** SIGCONT. */
  wake(): void;
}

export function startProcess(args: readonly string[], options: CliOptions): Running {
  const { child, ended } = startCli(args, options);
  return {
    ended,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    stop: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
  };
}
