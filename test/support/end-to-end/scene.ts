import { type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CliResult, type CliRun, runCli, startCli } from '../cli.js';
import type { TestVault } from './vault.js';

export interface RunOptions {
  readonly token?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onOutput?: (text: string, child: ChildProcess) => void;
}

/** What holds secrets on purpose, and so is not searched for leaks. */
const SECRET_FILES = /^(home\/\.vault-token|kubeconfig.*)$/;

/**
 * A folder in which the command line runs: `policies/`, and a home with the token. It remembers everything that was said there, so that
 * all of it can be searched for secrets at the end.
 */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), 'keyturn-e2e-'));
  /** Part of every path of this scene, so that scenes share a server. */
  readonly name = `e2e-${randomBytes(4).toString('hex')}`;
  readonly vault: TestVault;
  readonly #secrets = new Set<string>();
  readonly #results: CliResult[] = [];
  /** Further environment of every run. */
  env: Readonly<Record<string, string>> = {};

  constructor(vault: TestVault) {
    this.vault = vault;
    mkdirSync(join(this.folder, 'home'), { mode: 0o700 });
    this.login(vault.rootToken);
  }

  /** The token in the home of the person who runs keyturn. */
  login(token: string): void {
    this.secret(token);
    rmSync(this.path('home/.vault-token'), { force: true });
    writeFileSync(this.path('home/.vault-token'), token, { mode: 0o600 });
  }

  /** From now on nothing may show this text. */
  secret(text: string): string {
    if (text !== '') this.#secrets.add(text);
    return text;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  start(args: readonly string[], options: RunOptions = {}): CliRun {
    const { onOutput } = options;
    const run = startCli(args, this.#options(options));
    if (onOutput !== undefined) {
      run.child.stdout?.on('data', (text: string) => onOutput(text, run.child));
      run.child.stderr?.on('data', (text: string) => onOutput(text, run.child));
    }
    const ended = run.ended.then((result) => this.#remember(result));
    return { child: run.child, ended };
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<CliResult> {
    return this.#remember(await runCli(args, this.#options(options)));
  }

  #options({ token, env, onOutput }: RunOptions) {
    return {
      cwd: this.folder,
      env: {
        HOME: this.path('home'),
        VAULT_ADDR: this.vault.address,
        ...this.env,
        ...(token === undefined ? {} : { VAULT_TOKEN: this.secret(token) }),
        ...env,
      },
      ...(onOutput === undefined ? {} : { onOutput }),
    };
  }

  #remember(result: CliResult): CliResult {
    this.#results.push(result);
    return result;
  }

  /** The current data of one path. */
  async live(path: string): Promise<Record<string, string>> {
    const [mount = '', ...rest] = path.split('/');
    const found = await this.vault.ask<{ data: { data: Record<string, string> } }>(
      'GET',
      `${mount}/data/${rest.join('/')}`,
    );
    for (const value of Object.values(found.data.data)) this.secret(value);
    return found.data.data;
  }

  /** Where a secret is shown, raw or encoded: the outputs of all runs and every file of the folder. Empty: nowhere. */
  leaks(): readonly string[] {
    const texts = [
      ...this.#results.map(({ args, stdout, stderr }) => [`keyturn ${args.join(' ')}`, stdout + stderr] as const),
      ...this.files().map((file) => [file, this.read(file)] as const),
    ];
    const needles = [...this.#secrets].flatMap((secret) => encodings(secret));
    return texts.filter(([, text]) => needles.some((needle) => text.includes(needle))).map(([where]) => where);
  }

  /** Every file, but those that hold secrets on purpose. */
  files(): readonly string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .filter((file) => !SECRET_FILES.test(file));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Base64 depends on where in the text the secret begins and on what follows it, so all three places are tried without the ends. */
function encodings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(before === 0 ? 0 : 4)
      .replace(/.{0,3}=*$/, ''),
  );
  return [secret, bytes.toString('hex'), encodeURIComponent(secret), ...base64];
}
