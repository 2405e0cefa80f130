import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Reads `add PID` and `del PID`. When its input ends, and it ends however the kubelet ends, every process group that is
 * still listed is killed.
 */
const SCRIPT = `
groups=' '
while read -r word group; do
  case "$word" in
    add) groups="$groups$group " ;;
    del) case "$groups" in *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;; esac ;;
  esac
done
for group in $groups; do kill -KILL "-$group"; done
`;

/** A shell that outlives a kubelet killed by SIGKILL just long enough to end the containers. */
export class Reaper {
  readonly #shell: ChildProcess;

  constructor() {
    // A group of its own, so that a Ctrl-C at the terminal does not end it first.
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} });
    this.#shell.stdin?.on('error', () => undefined);
    this.#shell.on('error', () => undefined);
    this.#shell.unref();
  }

  add(group: number): void {
    this.#shell.stdin?.write(`add ${group}\n`);
  }

  remove(group: number): void {
    this.#shell.stdin?.write(`del ${group}\n`);
  }

  close(): void {
    this.#shell.stdin?.end();
  }
}
