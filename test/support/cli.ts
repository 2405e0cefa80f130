import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The compiled command line of the same build as this file. */
const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

/** A run that hangs is killed, so that its test fails with what was said instead of a time-out of the suite. */
const LONGEST_MS = 60_000;

export interface CliOptions {
  readonly cwd: string;
  /** All of the environment, but for PATH and LANG. */
  readonly env: Readonly<Record<string, string>>;
  /** Told of every piece of output as it comes. */
  readonly onOutput?: (text: string, child: ChildProcess) => void;
}

export interface CliResult {
  readonly args: readonly string[];
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliRun {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
}

/** Starts the command line as its users do: a child process without a terminal, with the environment that is given and nothing else. */
export function startCli(args: readonly string[], { cwd, env, onOutput }: CliOptions): CliRun {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onOutput?.(text, child);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onOutput?.(text, child);
  });
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ args, code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs it to its end. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(args, options).ended;
}

/** The one JSON document on standard output. */
export function jsonOf(result: CliResult): unknown {
  return JSON.parse(result.stdout);
}

/** The JSON lines on standard output. */
export function linesOf(result: CliResult): readonly unknown[] {
  return result.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

/** Everything that was said, for messages of failed expectations. */
export function said({ args, code, signal, stdout, stderr }: CliResult): string {
  return `keyturn ${args.join(' ')} ended with ${signal ?? code ?? 'nothing'}\n${stdout}${stderr}`;
}
