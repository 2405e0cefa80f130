import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { endpointOf } from '../../../../src/adapters/vault/connection.js';
import type { Addresses, Endpoint } from '../../../../src/adapters/vault/connection.js';
import type { Environment } from '../../../../src/adapters/system/environment.js';

describe('[U] where Vault is', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyturn-endpoint-'));
    await writeFile(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\nca\n');
    await writeFile(join(folder, 'key.pem'), '-----BEGIN PRIVATE KEY-----\nkey-4711\n');
    await writeFile(join(folder, 'note.txt'), 'no certificate');
    await mkdir(join(folder, 'many'));
    await writeFile(join(folder, 'many', 'a.crt'), '-----BEGIN CERTIFICATE-----\na\n');
    await writeFile(join(folder, 'many', 'b.pem'), '-----BEGIN CERTIFICATE-----\nb\n');
  });
  after(() => rm(folder, { recursive: true }));

  const ADDR = { VAULT_ADDR: 'https://vault.test:8200' };
  const found = async (env: Environment, addresses: Addresses = {}): Promise<Endpoint> => {
    const result = await endpointOf(env, addresses);
    return result.ok ? result.endpoint : expect.fail(JSON.stringify(result.problems));
  };
  const codes = async (env: Environment, addresses: Addresses = {}): Promise<readonly string[]> => {
    const result = await endpointOf(env, addresses);
    const diagnostics = result.ok ? result.warnings : result.problems.map(({ diagnostic }) => diagnostic);
    return diagnostics.map(({ severity, code }) => `${severity} ${code}`);
  };

  it('is told by flag, environment and settings, in this order', async () => {
    const all = { flag: 'https://flag', settings: 'https://settings' };
    expect(await found(ADDR, all)).to.include({ address: 'https://flag', addressFrom: '--vault-address' });
    expect(await found(ADDR, { settings: 'https://settings' })).to.include({ addressFrom: 'VAULT_ADDR' });
    expect(await found({ BAO_ADDR: 'https://bao' }, { settings: 'https://settings' })).to.include({
      address: 'https://bao',
    });
    expect(await found({ VAULT_ADDR: '' }, { settings: 'https://settings' })).to.include({
      addressFrom: 'vault.address',
    });
    expect(await codes({})).to.deep.equal(['error KT2001']);
  });

  it('is an http or https URL, a path kept, slashes at its end not', async () => {
    expect((await found({ VAULT_ADDR: 'https://gate.test/vault//' })).address).to.equal('https://gate.test/vault');
    for (const VAULT_ADDR of [
      'vault.test:8200',
      'unix:///run/vault.sock',
      'https://u:p@vault.test',
      'https://vault.test?x=1',
    ]) {
      expect(await codes({ VAULT_ADDR })).to.deep.equal(['error KT2002']);
    }
  });

  it('is warned about over plain http, except on the loopback interface', async () => {
    expect(await codes({ VAULT_ADDR: 'http://vault.test' })).to.deep.equal(['warning KT2010']);
    for (const VAULT_ADDR of ['http://127.0.0.1:8200', 'http://localhost:8200', 'http://[::1]:8200']) {
      expect(await codes({ VAULT_ADDR })).to.deep.equal([]);
    }
  });

  it('verifies certificates unless VAULT_SKIP_VERIFY says exactly true or 1', async () => {
    for (const value of ['true', '1']) {
      const env = { ...ADDR, VAULT_SKIP_VERIFY: value };
      expect((await found(env)).tls.verify).to.equal(false);
      expect(await codes(env)).to.deep.equal(['warning KT2009']);
    }
    for (const value of ['TRUE', 'yes', 't', ' true']) {
      const env = { ...ADDR, VAULT_SKIP_VERIFY: value };
      expect((await found(env)).tls.verify).to.equal(true);
      expect(await codes(env)).to.deep.equal(['warning KT2009']);
    }
    for (const value of ['false', '0', '']) {
      const env = { ...ADDR, VAULT_SKIP_VERIFY: value };
      expect((await found(env)).tls.verify).to.equal(true);
      expect(await codes(env)).to.deep.equal([]);
    }
  });

  it('takes authorities from a file or a folder, the file first', async () => {
    const file = { VAULT_CACERT: join(folder, 'ca.pem') };
    const many = { VAULT_CAPATH: join(folder, 'many') };
    expect((await found({ ...ADDR, ...file, ...many })).tls.ca).to.have.length(1);
    expect((await found({ ...ADDR, ...many })).tls.ca).to.have.length(2);
    expect(await codes({ ...ADDR, VAULT_CACERT: join(folder, 'absent.pem') })).to.deep.equal(['error KT2008']);
    expect(await codes({ ...ADDR, VAULT_CACERT: join(folder, 'note.txt') })).to.deep.equal(['error KT2008']);
    expect(await codes({ ...ADDR, VAULT_CAPATH: join(folder, 'none') })).to.deep.equal(['error KT2008']);
  });

  it('takes a client certificate with its key, both or neither, the key as material', async () => {
    const cert = { VAULT_CLIENT_CERT: join(folder, 'ca.pem') };
    const key = { VAULT_CLIENT_KEY: join(folder, 'key.pem') };
    const endpoint = await found({ ...ADDR, ...cert, ...key, VAULT_TLS_SERVER_NAME: 'inner.test' });
    expect(endpoint.tls).to.include({ servername: 'inner.test' });
    expect(JSON.stringify(endpoint)).to.include('[material]').and.not.include('4711');
    expect(await codes({ ...ADDR, ...cert })).to.deep.equal(['error KT2008']);
    expect(await codes({ ...ADDR, ...key })).to.deep.equal(['error KT2008']);
  });

  it('takes a namespace without its slashes', async () => {
    expect((await found({ ...ADDR, VAULT_NAMESPACE: '/team/a/' })).namespace).to.equal('team/a');
    expect(await found(ADDR)).to.not.have.property('namespace');
  });

  it('names a proxy that cannot be used, only where it would be', async () => {
    const env = { ...ADDR, HTTPS_PROXY: 'socks5://user:pass-4711@proxy.test' };
    expect(await codes(env)).to.deep.equal(['error KT2011']);
    expect(JSON.stringify(await endpointOf(env, {}))).to.not.include('4711');
    expect(await codes({ ...env, NO_PROXY: 'vault.test' })).to.deep.equal([]);
  });

  it('tells everything that is wrong at once', async () => {
    const env = { VAULT_ADDR: 'vault', VAULT_CACERT: join(folder, 'absent.pem') };
    expect(await codes(env)).to.deep.equal(['error KT2002', 'error KT2008']);
  });
});
