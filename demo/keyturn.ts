import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoryWorld } from './world.js';

const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as its users do: a child process, with nothing in its environment but what it needs; the token is in its home. */
export function keyturn(
  world: StoryWorld,
  args: readonly string[],
  onOutput: (text: string, child: ChildProcess) => void = () => undefined,
): Promise<Outcome> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: world.folder,
    env: {
      PATH: process.env['PATH'],
      HOME: join(world.folder, 'home'),
      LANG: 'C.UTF-8',
      VAULT_ADDR: world.vault.address,
      KUBECONFIG: join(world.folder, 'kubeconfig'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onOutput(text, child);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onOutput(text, child);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
