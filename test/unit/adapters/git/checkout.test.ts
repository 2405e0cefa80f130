import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { describeCheckout, isAncestor } from '../../../../src/adapters/git/checkout.js';

/** Commits at a fixed time, with no configuration but what is given here. */
const ENVIRONMENT = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
  GIT_AUTHOR_DATE: '2026-11-24T12:00:00+01:00',
  GIT_COMMITTER_DATE: '2026-11-24T12:00:00+01:00',
};

describe('[U] the checkout of a policies folder', () => {
  let home: string;
  let policies: string;

  const git = (...words: readonly string[]): string =>
    execFileSync('git', ['-C', home, ...words], { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();

  const commit = (): string => {
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', 'x');
    return git('rev-parse', 'HEAD');
  };

  const reason = async (folder = policies, environment: typeof ENVIRONMENT | object = ENVIRONMENT): Promise<string> => {
    const checkout = await describeCheckout(folder, environment as typeof ENVIRONMENT);
    return 'reason' in checkout ? checkout.reason : 'there is a revision';
  };

  const dirty = async (): Promise<boolean | undefined> =>
    (await describeCheckout(policies, ENVIRONMENT)).revision?.dirty;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'keyturn-git-'));
    policies = join(home, 'policies');
    mkdirSync(policies);
    writeFileSync(join(policies, 'a.yaml'), 'a: 1\n');
  });

  afterEach(() => rmSync(home, { recursive: true }));

  it('is its commit and the commit date in UTC', async () => {
    git('init', '--quiet');
    const id = commit();
    expect(await describeCheckout(policies, ENVIRONMENT)).to.deep.equal({
      revision: { commit: id, committedAt: '2026-11-24T11:00:00.000Z', dirty: false },
    });
  });

  it('is dirty where a policy was changed, added, removed or is ignored by git', async () => {
    git('init', '--quiet');
    writeFileSync(join(home, '.gitignore'), 'local/\n');
    commit();
    writeFileSync(join(policies, 'a.yaml'), 'a: 2\n');
    expect(await dirty(), 'changed').to.equal(true);
    git('checkout', '--quiet', '.');
    expect(await dirty(), 'as committed').to.equal(false);
    mkdirSync(join(policies, 'new'));
    writeFileSync(join(policies, 'new/b.yml'), 'b: 1\n');
    expect(await dirty(), 'added').to.equal(true);
    rmSync(join(policies, 'new'), { recursive: true });
    rmSync(join(policies, 'a.yaml'));
    expect(await dirty(), 'removed').to.equal(true);
    git('checkout', '--quiet', '.');
    mkdirSync(join(policies, 'local'));
    writeFileSync(join(policies, 'local/c.yaml'), 'c: 1\n');
    expect(await dirty(), 'ignored').to.equal(true);
  });

  it('is clean whatever lies elsewhere in the repository or is no policy', async () => {
    git('init', '--quiet');
    commit();
    writeFileSync(join(home, 'elsewhere.yaml'), 'x');
    writeFileSync(join(policies, 'notes.md'), 'x');
    expect(await dirty()).to.equal(false);
  });

  it('leaves the index as it is: reading is not changing', async () => {
    git('init', '--quiet');
    commit();
    const index = (): Buffer => execFileSync('sha256sum', [join(home, '.git/index')]);
    const before = index();
    writeFileSync(join(policies, 'a.yaml'), 'a: 1\n');
    await describeCheckout(policies, ENVIRONMENT);
    expect(index().equals(before)).to.equal(true);
  });

  it('takes the repository of the folder, not one that a hook names in the environment', async () => {
    git('init', '--quiet');
    const id = commit();
    const inHook = { ...ENVIRONMENT, GIT_DIR: '/nonexistent', GIT_INDEX_FILE: '/nonexistent', EDITOR: 'vi' };
    expect((await describeCheckout(policies, inHook)).revision?.commit).to.equal(id);
  });

  it('is a reason where there is no repository, no commit, no folder, no git', async () => {
    expect(await reason()).to.equal('the folder is not in a git repository');
    git('init', '--quiet');
    expect(await reason()).to.equal('the repository has no commit yet');
    expect(await reason(join(home, 'missing'))).to.equal(`there is no folder ${join(home, 'missing')}`);
    expect(await reason(policies, { PATH: '/nonexistent' })).to.equal('git is not installed, or not on PATH');
    expect(
      await reason(policies, {
        ...ENVIRONMENT,
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'core.sshCommand',
        GIT_CONFIG_VALUE_0: 'x',
      }),
    ).to.contain('refused');
  });

  it('is a reason in a bare repository and inside .git', async () => {
    git('init', '--quiet', '--bare', 'bare');
    expect(await reason(join(home, 'bare'))).to.contain('bare repository');
    git('init', '--quiet');
    expect(await reason(join(home, '.git'))).to.contain('no files checked out');
  });

  it('is a reason with the command that helps where another user owns the repository', async function () {
    if (process.getuid?.() !== 0) this.skip();
    git('init', '--quiet');
    commit();
    chownSync(join(home, '.git'), 65534, 65534);
    chownSync(home, 65534, 65534);
    expect(await reason()).to.contain('git config --global --add safe.directory');
    const trusted = {
      ...ENVIRONMENT,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
    };
    expect(await reason(policies, trusted)).to.equal('there is a revision');
  });

  it('knows which commit comes before which', async () => {
    git('init', '--quiet');
    const first = commit();
    const second = commit();
    expect(await isAncestor(policies, first, second, ENVIRONMENT)).to.deep.equal({ known: true, ancestor: true });
    expect(await isAncestor(policies, second, first, ENVIRONMENT)).to.deep.equal({ known: true, ancestor: false });
    expect(await isAncestor(policies, first, first, ENVIRONMENT)).to.deep.equal({ known: true, ancestor: true });
    const foreign = await isAncestor(policies, 'a'.repeat(40), second, ENVIRONMENT);
    expect(foreign).to.deep.equal({ known: false, reason: 'one of the two commits is not in this repository' });
    expect(await isAncestor(policies, '--exec=x', second, ENVIRONMENT)).to.have.property('known', false);
    expect(await isAncestor(tmpdir(), first, second, ENVIRONMENT)).to.have.property('known', false);
  });

  it('does not guess in a shallow checkout, but describes it', async () => {
    git('init', '--quiet');
    const first = commit();
    const second = commit();
    git('clone', '--quiet', '--depth', '1', `file://${home}`, 'shallow');
    const shallow = join(home, 'shallow');
    expect((await describeCheckout(shallow, ENVIRONMENT)).revision?.commit).to.equal(second);
    const answer = await isAncestor(shallow, first, second, ENVIRONMENT);
    expect(answer).to.have.property('known', false);
    expect(answer).to.have.property('reason').that.contains('shallow');
  });
});
