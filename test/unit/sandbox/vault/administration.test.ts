import { expect } from 'chai';
import { bench, type Bench } from './ask.js';

describe('[U] administering the embedded Vault', () => {
  let at: Bench;

  const read = async (path: string) => (await at.ask('GET', path)).body.data;
  const write = async (path: string, body: unknown) => (await at.ask('POST', path, { body })).status;
  const names = async (path: string) => (await at.ask('GET', `${path}?list=true`)).body.data?.keys;

  before(async () => {
    at = await bench();
    for (const type of ['approle', 'jwt', 'kubernetes']) await write(`sys/auth/${type}`, { type });
  });

  after(() => at.vault.close());

  it('keeps what a KV mount is told, in the notation of the server', async () => {
    const before = { cas_required: false, delete_version_after: '0s', max_versions: 0, metadata_cas_required: false };
    expect(await read('secret/config')).to.deep.equal(before);
    expect(await write('secret/config', { max_versions: '5', delete_version_after: '90m' })).to.equal(204);
    expect(await read('secret/config')).to.deep.equal({ ...before, max_versions: 5, delete_version_after: '1h30m0s' });
    await write('secret/config', { delete_version_after: '-1s', max_versions: 0 });
    expect(await read('secret/config')).to.include({ delete_version_after: '-1s' });
    await write('secret/config', { delete_version_after: 0 });
  });

  it('scans all keys below a folder, those of the folder first, and nothing as an empty answer', async () => {
    for (const path of ['s/b/c', 's/a', 's/b/c/d']) await write(`secret/data/${path}`, { data: {} });
    expect((await read('secret/metadata/s?scan=true')).keys).to.deep.equal(['a', 'b/c', 'b/c/d']);
    expect((await read('secret/detailed-metadata/s?scan=true')).key_info).to.have.all.keys('a', 'b/c', 'b/c/d');
    expect((await at.ask('GET', 'secret/metadata/none?scan=true')).status).to.equal(200);
  });

  it('points from paths of KV version 1 to those of version 2', async () => {
    const { status, body } = await at.ask('GET', 'secret/some/key');
    expect(status).to.equal(404);
    expect(body.warnings[0]).to.match(/^Invalid path for a versioned K\/V secrets engine/);
    expect((await at.ask('GET', 'secret/data')).body.warnings[0]).to.match(/^Non-listing operations on the root/);
  });

  it('refuses operations and paths that an engine does not have', async () => {
    expect((await at.ask('DELETE', 'secret/config')).status).to.equal(405);
    expect((await at.ask('GET', 'secret/destroy/a')).status).to.equal(405);
    const unknown = await at.ask('GET', 'auth/token/nonsense');
    expect([unknown.status, unknown.body.errors]).to.deep.equal([404, ['1 error occurred:\n\t* unsupported path\n\n']]);
  });

  it('tunes a mount', async () => {
    expect(await write('sys/mounts/secret/tune', { max_lease_ttl: '1h', description: 'ours' })).to.equal(204);
    expect(await read('sys/mounts/secret/tune')).to.include({ max_lease_ttl: 3600, description: 'ours' });
    expect((await at.ask('GET', 'sys/mounts/none/tune')).status).to.equal(400);
  });

  it('shows one mount and one login method, and says which it does not have', async () => {
    expect(await read('sys/mounts/secret')).to.deep.include({ type: 'kv', options: { version: '2' } });
    expect(await read('sys/auth/jwt')).to.include({ type: 'jwt' });
    expect(await read('sys/auth')).to.include.keys('token/', 'approle/', 'jwt/');
    expect((await at.ask('GET', 'sys/auth/none')).body.errors).to.deep.equal(['No auth engine at none/']);
    expect((await at.ask('GET', 'sys/mounts/none')).body.errors).to.deep.equal(['No secret engine mount at none/']);
    expect(await write('sys/mounts/sys/x', { type: 'kv' })).to.equal(400);
    expect((await at.ask('DELETE', 'sys/auth/token')).status).to.equal(400);
  });

  it('keeps AppRole roles and the accessors of their secret ids', async () => {
    await write('auth/approle/role/one', { token_policies: ['a'], secret_id_ttl: '1h' });
    await write('auth/approle/role/one', { token_ttl: '5m', role_id: 'fixed' });
    expect(await read('auth/approle/role/one')).to.deep.include({
      token_policies: ['a'],
      token_ttl: 300,
      secret_id_ttl: 3600,
      bind_secret_id: true,
    });
    expect(await names('auth/approle/role')).to.deep.equal(['one']);
    expect(await read('auth/approle/role/one/role-id')).to.deep.equal({ role_id: 'fixed' });
    expect(await write('auth/approle/role/one', { token_ttl: '2h', token_max_ttl: '1h' })).to.equal(400);
    const made = await at.ask('POST', 'auth/approle/role/one/custom-secret-id', {
      body: { secret_id: 'mine', metadata: '{"who":"me"}' },
    });
    const accessor = made.body.data.secret_id_accessor as string;
    expect(await names('auth/approle/role/one/secret-id')).to.deep.equal([accessor]);
    const looked = await at.ask('POST', 'auth/approle/role/one/secret-id-accessor/lookup', {
      body: { secret_id_accessor: accessor },
    });
    expect(looked.body.data).to.deep.include({ metadata: { who: 'me' }, secret_id_ttl: 3600 });
    expect(looked.body.data.expiration_time).to.match(/^2026-11-24T12:00:00/);
    await write('auth/approle/role/one/secret-id/destroy', { secret_id: 'mine' });
    expect(await names('auth/approle/role/one/secret-id')).to.equal(undefined);
    expect(await write('auth/approle/role/none/secret-id', {})).to.equal(404);
    await at.ask('DELETE', 'auth/approle/role/one');
    expect((await at.ask('GET', 'auth/approle/role/one')).status).to.equal(404);
  });

  it('keeps JWT and Kubernetes roles', async () => {
    const jwt = { role_type: 'jwt', user_claim: 'sub', bound_audiences: 'a,b', token_policies: 'p' };
    await write('auth/jwt/role/r', jwt);
    expect(await read('auth/jwt/role/r')).to.deep.include({ bound_audiences: ['a', 'b'], token_policies: ['p'] });
    expect(await names('auth/jwt/role')).to.deep.equal(['r']);
    const kubernetes = { bound_service_account_names: 'x', bound_service_account_namespaces: 'y', token_ttl: 60 };
    await write('auth/kubernetes/role/r', kubernetes);
    expect(await read('auth/kubernetes/role/r')).to.deep.include({ bound_service_account_names: ['x'], token_ttl: 60 });
    expect(await write('auth/kubernetes/role/r2', { bound_service_account_names: 'x' })).to.equal(400);
    expect((await at.ask('GET', 'auth/jwt/config')).status).to.equal(404);
    await write('auth/kubernetes/config', { kubernetes_host: 'https://kubernetes.test', token_reviewer_jwt: 'secret' });
    const config = await read('auth/kubernetes/config');
    expect(config).to.include({ kubernetes_host: 'https://kubernetes.test', token_reviewer_jwt_set: true });
    expect(JSON.stringify(config)).not.to.include('secret');
  });

  it('is told which request headers its audit log shall show', async () => {
    const path = 'sys/config/auditing/request-headers';
    expect(await write(`${path}/X-Run`, { hmac: false })).to.equal(204);
    expect(await read(path)).to.deep.equal({ headers: { 'x-run': { hmac: false } } });
    await at.ask('DELETE', `${path}/x-run`);
    expect((await at.ask('GET', `${path}/x-run`)).status).to.equal(400);
  });

  it('changes a policy only under the version that the request names', async () => {
    const policy = (name: string) => `path "${name}" { capabilities = ["read"] }`;
    expect(await write('sys/policies/acl/p', { policy: policy('a'), cas: 0 })).to.equal(204);
    expect(await write('sys/policies/acl/p', { policy: policy('b'), cas: 0 })).to.equal(400);
    const encoded = Buffer.from(policy('c')).toString('base64');
    expect(await write('sys/policies/acl/p', { policy: encoded, cas: 1 })).to.equal(204);
    expect(await read('sys/policies/acl/p')).to.include({ policy: policy('c'), version: 2 });
  });

  it('tells the capabilities of another token by its id and by its accessor', async () => {
    const token = await at.tokenFor('path "a" { capabilities = ["read"] }');
    const { accessor } = (await at.ask('POST', 'auth/token/lookup', { body: { token } })).body.data;
    for (const [name, body] of [
      ['capabilities', { token }],
      ['capabilities-accessor', { accessor }],
    ] as const) {
      const answer = await at.ask('POST', `sys/${name}`, { body: { ...body, paths: ['a'] } });
      expect(answer.body.capabilities, name).to.deep.equal(['read']);
    }
  });

  it('reads parameters leniently: numbers as text, lists as text with commas, a list of maps as one map', async () => {
    await write('secret/data/lenient', { data: [{ a: 1 }, { b: 2 }], options: { cas: '0' } });
    expect((await read('secret/data/lenient')).data).to.deep.equal({ a: 1, b: 2 });
    expect(await write('secret/metadata/lenient', { max_versions: '3', cas_required: 'T' })).to.equal(204);
    expect(await read('secret/metadata/lenient')).to.include({ max_versions: 3, cas_required: true });
    expect(await write('secret/delete/lenient', { versions: '1,2' })).to.equal(204);
    for (const body of [{ max_versions: [] }, { cas_required: 'maybe' }, { delete_version_after: '-5s' }]) {
      expect(await write('secret/metadata/lenient', body)).to.equal(400);
    }
  });
});
