import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startVault } from '../../../../src/sandbox/vault/server.js';
import type { Interference } from '../../../../src/sandbox/vault/server.js';
import { ROOT, bench, type Bench } from './ask.js';

describe('[U] the embedded Vault as a server', () => {
  let at: Bench;
  const more: Bench[] = [];

  const another = async (options: Parameters<typeof bench>[0]): Promise<Bench> => {
    const made = await bench(options);
    more.push(made);
    return made;
  };

  beforeEach(async () => {
    at = await bench();
  });

  afterEach(async () => {
    await Promise.all([at, ...more.splice(0)].map((one) => one.vault.close()));
  });

  it('listens on the loopback interface and follows its own clock, in the Date header too', async () => {
    expect(at.vault.address).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    at.wait(3600);
    const { headers, body } = await at.ask('GET', 'sys/health', { token: '' });
    expect(headers.get('date')).to.equal('Tue, 24 Nov 2026 12:00:00 GMT');
    expect(body).to.include({ initialized: true, sealed: false, standby: false, version: '2.7.2' });
    expect(body.server_time_utc).to.equal(Date.parse('2026-11-24T12:00:00Z') / 1000);
  });

  it('answers 503 to everything but its status while it is sealed, and keeps what it had', async () => {
    await at.ask('POST', 'secret/data/a', { body: { data: { x: 1 } } });
    at.vault.seal();
    const { status, body } = await at.ask('GET', 'secret/data/a');
    expect([status, body]).to.deep.equal([503, { errors: ['Vault is sealed'] }]);
    expect((await at.ask('GET', 'sys/health')).status).to.equal(503);
    expect((await at.ask('GET', 'sys/seal-status')).body.sealed).to.equal(true);
    at.vault.unseal();
    expect((await at.ask('GET', 'secret/data/a')).body.data.data).to.deep.equal({ x: 1 });
  });

  it('is sealed by a request of root and unsealed with its key', async () => {
    expect((await at.ask('PUT', 'sys/seal')).status).to.equal(204);
    expect((await at.ask('PUT', 'sys/unseal', { body: { key: 'wrong' } })).status).to.equal(400);
    const { body } = await at.ask('PUT', 'sys/unseal', { body: { key: at.vault.unsealKey } });
    expect(body.sealed).to.equal(false);
  });

  it('has the mounts it was given, makes and removes others, and none inside another', async () => {
    const two = await another({ mounts: ['kv', 'deep/er/'] });
    const table = (await two.ask('GET', 'sys/mounts')).body.data;
    expect(table).to.include.keys('kv/', 'deep/er/', 'sys/').and.not.to.include.keys('secret/');
    const make = (path: string, body: unknown) => two.ask('POST', `sys/mounts/${path}`, { body });
    expect((await make('new', { type: 'kv', options: { version: '2' } })).status).to.equal(204);
    expect((await two.ask('POST', 'new/data/a', { body: { data: {} } })).status).to.equal(200);
    expect((await make('new/inside', { type: 'kv-v2' })).body.errors).to.deep.equal(['path is already in use at new/']);
    expect((await make('odd', { type: 'nonsense' })).status).to.equal(400);
    await two.ask('DELETE', 'sys/mounts/new');
    expect((await two.ask('GET', 'new/data/a')).status).to.equal(404);
  });

  it('serves KV version 1 where a mount has no version', async () => {
    await at.ask('POST', 'sys/mounts/old', { body: { type: 'kv' } });
    await at.ask('POST', 'old/a', { body: { x: '1' } });
    expect((await at.ask('GET', 'old/a')).body.data).to.deep.equal({ x: '1' });
    expect((await at.ask('GET', 'old?list=true')).body.data.keys).to.deep.equal(['a']);
  });

  it('answers reads from the past while it lags behind, and writes from the present', async () => {
    const put = (n: number, cas: number) =>
      at.ask('POST', 'secret/data/a', { body: { data: { n }, options: { cas } } });
    const read = async (where?: string) =>
      (await at.ask('GET', 'secret/data/a', where === undefined ? {} : { at: where })).body.data?.data;
    await put(1, 0);
    at.vault.setStale(true);
    expect((await put(2, 1)).body.data.version).to.equal(2);
    expect(await read()).to.deep.equal({ n: 1 });
    expect(await read(at.vault.activeAddress)).to.deep.equal({ n: 2 });
    expect((await at.ask('GET', 'secret/metadata/a')).body.data.current_version).to.equal(1);
    expect((await put(3, 1)).status).to.equal(400);
    at.vault.sync();
    expect(await read()).to.deep.equal({ n: 2 });
    await at.ask('POST', 'secret/data/b', { body: { data: {} } });
    expect((await at.ask('GET', 'secret/data/b')).status).to.equal(404);
    at.vault.setStale(false);
    expect((await at.ask('GET', 'secret/data/b')).status).to.equal(200);
  });

  it('says that it is a standby while it lags behind, and where the active node is', async () => {
    at.vault.setStale(true);
    const health = await at.ask('GET', 'sys/health');
    expect([health.status, health.body.standby]).to.deep.equal([429, true]);
    expect((await at.ask('GET', 'sys/health?standbyok=true')).status).to.equal(200);
    const leader = await at.ask('GET', 'sys/leader');
    expect(leader.body).to.deep.include({ is_self: false, leader_address: at.vault.activeAddress });
    expect((await at.ask('GET', 'sys/health', { at: at.vault.activeAddress })).status).to.equal(200);
  });

  it('goes on from a snapshot: keys, versions, tokens, policies, mounts', async () => {
    await at.ask('POST', 'sys/mounts/new', { body: { type: 'kv-v2' } });
    await at.ask('POST', 'new/data/a', { body: { data: { x: '1' } } });
    await at.ask('POST', 'new/data/a', { body: { data: { $map: [1], deep: { $object: 'x' } } } });
    const token = await at.tokenFor('path "new/data/*" { capabilities = ["read", "update"] }', { ttl: '1h' });
    const snapshot = at.vault.snapshot();
    expect(JSON.parse(JSON.stringify(snapshot))).to.deep.equal(snapshot);
    await at.ask('DELETE', 'new/metadata/a');
    const again = await another({ state: snapshot });
    const first = await again.ask('GET', 'new/data/a?version=1', { token });
    expect(first.body.data.data).to.deep.equal({ x: '1' });
    const second = await again.ask('GET', 'new/data/a', { token });
    expect(second.body.data.data).to.deep.equal({ $map: [1], deep: { $object: 'x' } });
    const write = { token, body: { data: {}, options: { cas: 2 } } };
    expect((await again.ask('POST', 'new/data/a', write)).body.data.version).to.equal(3);
    expect((await again.ask('GET', 'secret/metadata?list=true')).status).to.equal(404);
  });

  it('remembers who asked for what, with the headers of the request but for the token', async () => {
    const token = await at.tokenFor('path "secret/data/*" { capabilities = ["read"] }', { display_name: 'runner' });
    const headers = { 'x-keyturn-run': 'run-1' };
    await at.ask('GET', 'secret/data/a', { token, headers });
    await at.ask('POST', 'secret/data/a', { token, headers, body: { data: { x: 'value' } } });
    const [read, write] = at.vault.audit().slice(-2);
    expect(read).to.deep.include({
      time: Date.parse('2026-11-24T11:00:00Z'),
      operation: 'read',
      path: 'secret/data/a',
      displayName: 'token-runner',
      policies: ['default', 'policy-1'],
      headers: { 'x-keyturn-run': 'run-1' },
      status: 404,
    });
    expect(write).to.deep.include({ operation: 'create', status: 403 });
    expect(write?.error).to.match(/permission denied/);
    expect(JSON.stringify(at.vault.audit())).not.to.include('value').and.not.to.include(token);
  });

  it('appends to an audit file what a file device writes, two lines a request', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-audit-'));
    try {
      const auditFile = join(folder, 'audit.log');
      const audited = await another({ auditFile });
      const headers = { 'x-keyturn-run': 'run-1' };
      await audited.ask('POST', 'secret/data/a', { body: { data: { x: 'value' } }, headers });
      const text = readFileSync(auditFile, 'utf8');
      const [request, response] = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(request?.['type']).to.equal('request');
      expect(response?.['type']).to.equal('response');
      expect(response?.['request']).to.deep.include({
        operation: 'create',
        path: 'secret/data/a',
        mount_point: 'secret/',
        headers: { 'x-keyturn-run': ['run-1'] },
      });
      expect(text).not.to.include('value');
      expect(text).not.to.include(ROOT);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  describe('with a test in its way', () => {
    const failing = async (plan: Interference) => {
      let armed = true;
      const one = await another({
        interfere: (request) => (armed && request.method === 'POST' ? plan : undefined),
      });
      const outcome = await one
        .ask('POST', 'secret/data/a', { body: { data: { x: 1 } } })
        .then(({ status }) => status)
        .catch(() => 'cut');
      armed = false;
      return { outcome, took: (await one.ask('GET', 'secret/data/a')).status === 200 };
    };
    const unavailable = { status: 503, headers: {}, body: '{"errors":[]}' };

    it('loses a request before or after it took effect', async () => {
      expect(await failing({ when: 'before', act: 'drop' })).to.deep.equal({ outcome: 'cut', took: false });
      expect(await failing({ when: 'after', act: 'drop' })).to.deep.equal({ outcome: 'cut', took: true });
    });

    it('answers an error before or after it took effect', async () => {
      expect(await failing({ when: 'before', act: unavailable })).to.deep.equal({ outcome: 503, took: false });
      expect(await failing({ when: 'after', act: unavailable })).to.deep.equal({ outcome: 503, took: true });
    });
  });

  it('sends an unclean path to the clean one, and refuses what no path may hold', async () => {
    const { status, headers } = await at.ask('GET', 'secret//data/a');
    expect([status, headers.get('location')]).to.deep.equal([307, '/v1/secret/data/a']);
    expect((await at.ask('GET', 'secret/data/a%00b')).status).to.equal(400);
    expect((await at.ask('POST', 'secret/data/a/', { body: { data: {} } })).status).to.equal(400);
  });

  it('does not start where its port is taken', async () => {
    const port = Number(new URL(at.vault.address).port);
    const outcome = await startVault({ rootToken: ROOT, port }).then(
      () => 'started',
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(outcome).to.equal('EADDRINUSE');
  });

  it('tells no token without one, and has no way to root without a token', async () => {
    expect((await at.ask('GET', 'sys/internal/ui/mounts', { token: '' })).body.data).to.deep.equal({
      auth: {},
      secret: {},
    });
    expect((await at.ask('GET', 'sys/generate-root/attempt', { token: '' })).status).to.equal(405);
    expect((await at.ask('GET', 'sys/generate-root-token/attempt')).body.data.started).to.equal(false);
  });
});
