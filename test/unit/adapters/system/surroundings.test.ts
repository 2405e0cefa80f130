import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { environment, whoAmI } from '../../../../src/adapters/system/environment.js';
import { filesIn, othersMayRead, readSmallFile } from '../../../../src/adapters/system/files.js';
import { instantOfHttpDate } from '../../../../src/adapters/system/http-date.js';

describe('[U] environment and whoAmI', () => {
  it('is a copy that nobody can change', () => {
    const copy = environment();
    expect(copy['PATH']).to.equal(process.env['PATH']);
    expect(Object.isFrozen(copy)).to.equal(true);
  });

  it('names the CI job where there is one, else user and host', () => {
    expect(whoAmI({ CI_JOB_URL: 'https://gitlab.test/job/1' })).to.equal('https://gitlab.test/job/1');
    expect(whoAmI({ CI_JOB_URL: '' })).to.match(new RegExp(`^[^@]+@${hostname()}$`));
  });
});

describe('[U] instantOfHttpDate', () => {
  it('reads the one form that may be sent', () => {
    expect(instantOfHttpDate('Tue, 24 Nov 2026 11:00:05 GMT')).to.equal(Date.UTC(2026, 10, 24, 11, 0, 5));
  });

  it('knows nothing else', () => {
    for (const text of ['', '24 Nov 2026', 'Tuesday, 24-Nov-26 11:00:05 GMT', 'Tue, 24 Nov 2026 11:00:05 +0100']) {
      expect(instantOfHttpDate(text)).to.equal(undefined);
    }
  });
});

describe('[U] small files', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyturn-files-'));
    await writeFile(join(folder, 'b.pem'), 'text ü');
    await chmod(join(folder, 'b.pem'), 0o640);
    await writeFile(join(folder, 'a.crt'), 'x');
    await writeFile(join(folder, 'c.txt'), 'x');
  });
  after(() => rm(folder, { recursive: true }));

  it('gives text and permissions', async () => {
    const read = await readSmallFile(join(folder, 'b.pem'));
    expect(read).to.deep.equal({ ok: true, file: { text: 'text ü', mode: 0o640 } });
  });

  it('gives the code of what is wrong, and never throws', async () => {
    expect(await readSmallFile(join(folder, 'absent'))).to.deep.equal({ ok: false, code: 'ENOENT' });
    expect(await readSmallFile(join(folder, 'b.pem'), 3)).to.deep.equal({ ok: false, code: 'TOOBIG' });
    expect(await readSmallFile(folder)).to.deep.equal({ ok: false, code: 'EISDIR' });
  });

  it('lists files by their endings, sorted', async () => {
    expect(await filesIn(folder, ['.pem', '.crt'])).to.deep.equal([join(folder, 'a.crt'), join(folder, 'b.pem')]);
    expect(await filesIn(join(folder, 'absent'), ['.pem'])).to.equal(undefined);
  });

  it('tells whether others may read', () => {
    expect([0o600, 0o400, 0o640, 0o604].map(othersMayRead)).to.deep.equal([false, false, true, true]);
  });
});
