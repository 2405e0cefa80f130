import { spawn, type ChildProcess } from 'node:child_process';
import { listAt, textAt, type Tree } from '../kubernetes/value.js';
import { expand } from './environment.js';
import type { Reaper } from './reaper.js';

export interface Ended {
  readonly exitCode: number;
  /** `Completed`, `Error`, `StartError`. */
  readonly reason: string;
  readonly message?: string;
}

/** The argument vector of a container: command and args, with `$(NAME)` replaced. Empty where neither is given. */
export function argumentsOf(container: Tree, variables: Readonly<Record<string, string>>): string[] {
  const words = [...listAt(container, 'command'), ...listAt(container, 'args')];
  return words.filter((word) => typeof word === 'string').map((word) => expand(word, variables));
}

/** One run of a container as a local process, leader of a process group of its own. */
export class ContainerProcess {
  readonly #child: ChildProcess;
  readonly #reaper: Reaper;
  readonly ended: Promise<Ended>;

  /** The environment is what is given and nothing else. Standard input is a pipe that closes when the kubelet ends. */
  constructor(
    container: Tree,
    variables: Readonly<Record<string, string>>,
    reaper: Reaper,
    onOutput: ((text: string) => void) | undefined,
  ) {
    const [command = '', ...args] = argumentsOf(container, variables);
    const output = onOutput === undefined ? 'ignore' : 'pipe';
    this.#reaper = reaper;
    this.#child = spawn(command, args, {
      cwd: textAt(container, 'workingDir') ?? '/',
      env: { ...variables },
      stdio: ['pipe', output, output],
      detached: true,
    });
    this.#child.stdin?.on('error', () => undefined);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (part: Buffer) => onOutput?.(part.toString('utf8')));
    }
    const { pid } = this.#child;
    if (pid !== undefined) reaper.add(pid);
    this.ended = this.#waitForEnd();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** SIGTERM to the process itself, as a container runtime sends it to process 1. */
  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  /** SIGKILL to the whole group. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  }

  #waitForEnd(): Promise<Ended> {
    return new Promise((resolve) => {
      this.#child.once('error', (error) => {
        if (this.#child.pid === undefined) resolve({ exitCode: 128, reason: 'StartError', message: error.message });
      });
      this.#child.once('exit', (code, signal) => {
        // What the process left behind ends with it, as in a container.
        this.kill();
        if (this.#child.pid !== undefined) this.#reaper.remove(this.#child.pid);
        const exitCode = code ?? 128 + (signal === 'SIGKILL' ? 9 : 15);
        resolve({ exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' });
      });
    });
  }
}
