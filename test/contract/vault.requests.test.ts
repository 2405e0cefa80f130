import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { systemClock } from '../../src/adapters/system/clock.js';
import { connectVault, createVault } from '../../src/adapters/vault/client.js';
import type { VaultClient, VaultOptions } from '../../src/adapters/vault/client.js';
import { Material } from '../../src/domain/material.js';
import { faultOf } from './faults.js';
import { bodyOf, http, json } from './loopback.js';
import type { Loopback } from './loopback.js';

interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describe('[C] the requests of the Vault adapter', () => {
  const seen: Seen[] = [];
  let server: Loopback;
  let vault: VaultClient | undefined;
  let asked = 0;

  const DATE = 'Tue, 24 Nov 2026 11:00:00 GMT';
  const answers: { readonly [line: string]: unknown } = {
    'GET /gate/v1/auth/token/lookup-self': { data: { ttl: 60, renewable: true, display_name: 'x' } },
    'GET /gate/v1/sys/internal/ui/mounts/secret/a': {
      data: { path: 'secret/', type: 'kv', options: { version: '2' } },
    },
    'GET /gate/v1/secret/metadata/a/?list=true': { data: { keys: ['b'] } },
    'GET /gate/v1/sys/health': { initialized: true, sealed: false, standby: true, version: '1.21.4' },
  };

  before(async () => {
    server = await http((request, response) => {
      void bodyOf(request).then((body) => {
        const line = `${request.method} ${request.url}`;
        seen.push({ line, headers: request.headers, body });
        if (line.includes('/busy'))
          json(response, (asked += 1) < 3 ? 429 : 200, { data: { version: 1, created_time: '2026-11-24T11:00:00Z' } });
        else if (line.includes('/health')) json(response, 429, answers[line]);
        else if (line.includes('/data/')) json(response, 500, { errors: ['internal error'] });
        else json(response, answers[line] === undefined ? 404 : 200, answers[line] ?? { errors: [] }, { date: DATE });
      });
    });
  });
  after(() => server.close());
  beforeEach(async () => {
    seen.length = 0;
    const options: VaultOptions = {
      endpoint: {
        address: `http://127.0.0.1:${server.port}/gate`,
        addressFrom: 'test',
        namespace: 'team/a',
        tls: { verify: true },
      },
      env: { VAULT_TOKEN: 'test-token' },
      role: 'plan',
      runId: 'run-1',
      deadline: 2_000,
      clock: { ...systemClock(), sleep: () => Promise.resolve() },
      random: () => 0,
    };
    const result = await createVault(options);
    if (!result.ok) return expect.fail(JSON.stringify(result.problems));
    vault = result.vault;
  });
  afterEach(() => vault?.close());
  const client = (): VaultClient => vault ?? expect.fail('no client');

  it('carry token, namespace, run id and the mark of a Vault request, below the path of the address', async () => {
    await client().kv.list('secret/a');
    expect(seen.map(({ line }) => line)).to.deep.equal(Object.keys(answers).slice(0, 3));
    for (const { headers } of seen) {
      expect(headers).to.include({
        'x-vault-token': 'test-token',
        'x-vault-namespace': 'team/a',
        'x-keyturn-run': 'run-1',
        'x-vault-request': 'true',
      });
    }
  });

  it('ask for the health of the server once, outside the namespace, and read any status', async () => {
    expect(await client().health()).to.deep.equal({
      initialized: true,
      sealed: false,
      standby: true,
      version: '1.21.4',
    });
    expect(seen.map(({ line }) => line).slice(1)).to.deep.equal(['GET /gate/v1/sys/health']);
    expect(seen[1]?.headers).to.not.have.property('x-vault-namespace');
  });

  it('write a patch as a merge patch with its cas', async () => {
    await faultOf(client().kv.patch('secret/a', { key: new Material('v'), gone: null }, 3));
    const patch = seen.at(-1);
    expect(patch?.line).to.equal('PATCH /gate/v1/secret/data/a');
    expect(patch?.headers).to.include({ 'content-type': 'application/merge-patch+json', 'x-keyturn-run': 'run-1' });
    expect(JSON.parse(patch?.body ?? '')).to.deep.equal({ data: { key: 'v', gone: null }, options: { cas: 3 } });
  });

  it('repeat reads that a server cannot serve now, and no write', async () => {
    expect((await faultOf(client().kv.read('secret/a'))).kind).to.equal('unavailable');
    expect(seen.filter(({ line }) => line.includes('/data/'))).to.have.length(4);
    seen.length = 0;
    expect(await faultOf(client().kv.write('secret/a', {}, 0))).to.include({ kind: 'unavailable', effect: 'unknown' });
    expect(seen).to.have.length(1);
  });

  it('repeat a write that was refused because there are too many', async () => {
    await client().kv.list('secret/a');
    expect((await client().kv.write('secret/busy', {}, 0)).version).to.equal(1);
    expect(asked).to.equal(3);
  });

  it("tell the server's clock, and go on by this machine's", async () => {
    const at = Date.UTC(2026, 10, 24, 11);
    expect(client().serverTime()).to.be.within(at, at + 2_000);
  });

  it('go where flag, environment or settings say, with every warning', async () => {
    const common = { role: 'plan', runId: 'run-2', deadline: 2_000, clock: systemClock(), random: () => 0 } as const;
    const env = { VAULT_TOKEN: 'test-token', VAULT_SKIP_VERIFY: 'perhaps' };
    const addresses = { settings: `http://127.0.0.1:${server.port}/gate` };
    const result = await connectVault({ ...common, env, addresses });
    if (!result.ok) return expect.fail(JSON.stringify(result.problems));
    expect(result.warnings.map(({ code }) => code)).to.deep.equal(['KT2009']);
    expect(result.vault.identityFrom).to.equal('VAULT_TOKEN');
    await result.vault.close();
    const nowhere = await connectVault({ ...common, env, addresses: {} });
    expect(nowhere.ok ? [] : nowhere.problems.map(({ diagnostic }) => diagnostic.code)).to.deep.equal(['KT2001']);
  });
});
