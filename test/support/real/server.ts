import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 25;
const TAIL_LINES = 8;

/** How to start one server. Its environment holds nothing but what is given here: no proxy, no token of the caller. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly logFile: string;
}

/** A server process of this test run. */
export interface RealServer {
  readonly pid: number;
  /** Waits until `ready` answers true; throws with the end of the log when the process ends or the time is over. */
  until(ready: () => Promise<boolean>, seconds: number): Promise<void>;
  /** SIGKILL; resolves when the process is gone. A second call does nothing. */
  kill(): Promise<void>;
}

/**
 * Starts a server whose life is bound to this process: the kernel kills it (PDEATHSIG) when this process ends, however
 * it ends, so no test run leaves a server behind. It does not keep this process alive either.
 *
 * Standard error goes to the log file. Standard output goes nowhere: a development OpenBao prints its root token there.
 */
export async function startServer(start: ServerCommand): Promise<RealServer> {
  const log = openSync(start.logFile, 'a', 0o600);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', start.command, ...start.args], {
    cwd: start.folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: start.folder, ...start.env },
    stdio: ['ignore', 'ignore', log],
  });
  closeSync(log);
  await once(child, 'spawn');
  child.unref();
  const name = `${start.command.split('/').at(-1)} ${start.args[0] ?? ''}`;
  return {
    pid: child.pid!,
    until: (ready, seconds) => waitUntil(child, { ready, seconds, name, logFile: start.logFile }),
    kill: () => kill(child),
  };
}

/**
 * Starts something on ports that were free a moment ago; when the log says that somebody else was faster, once more on
 * others. Any other failure is thrown at once.
 */
export async function onFreePorts<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('address already in use')) throw error;
    return start();
  }
}

interface Wait {
  readonly ready: () => Promise<boolean>;
  readonly seconds: number;
  readonly name: string;
  readonly logFile: string;
}

async function waitUntil(child: ChildProcess, { ready, seconds, name, logFile }: Wait): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    if (hasEnded(child)) {
      throw new Error(`${name} ended with ${child.signalCode ?? `code ${child.exitCode}`}; its log:\n${tail(logFile)}`);
    }
    // A server that does not listen yet refuses the connection: that is a "not yet", not an error.
    if (await ready().catch(() => false)) return;
    if (performance.now() > deadline) {
      throw new Error(`${name} was not ready within ${seconds} s; its log:\n${tail(logFile)}`);
    }
    await delay(POLL_MS);
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.ref();
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function tail(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}
