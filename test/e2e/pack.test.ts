import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { describeTools } from '../support/real/require.js';
import { projectRoot } from '../support/real/components.js';

const run = promisify(execFile);

interface Outcome {
  readonly code: number;
  readonly text: string;
}

/** A folder of a user who has nothing but Node, npm and the tarball: no registry, no cache, no other package. */
class User {
  readonly home = mkdtempSync(join(tmpdir(), 'keyturn-pack-'));
  readonly project = join(this.home, 'project');
  readonly #env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: this.home,
    LANG: 'C.UTF-8',
    npm_config_offline: 'true',
    npm_config_audit: 'false',
    npm_config_update_notifier: 'false',
  };

  constructor() {
    mkdirSync(this.project);
  }

  /** Environment variables for what runs from here on. */
  export(variables: NodeJS.ProcessEnv): void {
    Object.assign(this.#env, variables);
  }

  call(command: string, args: readonly string[]): Promise<Outcome> {
    return run(command, args, { cwd: this.project, env: this.#env }).then(
      ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, text: stdout + stderr }),
    );
  }

  /** By the link that npm made, so that shebang and mode count. */
  keyturn(...args: readonly string[]): Promise<Outcome> {
    return this.call(this.#bin, args);
  }

  start(...args: readonly string[]): ChildProcess {
    return spawn(this.#bin, args, { cwd: this.project, env: this.#env, stdio: ['ignore', 'pipe', 'inherit'] });
  }

  get #bin(): string {
    return join(this.project, 'node_modules', '.bin', 'keyturn');
  }
}

/** What a started program says until a text is there; it fails where the program ends before. */
function saidUntil(child: ChildProcess, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      said += part;
      if (said.includes(text)) resolve(said);
    });
    child.once('close', () => reject(new Error(`ended after: ${said}`)));
  });
}

describeTools(['npm'], '[I] the package that is published', () => {
  let user: User;
  let files: readonly string[];

  before(async () => {
    user = new User();
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', user.home], { cwd: projectRoot });
    const [tarball] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
    files = tarball.files.map(({ path }) => path);
    writeFileSync(join(user.project, 'package.json'), '{ "name": "somebody", "private": true }\n');
    const installed = await user.call('npm', ['install', join(user.home, tarball.filename)]);
    expect(installed.code, installed.text).to.equal(0);
  });

  after(() => rmSync(user.home, { recursive: true, force: true }));

  it('holds the program, the schemas and what a reader needs, and nothing else', () => {
    const tops = new Set(files.map((path) => path.split('/')[0]));
    expect([...tops]).to.have.members(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json', 'schemas']);
    const manifest = readFileSync(join(user.project, 'node_modules', 'keyturn', 'package.json'), 'utf8');
    expect(JSON.parse(manifest), 'what is built in is no dependency').to.not.have.any.keys(
      'dependencies',
      'peerDependencies',
    );
  });

  it('brings every package that it needs inside itself, with their licences', () => {
    const installed = readdirSync(join(user.project, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).to.deep.equal(['keyturn']);
    const licences = readFileSync(join(user.project, 'node_modules', 'keyturn', 'dist', 'LICENSES.txt'), 'utf8');
    const { devDependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      devDependencies: { [name: string]: string };
    };
    const reasons = JSON.parse(readFileSync(join(projectRoot, 'docs', 'dependencies.json'), 'utf8')) as {
      [name: string]: string;
    };
    const shipped = Object.entries(devDependencies).filter(([name]) => reasons[name]?.includes('Imported by src/'));
    expect(shipped).to.have.length(8);
    for (const [name, version] of shipped) expect(licences).to.include(`${name} ${version} (`);
  });

  it('starts by its own name', async () => {
    const main = join(user.project, 'node_modules', 'keyturn', 'dist', 'main.js');
    expect(readFileSync(main, 'utf8').split('\n', 1)).to.deep.equal(['#!/usr/bin/env node']);
    expect(statSync(main).mode & 0o111).to.equal(0o111);
    expect(await user.keyturn('version')).to.deep.equal({ code: 0, text: 'keyturn 0.1.0\n' });
  });

  it('writes a first inventory that is valid, and knows its schemas', async () => {
    const initialised = await user.keyturn('init');
    expect(initialised.code, initialised.text).to.equal(0);
    const validated = await user.keyturn('validate');
    expect(validated, validated.text).to.deep.include({ code: 0 });
    expect(validated.text).to.include('Valid: 1 secret');
    const schema = await user.keyturn('schema', 'policy');
    expect(schema.text).to.equal(
      readFileSync(join(user.project, 'node_modules', 'keyturn', 'schemas', 'policy.schema.json'), 'utf8'),
    );
  });

  it('plans and applies in the sandbox that it brings, until nothing is left to do', async () => {
    const sandbox = user.start('sandbox');
    const closed = new Promise<number | null>((resolve) => void sandbox.once('close', resolve));
    try {
      const said = await saidUntil(sandbox, 'keyturn adopt');
      const value = (name: string): string => new RegExp(`export ${name}=(\\S+)`).exec(said)?.[1] ?? '';
      const tokenFile = /cat (\S+)\)/.exec(said)?.[1] ?? '';
      user.export({
        VAULT_ADDR: value('VAULT_ADDR'),
        VAULT_TOKEN: readFileSync(tokenFile, 'utf8'),
        KUBECONFIG: value('KUBECONFIG'),
        KEYTURN_POLICIES: value('KEYTURN_POLICIES'),
      });
      const planned = await user.keyturn('plan', '--detailed-exitcode');
      expect(planned.code, planned.text).to.equal(2);
      const applied = await user.keyturn('apply', '--auto-approve');
      expect(applied.code, applied.text).to.equal(0);
      const rotated = await user.keyturn('rotate', 'ai-gateway/litellm-master-key', '--auto-approve');
      expect(rotated.code, rotated.text).to.equal(0);
      const again = await user.keyturn('plan', '--detailed-exitcode');
      expect(again.code, again.text).to.equal(0);
    } finally {
      sandbox.kill('SIGTERM');
    }
    expect(await closed).to.equal(0);
  });
});
