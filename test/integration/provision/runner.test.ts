import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { projectRoot } from '../../support/real/components.js';

const support = fileURLToPath(new URL('../../support', import.meta.url));

/** What a run of the runner ended with; its last line is the one that CI reads. */
interface Outcome {
  readonly status: number | null;
  readonly output: string;
  readonly lastLine: string | undefined;
}

describe('[I] the test runner', () => {
  let root: string;

  /** A project of its own with the real runner and test support, and no test yet. */
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'keyturn-runner-'));
    await writeFile(join(root, 'package.json'), JSON.stringify({ name: 'project', type: 'module' }));
    await symlink(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
    await cp(join(projectRoot, 'scripts'), join(root, 'scripts'), { recursive: true });
    await cp(join(projectRoot, 'test/support/testcluster'), join(root, 'test/support/testcluster'), {
      recursive: true,
    });
    await cp(support, join(root, 'build/test/support'), { recursive: true });
  });

  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  /** A test file as tsc would leave it, with its source beside it unless `withSource` is false. */
  async function addTest(path: string, body: string, withSource = true): Promise<void> {
    const compiled = join(root, 'build', path.replace(/\.ts$/, '.js'));
    await mkdir(dirname(compiled), { recursive: true });
    await writeFile(compiled, body);
    if (!withSource) return;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), '');
  }

  function run(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Outcome {
    const { KEYTURN_REQUIRE: _required, KEYTURN_COVERAGE: _coverage, ...inherited } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/test.mjs'), ...args], {
      encoding: 'utf8',
      env: { ...inherited, KEYTURN_CACHE: join(root, 'cache'), ...env },
    });
    const output = stdout + stderr;
    return { status, output, lastLine: stdout.trimEnd().split('\n').at(-1) };
  }

  it('ends with the plain line and 0 when all tests pass', async () => {
    await addTest('test/unit/a.test.ts', `describe('a', () => { it('holds', () => {}); it('holds too', () => {}); });`);
    expect(run()).to.include({ status: 0, lastLine: '2 passed, 0 failed, 0 skipped' });
  });

  it('shows a failure and ends with 1', async () => {
    await addTest(
      'test/unit/a.test.ts',
      `describe('a', () => { it('breaks', () => { throw new Error('broken'); }); });`,
    );
    const outcome = run();
    expect(outcome).to.include({ status: 1, lastLine: '0 passed, 1 failed, 0 skipped' });
    expect(outcome.output).to.include('Error: broken').and.to.include('a breaks');
  });

  it('names each skipped suite once, with its reason', async () => {
    await addTest(
      'test/integration/a.test.ts',
      `import { describeReal } from '${relative(join(root, 'build/test/integration'), join(root, 'build/test/support'))}/real/require.js';
       describeReal('openbao', 'needs a server', () => { it('one', () => {}); it('two', () => {}); });`,
    );
    const skipped = run();
    expect(skipped).to.include({ status: 0, lastLine: '0 passed, 0 failed, 2 skipped' });
    expect(skipped.output).to.include(
      '  needs a server: openbao 2.7.2 is not provisioned: npm run provision -- --only openbao (2 tests)',
    );
    const demanded = run([], { KEYTURN_REQUIRE: 'all' });
    expect(demanded).to.include({ status: 1, lastLine: '0 passed, 1 failed, 0 skipped' });
  });

  it('counts a file that cannot be loaded as a failure and runs the others', async () => {
    await addTest('test/unit/a.test.ts', `import './absent.js';`);
    await addTest('test/unit/b.test.ts', `it('holds', () => {});`);
    const outcome = run();
    expect(outcome).to.include({ status: 1, lastLine: '1 passed, 1 failed, 0 skipped' });
    expect(outcome.output).to.include('a.test.js cannot be loaded');
  });

  it('counts a test process that ends early as a failure', async () => {
    await addTest('test/unit/a.test.ts', `it('holds', () => {}); it('leaves', () => { process.exit(0); });`);
    const outcome = run();
    expect(outcome).to.include({ status: 1, lastLine: '1 passed, 1 failed, 0 skipped' });
    expect(outcome.output).to.include('the test process ended early, with code 0');
  });

  it('fails when no test was chosen, and on a test that would drop the others', async () => {
    await addTest(
      'test/unit/a.test.ts',
      `describe('a', () => { it.only('holds', () => {}); it('holds too', () => {}); });`,
    );
    expect(run(['--grep', 'nothing like it'])).to.include({ status: 1, lastLine: '0 passed, 1 failed, 0 skipped' });
    expect(run()).to.include({ status: 1 });
  });

  it('counts what failed before it as failures by name', async () => {
    await addTest('test/unit/a.test.ts', `it('holds', () => {});`);
    const outcome = run(['--also-failed', 'npm run check', '--also-failed', 'npm run provision']);
    expect(outcome).to.include({ status: 1, lastLine: '1 passed, 2 failed, 0 skipped' });
    expect(outcome.output).to.include('failed:\n  npm run check\n  npm run provision\n');
  });

  it('leaves out a compiled test whose source is gone', async () => {
    await addTest('test/unit/a.test.ts', `it('holds', () => {});`);
    await addTest('test/unit/old.test.ts', `it('breaks', () => { throw new Error('stale'); });`, false);
    expect(run()).to.include({ status: 0, lastLine: '1 passed, 0 failed, 0 skipped' });
  });

  it('runs what the arguments choose', async () => {
    await addTest('test/unit/a.test.ts', `it('holds', () => {}); it('stands', () => {});`);
    await addTest('test/integration/b.test.ts', `it('holds', () => {});`);
    expect(run().lastLine).to.equal('3 passed, 0 failed, 0 skipped');
    expect(run(['--unit']).lastLine).to.equal('2 passed, 0 failed, 0 skipped');
    expect(run(['--grep', 'stands']).lastLine).to.equal('1 passed, 0 failed, 0 skipped');
    expect(run(['test/integration']).lastLine).to.equal('1 passed, 0 failed, 0 skipped');
    expect(run(['--no-such-option'])).to.include({ status: 64 });
  });

  it('refuses a socket to a unit test, loopback included, even if the test does not notice', async () => {
    const connect = `await fetch('http://127.0.0.1:9999/').catch(() => {});`;
    await addTest('test/unit/a.test.ts', `it('calls', async () => { ${connect} });`);
    const refused = run();
    expect(refused).to.include({ status: 1, lastLine: '1 passed, 1 failed, 0 skipped' });
    expect(refused.output).to.match(/network refused: build\/test\/unit\/a\.test\.js: connect to 127\.0\.0\.1/);
    await rm(join(root, 'test/unit'), { recursive: true });
    await addTest('test/unit/sandbox/a.test.ts', `it('calls', async () => { ${connect} });`);
    expect(run()).to.include({ status: 0, lastLine: '1 passed, 0 failed, 0 skipped' });
  });

  it('refuses to all tests what leaves the machine or lets others in', async () => {
    const attempts = {
      fetch: `await fetch('http://192.0.2.1/').catch(() => {});`,
      https: `try { (await import('node:https')).get({ host: '192.0.2.1', path: '/' }); } catch {}`,
      'a name': `await fetch('http://keyturn.example/').catch(() => {});`,
      'a listener': `try { (await import('node:net')).createServer().listen(0); } catch {}`,
      udp: `try { (await import('node:dgram')).createSocket('udp4').send('x', 9, '192.0.2.1'); } catch {}`,
      dns: `try { await (await import('node:dns/promises')).resolve4('keyturn.example'); } catch {}`,
    };
    const tests = Object.entries(attempts).map(([name, code]) => `it('${name}', async () => { ${code} });`);
    await addTest('test/integration/a.test.ts', tests.join('\n'));
    const outcome = run();
    expect(outcome.lastLine).to.equal('6 passed, 6 failed, 0 skipped');
    expect(outcome.output.match(/network refused: build\/test\/integration\/a\.test\.js/g)).to.have.length(6);
  });
});
