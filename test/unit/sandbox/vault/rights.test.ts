import { expect } from 'chai';
import { bench, type Bench } from './ask.js';

const DENIED = { errors: ['1 error occurred:\n\t* permission denied\n\n'] };
const BAD_TOKEN = { errors: ['permission denied'] };

describe('[U] who may do what in the embedded Vault', () => {
  let at: Bench;

  before(async () => {
    at = await bench();
    await at.ask('POST', 'secret/data/old', { body: { data: { a: '1' } } });
  });

  after(() => at.vault.close());

  const cases: readonly (readonly [string, string, string, string])[] = [
    ['data', 'read', 'GET', 'secret/data/old'],
    ['data', 'update', 'POST', 'secret/data/old'],
    ['data', 'patch', 'PATCH', 'secret/data/old'],
    ['data', 'delete', 'DELETE', 'secret/data/none'],
    ['metadata', 'read', 'GET', 'secret/metadata/old'],
    ['metadata', 'list', 'GET', 'secret/metadata?list=true'],
    ['metadata', 'update', 'POST', 'secret/metadata/old'],
    ['metadata', 'patch', 'PATCH', 'secret/metadata/old'],
    ['metadata', 'delete', 'DELETE', 'secret/metadata/none'],
    ['subkeys', 'read', 'GET', 'secret/subkeys/old'],
    ['detailed-metadata', 'list', 'GET', 'secret/detailed-metadata?list=true'],
    ['destroy', 'update', 'POST', 'secret/destroy/none'],
    ['undelete', 'update', 'POST', 'secret/undelete/none'],
  ];
  const BODY = { data: { a: '1' }, versions: [1], max_versions: 0 };
  const ALL = ['create', 'read', 'update', 'patch', 'delete', 'list', 'sudo'];

  for (const [area, capability, method, path] of cases) {
    it(`${method} ${path} needs ${capability}, and nothing else will do`, async () => {
      const question = method === 'GET' || method === 'DELETE' ? {} : { body: BODY };
      const exactly = await at.tokenFor(`path "secret/${area}/*" { capabilities = ["${capability}"] }`);
      const others = JSON.stringify(ALL.filter((name) => name !== capability));
      const others2 = await at.tokenFor(`path "secret/${area}/*" { capabilities = ${others} }`);
      expect((await at.ask(method, path, { ...question, token: exactly })).status).to.be.below(300);
      const refused = await at.ask(method, path, { ...question, token: others2 });
      expect([refused.status, refused.body]).to.deep.equal([403, DENIED]);
    });
  }

  for (const area of ['data', 'metadata']) {
    it(`a write to a ${area} path that does not exist needs create, and update is not enough`, async () => {
      const creator = await at.tokenFor(`path "secret/${area}/*" { capabilities = ["create"] }`);
      const updater = await at.tokenFor(`path "secret/${area}/*" { capabilities = ["update"] }`);
      const path = `secret/${area}/new-${area}`;
      expect((await at.ask('POST', path, { body: BODY, token: updater })).status).to.equal(403);
      expect((await at.ask('POST', path, { body: BODY, token: creator })).status).to.be.below(300);
      expect((await at.ask('POST', path, { body: BODY, token: creator })).status).to.equal(403);
    });
  }

  it('tells a token that is not known from one that may not', async () => {
    const limited = await at.tokenFor('path "other" { capabilities = ["read"] }');
    expect((await at.ask('GET', 'secret/data/old', { token: limited })).body).to.deep.equal(DENIED);
    expect((await at.ask('GET', 'secret/data/old', { token: 's.nobody' })).body).to.deep.equal(BAD_TOKEN);
    expect((await at.ask('GET', 'secret/data/old', { token: '' })).body).to.deep.equal(BAD_TOKEN);
  });

  it('denies before it says whether something is mounted or exists', async () => {
    const limited = await at.tokenFor('path "other" { capabilities = ["read"] }');
    for (const path of ['nowhere/data/x', 'secret/data/none', 'sys/nonsense']) {
      expect((await at.ask('GET', path, { token: limited })).body, path).to.deep.equal(DENIED);
    }
  });

  it('takes the token as a bearer too', async () => {
    const headers = { authorization: 'Bearer root-of-the-test' };
    expect((await at.ask('GET', 'secret/data/old', { token: '', headers })).status).to.equal(200);
  });

  it('tells the capabilities of the caller, sorted, and root for root', async () => {
    const limited = await at.tokenFor('path "secret/data/*" { capabilities = ["update", "read"] }');
    const paths = ['secret/data/x', 'secret/metadata/'];
    const { body } = await at.ask('POST', 'sys/capabilities-self', { token: limited, body: { paths } });
    expect(body.data).to.deep.equal({ 'secret/data/x': ['read', 'update'], 'secret/metadata/': ['deny'] });
    expect(body['secret/data/x']).to.deep.equal(['read', 'update']);
    const root = await at.ask('POST', 'sys/capabilities-self', { body: { paths: ['x'] } });
    expect(root.body.data).to.deep.equal({ x: ['root'], capabilities: ['root'] });
  });

  it('wants sudo beside list for the accessors of all tokens', async () => {
    const plain = await at.tokenFor('path "auth/token/accessors" { capabilities = ["list"] }');
    const sudo = await at.tokenFor('path "auth/token/accessors" { capabilities = ["list", "sudo"] }');
    expect((await at.ask('GET', 'auth/token/accessors?list=true', { token: plain })).status).to.equal(403);
    const { body } = await at.ask('GET', 'auth/token/accessors?list=true', { token: sudo });
    expect(body.data.keys).to.have.length.above(2);
  });

  it('shows a mount to every token that may do something in it, and to no other', async () => {
    const inside = await at.tokenFor('path "secret/data/old" { capabilities = ["read"] }');
    const outside = await at.tokenFor('path "other/*" { capabilities = ["read"] }');
    const shown = await at.ask('GET', 'sys/internal/ui/mounts/secret/data/x', { token: inside });
    expect(shown.body.data).to.deep.include({ path: 'secret/', type: 'kv', options: { version: '2' } });
    expect((await at.ask('GET', 'sys/internal/ui/mounts/secret/data/x', { token: outside })).status).to.equal(403);
  });

  it('lists, reads and deletes policies, but never root or default', async () => {
    await at.ask('PUT', 'sys/policies/acl/Mixed', { body: { policy: 'path "a" { capabilities = ["read"] }' } });
    const { body } = await at.ask('GET', 'sys/policies/acl/mixed');
    expect(body.data).to.include({ name: 'mixed', policy: 'path "a" { capabilities = ["read"] }', version: 1 });
    const names = (await at.ask('GET', 'sys/policies/acl?list=true')).body.data.keys;
    expect(names).to.include.members(['default', 'mixed', 'root']);
    expect((await at.ask('DELETE', 'sys/policies/acl/mixed')).status).to.equal(204);
    expect((await at.ask('GET', 'sys/policies/acl/mixed')).status).to.equal(404);
    for (const name of ['root', 'default']) {
      expect((await at.ask('DELETE', `sys/policies/acl/${name}`)).status).to.equal(400);
    }
  });
});
