import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { readPolicyFolder } from '../../../../src/adapters/files/policies.js';

describe('[U] reading a policies folder', () => {
  let home: string;

  const put = (path: string, text = 'a: 1\n'): void => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  const link = (path: string, target: string): void => symlinkSync(target, join(home, path));

  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-files-')));
    mkdirSync(join(home, 'policies'));
  });

  afterEach(() => rmSync(home, { recursive: true }));

  it('finds YAML files at any depth, sorted by code units, with paths from where the program runs', async () => {
    for (const path of [
      'policies/b.yaml',
      'policies/B.yml',
      'policies/a/z.yaml',
      'policies/a.yaml',
      'policies/readme.md',
    ])
      put(path, path);
    const { files, problems } = await readPolicyFolder('policies', home);
    expect(files.map((file) => file.path)).to.deep.equal([
      'policies/B.yml',
      'policies/a.yaml',
      'policies/a/z.yaml',
      'policies/b.yaml',
    ]);
    expect(Buffer.from(files[2]?.bytes ?? []).toString()).to.equal('policies/a/z.yaml');
    expect(files[2]?.size).to.equal(17);
    expect(problems).to.deep.equal([]);
  });

  it('names a folder outside the place where the program runs from there', async () => {
    put('policies/a.yaml');
    mkdirSync(join(home, 'ci'));
    const { files } = await readPolicyFolder('../policies', join(home, 'ci'));
    expect(files.map((file) => file.path)).to.deep.equal(['../policies/a.yaml']);
  });

  it('leaves out hidden files and folders', async () => {
    for (const path of ['policies/.a.yaml', 'policies/.git/b.yaml', 'policies/c/.d/e.yaml', 'policies/f.yaml'])
      put(path);
    const { files } = await readPolicyFolder('policies', home);
    expect(files.map((file) => file.path)).to.deep.equal(['policies/f.yaml']);
  });

  it('does not read a file of more than 1 MB, but says how long it is', async () => {
    put('policies/large.yaml', 'x'.repeat(1024 * 1024 + 1));
    put('policies/limit.yaml', 'x'.repeat(1024 * 1024));
    const { files } = await readPolicyFolder('policies', home);
    expect(files.map((file) => [file.path, file.bytes.length, file.size])).to.deep.equal([
      ['policies/large.yaml', 0, 1_048_577],
      ['policies/limit.yaml', 1_048_576, 1_048_576],
    ]);
  });

  it('reports links that leave the folder, to files and to folders, without reading them', async () => {
    put('outside/secret.yaml', 'token: s3cr3t');
    link('policies/file.yaml', '../outside/secret.yaml');
    link('policies/folder', '../outside');
    link('policies/neighbour.yaml', '../policies-other.yaml');
    put('policies-other.yaml');
    link('policies/other.txt', '../outside/secret.yaml');
    const { files } = await readPolicyFolder('policies', home);
    expect(files).to.deep.equal(
      ['file.yaml', 'folder', 'neighbour.yaml'].map((name) => ({
        path: `policies/${name}`,
        bytes: new Uint8Array(),
        escapes: true,
      })),
    );
  });

  it('follows links to files inside, as a mounted ConfigMap has them, and reports those to folders', async () => {
    put('policies/..data/a.yaml', 'mounted');
    link('policies/a.yaml', '..data/a.yaml');
    put('policies/b/c.yaml');
    link('policies/again', 'b');
    const { files, problems } = await readPolicyFolder('policies', home);
    expect(files.map((file) => [file.path, Buffer.from(file.bytes).toString()])).to.deep.equal([
      ['policies/a.yaml', 'mounted'],
      ['policies/b/c.yaml', 'a: 1\n'],
    ]);
    expect(problems.map((one) => [one.problem, one.path])).to.deep.equal([['linkedFolder', 'policies/again']]);
  });

  it('takes a policies folder that is itself a link', async () => {
    put('real/a.yaml');
    link('linked', 'real');
    const { files } = await readPolicyFolder('linked', home);
    expect(files.map((file) => file.path)).to.deep.equal(['linked/a.yaml']);
  });

  it('reports what it cannot read and reads the rest', async () => {
    put('policies/a.yaml');
    link('policies/b.yaml', 'nowhere.yaml');
    link('policies/c.yaml', 'c.yaml');
    link('policies/nowhere', 'nothing');
    execFileSync('mkfifo', [join(home, 'policies/pipe.yaml')]);
    const { files, problems } = await readPolicyFolder('policies', home);
    expect(files.map((file) => file.path)).to.deep.equal(['policies/a.yaml']);
    expect(problems).to.deep.equal([
      { problem: 'danglingLink', path: 'policies/b.yaml', summary: '`policies/b.yaml` is a link to nothing' },
      { problem: 'danglingLink', path: 'policies/c.yaml', summary: '`policies/c.yaml` is a link to nothing' },
      { problem: 'notAFile', path: 'policies/pipe.yaml', summary: '`policies/pipe.yaml` is not a file' },
    ]);
  });

  it('says that the folder is not there, or is none', async () => {
    put('file');
    const kinds = async (folder: string): Promise<readonly string[]> =>
      (await readPolicyFolder(folder, home)).problems.map((one) => `${one.problem} ${one.path}`);
    expect(await kinds('missing')).to.deep.equal(['absent missing']);
    expect(await kinds('file')).to.deep.equal(['notAFolder file']);
    expect(await kinds('file/below')).to.deep.equal(['unreadable file/below']);
    expect((await readPolicyFolder('.', home)).problems).to.deep.equal([]);
  });
});
