import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { eventually } from '../../support/real/eventually.js';
import { describeReal, judge } from '../../support/real/require.js';

const present = { name: 'openbao', version: '2.7.2', files: {} };
const missing = 'openbao 2.7.2 is not provisioned: npm run provision -- --only openbao';
const absent = { ...present, missing };

describe('[U] what becomes of a suite that needs a component', () => {
  it('runs when the component is there, demanded or not', () => {
    expect(judge(present, undefined)).to.deep.equal({ kind: 'run' });
    expect(judge(present, 'all')).to.deep.equal({ kind: 'run' });
  });

  it('is skipped with the reason and the remedy when the component is absent', () => {
    expect(judge(absent, undefined)).to.deep.equal({ kind: 'skip', reason: missing });
    expect(judge(absent, '')).to.deep.equal({ kind: 'skip', reason: missing });
  });

  it('fails when the absent component is demanded by name or with all others', () => {
    expect(judge(absent, 'all')).to.deep.equal({ kind: 'fail', reason: missing });
    expect(judge(absent, 'testcluster, openbao')).to.deep.equal({ kind: 'fail', reason: missing });
  });

  it('is skipped when only another component is demanded', () => {
    expect(judge(absent, 'testcluster')).to.deep.equal({ kind: 'skip', reason: missing });
  });
});

/** A process of its own, with its own folder for temporary files, that starts an OpenBao, says its process id and waits. */
async function ownerOfAnOpenBao(
  temporary: string,
): Promise<{ readonly owner: ChildProcess; readonly serverPid: number }> {
  const support = new URL('../../support/real/openbao.js', import.meta.url).href;
  const program = `
    import { startOpenBao } from ${JSON.stringify(support)};
    const vault = await startOpenBao();
    console.log(vault.pid);
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: temporary },
  });
  const [said] = (await once(owner.stdout, 'data')) as [Buffer];
  return { owner, serverPid: Number(said.toString('utf8')) };
}

/** The code of the error that signalling this process gives; undefined while it is alive. */
async function errorOfSignalling(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

describeReal('openbao', '[I] a server of a test process', () => {
  let temporary: string;

  beforeEach(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'keyturn-owner-'));
  });

  afterEach(async () => {
    await rm(temporary, { recursive: true });
  });

  it('ends when the test process is killed', async () => {
    const { owner, serverPid } = await ownerOfAnOpenBao(temporary);
    expect(await errorOfSignalling(serverPid)).to.equal(undefined);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await eventually(
      () => errorOfSignalling(serverPid),
      (code) => code === 'ESRCH',
      { what: 'the server is gone' },
    );
  });
});
