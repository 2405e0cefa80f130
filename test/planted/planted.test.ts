import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { projectRoot } from '../support/real/components.js';
import { PLANTED } from './faults.js';
import { type Variant, VARIANTS } from './variants.js';

/** What mocha's reporter `json` says. */
interface Report {
  readonly passes: readonly { readonly fullTitle: string }[];
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message: string } }[];
}

/** The short half of the seeded simulation. */
const SEEDED = {
  test: 'simulation/seeded',
  title:
    '[X] runners that interleave as a seed has it, with mishaps keep every promise at every moment, in a few hundred rotations',
};

/** The compiled project that this very file is part of. */
const build = fileURLToPath(new URL('../..', import.meta.url));
const modules = realpathSync(join(projectRoot, 'node_modules'));

function run(folder: string, tests: readonly string[], grep: string): Report {
  const mocha = join(modules, 'mocha', 'bin', 'mocha.js');
  const files = tests.map((test) => join('test', `${test}.test.js`));
  const args = [mocha, '--no-config', '--exit', '--reporter', 'json', '--grep', grep, ...files];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', timeout: 20_000 });
  const start = stdout.indexOf('{');
  if (start === -1) throw new Error(`mocha said nothing: ${stderr}`);
  return JSON.parse(stdout.slice(start)) as Report;
}

function exactly(...titles: readonly string[]): string {
  return `^(${titles.map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|')})$`;
}

/** Puts the fault in for as long as the work takes. */
function planted<T>(folder: string, { file, find, put }: Omit<Variant, 'broken'>, work: () => T): T {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  expect(text.split(find), `${file} holds exactly once what is replaced`).to.have.length(2);
  writeFileSync(
    path,
    text.replace(find, () => put),
  );
  try {
    return work();
  } finally {
    writeFileSync(path, text);
  }
}

describe('[I] a fault that is put into the code', () => {
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyturn-planted-'));
    for (const part of ['src', 'test/unit', 'test/support', 'test/contract', 'test/simulation'])
      cpSync(join(build, part), join(folder, part), { recursive: true, filter: (path) => !path.endsWith('.map') });
    symlinkSync(modules, join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is all that these tests fail for: without one they pass', () => {
    const titles = [...PLANTED, SEEDED].map(({ title }) => title);
    const { passes, failures } = run(
      folder,
      [...new Set([...PLANTED, SEEDED].map(({ test }) => test))],
      exactly(...titles),
    );
    expect(failures).to.deep.equal([]);
    expect(passes.map(({ fullTitle }) => fullTitle)).to.have.members([...new Set(titles)]);
  });

  for (const fault of PLANTED)
    it(`is noticed: ${fault.broken}`, () => {
      const { passes, failures } = planted(folder, { ...fault, file: join('src', fault.file) }, () =>
        run(folder, [fault.test], exactly(fault.title)),
      );
      expect(passes, 'the test passes in spite of it').to.deep.equal([]);
      expect(failures.map(({ fullTitle }) => fullTitle)).to.deep.equal([fault.title]);
    });

  for (const variant of VARIANTS)
    it(`breaks a promise in some interleaving: ${variant.broken}`, () => {
      const { passes, failures } = planted(folder, variant, () => run(folder, [SEEDED.test], exactly(SEEDED.title)));
      expect(passes, 'every promise was kept in spite of it').to.deep.equal([]);
      expect(failures.map(({ fullTitle }) => fullTitle)).to.deep.equal([SEEDED.title]);
      expect(failures[0]?.err.message).to.match(/^broken: /);
    });
});
