import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Scene } from './scene.js';

const MAIN = fileURLToPath(new URL('../../../src/main.js', import.meta.url));

/** Is there a Select Graphic Rendition (ECMA-48 8.3.117), which is what colours are made of? */
export function isColoured(text: string): boolean {
  return text.split('\u001b[').some((piece, i) => i > 0 && /^[0-9;]*m/.test(piece));
}

export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Typed once the question is there. */
  readonly answer?: string;
}

/** Runs the command line on a terminal of its own, which script(1) of util-linux makes. */
export function runInTerminal(
  scene: Scene,
  args: readonly string[],
  { env = {}, answer }: TerminalOptions,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const command = [process.execPath, MAIN, ...args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  const child = spawn('script', ['-q', '-e', '-c', command.join(' '), '/dev/null'], {
    cwd: scene.folder,
    env: {
      PATH: process.env['PATH'],
      SHELL: '/bin/sh',
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      HOME: scene.path('home'),
      VAULT_ADDR: scene.vault.address,
      ...env,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  let answered = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (answer === undefined || answered || !output.includes('as a yes:')) return;
    answered = true;
    child.stdin.write(`${answer}\n`);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
