import { expect } from 'chai';
import { bench, type Bench } from './ask.js';

const READ = 'path "secret/data/*" { capabilities = ["read"] }';

describe('[U] tokens of the embedded Vault', () => {
  let at: Bench;

  const self = (token: string) => at.ask('GET', 'auth/token/lookup-self', { token });
  const isAlive = async (token: string) => (await self(token)).status === 200;

  beforeEach(async () => {
    at = await bench();
  });

  afterEach(() => at.vault.close());

  it('describe themselves: the root token lives for ever', async () => {
    const { body } = await self('root-of-the-test');
    expect(body.data).to.deep.include({
      policies: ['root'],
      ttl: 0,
      expire_time: null,
      renewable: false,
      orphan: true,
    });
  });

  it('get the default policy, sorted policies and 768 hours unless they ask for less', async () => {
    const made = await at.ask('POST', 'auth/token/create', { body: { policies: ['Zebra', 'ant'], ttl: '90m' } });
    expect(made.body.auth).to.deep.include({ policies: ['ant', 'default', 'zebra'], lease_duration: 5400 });
    expect(made.body.auth.client_token).to.match(/^s\.[A-Za-z0-9]{24}$/);
    expect(made.body.warnings).to.deep.equal(['Policy "ant" does not exist', 'Policy "zebra" does not exist']);
    const long = await at.ask('POST', 'auth/token/create', { body: { policies: ['ant'], ttl: '9999h' } });
    expect(long.body.auth.lease_duration).to.equal(2_764_800);
    expect(long.body.warnings[0]).to.match(/^TTL of "9999h" exceeded the effective max_ttl of "768h"/);
  });

  it('end when their time is over, by the clock of the server', async () => {
    const token = await at.tokenFor(READ, { ttl: '60s' });
    at.wait(59);
    expect((await self(token)).body.data.ttl).to.equal(1);
    at.wait(1);
    expect((await self(token)).body).to.deep.equal({ errors: ['permission denied'] });
  });

  it('are renewed to the increment asked for, never past the maximum', async () => {
    const token = await at.tokenFor(READ, { ttl: '10m', explicit_max_ttl: '1h' });
    const renew = (increment: string) => at.ask('POST', 'auth/token/renew-self', { token, body: { increment } });
    at.wait(300);
    expect((await renew('20m')).body.auth.lease_duration).to.equal(1200);
    const capped = await renew('2h');
    expect(capped.body.auth.lease_duration).to.equal(3300);
    expect(capped.body.warnings[0]).to.match(/exceeded the effective max_ttl/);
    at.wait(3300);
    expect(await isAlive(token)).to.equal(false);
  });

  it('are not renewed where they were made so', async () => {
    const token = await at.tokenFor(READ, { renewable: false });
    const { status, body } = await at.ask('POST', 'auth/token/renew-self', { token });
    expect([status, body]).to.deep.equal([400, { errors: ['lease is not renewable'] }]);
  });

  it('return to their period with every renewal', async () => {
    const token = await at.tokenFor(READ, { period: '10m' });
    for (let round = 0; round < 3; round += 1) {
      at.wait(590);
      const { body } = await at.ask('POST', 'auth/token/renew-self', { token, body: { increment: '5h' } });
      expect(body.auth.lease_duration).to.equal(600);
    }
  });

  it('end with their last use, which is still answered', async () => {
    const token = await at.tokenFor(READ, { num_uses: 2 });
    expect(await isAlive(token)).to.equal(true);
    expect(await isAlive(token)).to.equal(true);
    expect(await isAlive(token)).to.equal(false);
  });

  it('take those made with them along when they are revoked, orphans excepted', async () => {
    const policy = 'path "auth/token/*" { capabilities = ["create", "update", "sudo"] }';
    const parent = await at.tokenFor(policy);
    const child = (await at.ask('POST', 'auth/token/create', { token: parent })).body.auth.client_token;
    const orphan = (await at.ask('POST', 'auth/token/create-orphan', { token: parent })).body.auth.client_token;
    expect((await at.ask('POST', 'auth/token/revoke-self', { token: parent })).status).to.equal(204);
    expect([await isAlive(parent), await isAlive(child), await isAlive(orphan)]).to.deep.equal([false, false, true]);
  });

  it('hand on no policy that they lack, and no root', async () => {
    const parent = await at.tokenFor('path "auth/token/create" { capabilities = ["update"] }');
    for (const policies of [['other'], ['root']]) {
      const { status, body } = await at.ask('POST', 'auth/token/create', { token: parent, body: { policies } });
      expect([status, body.errors]).to.deep.equal([400, ['child policies must be subset of parent']]);
    }
  });

  it('are found by accessor, without the token itself', async () => {
    const made = await at.ask('POST', 'auth/token/create', { body: { policies: ['default'] } });
    const { accessor } = made.body.auth;
    const found = await at.ask('POST', 'auth/token/lookup-accessor', { body: { accessor } });
    expect(found.body.data).to.include({ accessor, id: '' });
    const unknown = await at.ask('POST', 'auth/token/lookup-accessor', { body: { accessor: 'nobody' } });
    expect(unknown.status).to.equal(400);
    await at.ask('POST', 'auth/token/revoke-accessor', { body: { accessor } });
    expect(await isAlive(made.body.auth.client_token)).to.equal(false);
  });

  describe('with a wrapped answer', () => {
    const wrap = async (body: unknown) => {
      const headers = { 'x-vault-wrap-ttl': '60s' };
      return (await at.ask('POST', 'sys/wrapping/wrap', { body, headers })).body.wrap_info;
    };

    it('give it out once', async () => {
      const { token } = await wrap({ key: 'value' });
      const opened = await at.ask('POST', 'sys/wrapping/unwrap', { token });
      expect(opened.body.data).to.deep.equal({ key: 'value' });
      const again = await at.ask('POST', 'sys/wrapping/unwrap', { token });
      expect([again.status, again.body.errors]).to.deep.equal([400, ['wrapping token is not valid or does not exist']]);
    });

    it('tell where it came from without opening it, and forget it when the time is over', async () => {
      const { token } = await wrap({ key: 'value' });
      const look = () => at.ask('POST', 'sys/wrapping/lookup', { token: '', body: { token } });
      expect((await look()).body.data).to.include({ creation_path: 'sys/wrapping/wrap', creation_ttl: 60 });
      at.wait(60);
      expect((await look()).status).to.equal(400);
    });

    it('open nothing else, and are used up by the attempt', async () => {
      const { token } = await wrap({ key: 'value' });
      expect((await at.ask('GET', 'secret/data/a', { token })).status).to.equal(403);
      expect((await at.ask('POST', 'sys/wrapping/unwrap', { token })).status).to.equal(400);
    });

    it('wrap any answer, a login too, with the accessor of what is inside', async () => {
      const headers = { 'x-vault-wrap-ttl': '5m' };
      const { body } = await at.ask('POST', 'auth/token/create', { body: { policies: ['default'] }, headers });
      expect(body.auth).to.equal(null);
      const opened = await at.ask('POST', 'sys/wrapping/unwrap', { body: { token: body.wrap_info.token } });
      expect(opened.body.auth.accessor).to.equal(body.wrap_info.wrapped_accessor);
    });
  });
});
