import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { projectRoot } from '../support/real/components.js';

const BUILD = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const FOLDERS = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');

/** The first program of that name on this machine's PATH. */
function whereIs(program: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, program)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The command line under which a program sees no network but a loopback of its own; undefined where this user may not have that. */
function withoutNetwork(): readonly string[] | undefined {
  const [unshare, ip, sh] = [whereIs('unshare'), whereIs('ip'), whereIs('sh')];
  if (unshare === undefined || ip === undefined || sh === undefined) return undefined;
  // Root needs no user namespace, in which files of other users would look strange.
  const flags = process.getuid?.() === 0 ? '-n' : '-rn';
  const prefix = [unshare, flags, sh, '-c', `"${ip}" link set lo up && exec "$@"`, sh];
  const [command, ...args] = [...prefix, process.execPath, '--version'];
  return spawnSync(command, args).status === 0 ? prefix : undefined;
}

const LONGEST = 300_000;

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** A machine with Node and git on its PATH, an empty home, and no network where that can be had. */
class BareMachine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'keyturn-bare-'));
  readonly home = join(this.#folder, 'home');
  readonly #bin = join(this.#folder, 'bin');
  readonly #prefix = withoutNetwork();

  /** @param more further programs that it has. */
  constructor(more: readonly string[] = []) {
    mkdirSync(this.home);
    mkdirSync(this.#bin);
    symlinkSync(process.execPath, join(this.#bin, 'node'));
    for (const program of ['git', ...more]) {
      const path = whereIs(program);
      if (path !== undefined) symlinkSync(path, join(this.#bin, program));
    }
  }

  /** What programs here cannot see, for the log of the tests. */
  hidden(): string {
    const programs = new Set(FOLDERS.flatMap(namesIn));
    const variables = Object.keys(process.env).filter((name) => name !== 'PATH' && name !== 'HOME');
    return [
      `the home ${process.env['HOME'] ?? '(none)'}`,
      `${variables.length} environment variables`,
      `${programs.size - readdirSync(this.#bin).length} of ${programs.size} programs of the PATH`,
      this.#prefix === undefined
        ? 'but not the network: this user may not make a network namespace'
        : 'every network but a loopback',
    ].join(', ');
  }

  node(...args: readonly string[]): Promise<Ended> {
    const [command = '', ...rest] = [...(this.#prefix ?? []), join(this.#bin, 'node'), ...args];
    const child = spawn(command, rest, {
      cwd: projectRoot,
      env: { PATH: this.#bin, HOME: this.home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => void (said += text));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, said }));
    });
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What the tests start themselves, to have a pipe, a slow program or a checksum. */
const UTILITIES = ['cat', 'env', 'mkfifo', 'sh', 'sha256sum', 'sleep'];

describe('[I] a machine with Node and git', () => {
  const machines: BareMachine[] = [];
  const machine = (more?: readonly string[]): BareMachine => {
    const made = new BareMachine(more);
    machines.push(made);
    console.log(`  hidden: ${made.hidden()}`);
    return made;
  };
  after(() => {
    for (const each of machines) each.close();
  });

  it('has all that `npm run demo` needs besides npm', async () => {
    const bare = machine();
    const { code, said } = await bare.node(join(BUILD, 'demo', 'main.js'));
    expect(code, said).to.equal(0);
    expect(said).to.include('Every part held.');
    expect(readdirSync(bare.home), 'nothing is left in the home').to.deep.equal([]);
  }).timeout(LONGEST);

  it(`has all that the unit tests of \`npm test\` need, with ${UTILITIES.join(', ')}`, async () => {
    const bare = machine(UTILITIES);
    const build = BUILD.slice(projectRoot.length).replace(/^\/+/, '');
    const { code, said } = await bare.node(join('scripts', 'test.mjs'), '--unit', '--build', build);
    expect(code, said).to.equal(0);
    expect(said).to.match(/[1-9][0-9]* passed, 0 failed, [0-9]+ skipped\s*$/);
    expect(readdirSync(bare.home), 'nothing is left in the home').to.deep.equal([]);
  }).timeout(LONGEST);
});
