import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { expect } from 'chai';
import { describeTools } from '../../support/real/require.js';

import { projectRoot } from '../../support/real/components.js';
import { eventually } from '../../support/real/eventually.js';

interface Work {
  readonly folder: string;
}

interface Component {
  readonly name: string;
  readonly version: string;
  readonly key: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expect: string;
  readonly problem: () => string | undefined;
  readonly build: (work: Work) => Promise<void>;
}

interface Options {
  readonly cache: string;
  readonly say?: (sentence: string) => void;
}

const script = (name: string): string => join(projectRoot, 'scripts', name);
const scriptUrl = (name: string): string => pathToFileURL(script(name)).href;

const { provide } = (await import(scriptUrl('provision/provide.mjs'))) as {
  provide: (component: Component, options: Options) => Promise<'cached' | 'built'>;
};
const { isComplete, pathsOf } = (await import(scriptUrl('provision/paths.mjs'))) as {
  isComplete: (component: Component, cache: string) => boolean;
  pathsOf: (component: Component, cache: string) => { readonly folder: string; readonly log: string };
};

function componentThat(build: (work: Work) => Promise<void>): Component {
  const files = { binary: 'tool' };
  return { name: 'fake', version: '1', key: 'k', files, expect: 'no time', problem: () => undefined, build };
}

const good = componentThat(({ folder }) => writeFile(join(folder, 'tool'), 'whole'));

/** A provision in a process of its own that has written half of its only file and waits for what a tool has started, which never ends. */
async function halfDone(cache: string): Promise<{ readonly child: ChildProcess; readonly toolPid: number }> {
  const program = `
    import { writeFileSync } from 'node:fs';
    import { provide } from ${JSON.stringify(scriptUrl('provision/provide.mjs'))};
    await provide({
      name: 'fake', version: '1', key: 'k', files: { binary: 'tool' }, expect: 'for ever', problem: () => undefined,
      build: async ({ folder, run }) => {
        writeFileSync(folder + '/tool', 'ha');
        await run('sh', ['-c', 'sleep 600 & echo pid $!; wait'], { minutes: 20 });
      },
    }, { cache: ${JSON.stringify(cache)} });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'inherit' });
  const log = await eventually(
    () => readFile(pathsOf(good, cache).log, 'utf8').catch(() => ''),
    (text) => /^pid \d+$/m.test(text),
    { what: 'the tool runs' },
  );
  return { child, toolPid: Number(/^pid (\d+)$/m.exec(log)?.[1]) };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describeTools(['flock'], '[I] providing a component', () => {
  let cache: string;

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'keyturn-cache-'));
  });

  afterEach(async () => {
    await rm(cache, { recursive: true });
  });

  it('builds it once and finds it the second time', async () => {
    expect(await provide(good, { cache })).to.equal('built');
    expect(await provide(good, { cache })).to.equal('cached');
    expect(await readFile(join(pathsOf(good, cache).folder, 'tool'), 'utf8')).to.equal('whole');
    expect(await readdir(join(cache, 'tmp'))).to.deep.equal([]);
  });

  it('builds it again when a file of it has changed its size', async () => {
    await provide(good, { cache });
    await writeFile(join(pathsOf(good, cache).folder, 'tool'), 'wh');
    expect(isComplete(good, cache)).to.equal(false);
    expect(await provide(good, { cache })).to.equal('built');
  });

  it('builds it once when two want it at the same time', async () => {
    let builds = 0;
    const said: string[] = [];
    const slow = componentThat(async (work) => {
      builds += 1;
      await eventually(
        async () => said,
        (sentences) => sentences.some((each) => each.startsWith('waiting')),
        { what: 'the other one waits' },
      );
      await good.build(work);
    });
    const say = (sentence: string): void => void said.push(sentence);
    const outcomes = await Promise.all([provide(slow, { cache, say }), provide(slow, { cache, say })]);
    expect(outcomes.toSorted()).to.deep.equal(['built', 'cached']);
    expect(builds).to.equal(1);
  });

  it('leaves nothing that looks finished when a build fails, and can try again', async () => {
    const failing = componentThat(async ({ folder }) => {
      await writeFile(join(folder, 'tool'), 'ha');
      throw new Error('the disk is full');
    });
    const reason = await provide(failing, { cache }).catch((error: Error) => error.message);
    expect(reason).to.equal('the disk is full');
    expect(isComplete(failing, cache)).to.equal(false);
    expect(await provide(good, { cache })).to.equal('built');
  });

  it('refuses a build that made less than the component promises', async () => {
    const empty = componentThat(async () => {});
    const reason = await provide(empty, { cache }).catch((error: Error) => error.message);
    expect(reason).to.equal('the build made no binary');
  });

  it('leaves no stamp, no lock and no running tool when it is killed, and the next one finishes', async () => {
    const { child, toolPid } = await halfDone(cache);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isComplete(good, cache)).to.equal(false);
    await eventually(
      async () => isAlive(toolPid),
      (alive) => !alive,
      { what: 'the tool is gone' },
    );
    expect(await provide(good, { cache })).to.equal('built');
    expect(await readdir(join(cache, 'tmp'))).to.deep.equal([]);
  });
});

describeTools(['flock'], '[I] npm run provision', () => {
  let folder: string;

  /** Runs the script with an empty cache, and with those tools alone on its PATH. */
  function run(args: readonly string[], path = process.env['PATH']): ReturnType<typeof spawnSync> {
    const env = { ...process.env, PATH: path, KEYTURN_CACHE: join(folder, 'cache') };
    return spawnSync(process.execPath, [script('provision.mjs'), ...args], { encoding: 'utf8', env });
  }

  /** A PATH that has only the named tools of this machine. */
  async function pathWith(tools: readonly string[]): Promise<string> {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    for (const tool of tools) {
      const found = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
      await symlink(found, join(bin, tool));
    }
    return bin;
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyturn-provision-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('checks without making anything, and names the command for what is missing', async () => {
    const { status, stdout } = run(['--check']);
    expect(status).to.equal(1);
    expect(stdout).to.include('openbao 2.7.2 is not provisioned: npm run provision -- --only openbao');
    expect(stdout).to.include('testcluster 1.36.3 is not provisioned: npm run provision -- --only testcluster');
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('says in one line per component what failed and how to try again, and goes on with the next', async () => {
    const path = await pathWith(['flock', 'nice', 'sh', 'cat']);
    const { status, stdout } = run([], path);
    expect(status).to.equal(1);
    const [openbao, testcluster] = String(stdout).trimEnd().split('\n');
    expect(openbao).to.match(
      /^openbao 2\.7\.2 +failed after .*python3.*; to try again: npm run provision -- --only openbao$/,
    );
    expect(testcluster).to.match(/^testcluster 1\.36\.3 +failed after .*: Go is needed .*--only testcluster$/);
  });

  it('refuses a component that it does not know', () => {
    const { status, stderr } = run(['--only', 'oracle']);
    expect(status).to.equal(64);
    expect(stderr).to.include('no component is named "oracle"; there are openbao, testcluster');
  });
});
