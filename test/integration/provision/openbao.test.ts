import { readFile } from 'node:fs/promises';

import { expect } from 'chai';

import { startOpenBao } from '../../support/real/openbao.js';
import { describeReal } from '../../support/real/require.js';
import { sharedOpenBao } from '../../support/real/shared.js';

describeReal('openbao', '[I] a real OpenBao', () => {
  it('stores and returns a version of a secret for the root token', async () => {
    const vault = await sharedOpenBao();
    const written = await vault.request('POST', 'secret/data/provision/one', {
      options: { cas: 0 },
      data: { key: 'a' },
    });
    expect(written).to.deep.include({ status: 200 });
    const read = await vault.request('GET', 'secret/data/provision/one');
    expect(read).to.have.nested.property('body.data.data.key', 'a');
    expect(read).to.have.nested.property('body.data.metadata.version', 1);
  });

  it('refuses a request without a token', async () => {
    const vault = await sharedOpenBao();
    const read = await vault.request('GET', 'secret/data/provision/one', undefined, '');
    expect(read.status).to.equal(403);
  });

  it('records paths in its audit file, and no value', async () => {
    const vault = await sharedOpenBao();
    await vault.request('POST', 'secret/data/provision/audited', { data: { key: 'value-in-the-clear' } });
    const audit = await readFile(vault.auditFile, 'utf8');
    expect(audit).to.include('secret/data/provision/audited');
    expect(audit).not.to.include('value-in-the-clear');
    expect(audit).not.to.include(vault.rootToken);
  });

  it('keeps its root token out of its arguments', async () => {
    const vault = await sharedOpenBao();
    const commandLine = await readFile(`/proc/${vault.pid}/cmdline`, 'utf8');
    expect(commandLine).to.include('-dev');
    expect(commandLine).not.to.include(vault.rootToken);
  });

  it('is another server with another token at each start, and gone after kill and close', async () => {
    const shared = await sharedOpenBao();
    const own = await startOpenBao();
    expect(own.address).not.to.equal(shared.address);
    expect(own.rootToken).not.to.equal(shared.rootToken);
    await own.kill();
    const refused = await own.request('GET', 'sys/health').then(
      () => 'answered',
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(refused).to.equal('ECONNREFUSED');
    await own.close();
    const audit = await readFile(own.auditFile).catch((error: NodeJS.ErrnoException) => error.code);
    expect(audit).to.equal('ENOENT');
  });
});
