import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { bench, type Bench } from './ask.js';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('[U] logging in to the embedded Vault', () => {
  let at: Bench;

  beforeEach(async () => {
    at = await bench({
      reviewToken: (token) =>
        token === 'service-token' ? { namespace: 'ci', name: 'keyturn', uid: 'uid-1' } : undefined,
    });
  });

  afterEach(() => at.vault.close());

  const enable = (type: string) => at.ask('POST', `sys/auth/${type}`, { body: { type } });
  const login = (mount: string, body: unknown) => at.ask('POST', `auth/${mount}/login`, { token: '', body });

  it('is not possible where nothing is mounted', async () => {
    expect((await login('jwt', {})).status).to.equal(403);
  });

  describe('by AppRole', () => {
    let roleId: string;

    beforeEach(async () => {
      await enable('approle');
      const role = {
        token_policies: 'one,two',
        token_ttl: '20m',
        token_max_ttl: '30m',
        secret_id_num_uses: 2,
        secret_id_ttl: '1h',
      };
      await at.ask('POST', 'auth/approle/role/CI', { body: role });
      roleId = (await at.ask('GET', 'auth/approle/role/ci/role-id')).body.data.role_id;
    });

    const newSecretId = async () =>
      (await at.ask('POST', 'auth/approle/role/ci/secret-id', { body: {} })).body.data.secret_id;

    it('hands out an orphan with the policies and times of the role', async () => {
      const { body } = await login('approle', { role_id: roleId, secret_id: await newSecretId() });
      expect(body.auth).to.deep.include({
        policies: ['default', 'one', 'two'],
        lease_duration: 1200,
        orphan: true,
        metadata: { role_name: 'ci' },
      });
      const token = body.auth.client_token;
      const described = await at.ask('GET', 'auth/token/lookup-self', { token });
      expect(described.body.data).to.include({ display_name: 'approle', path: 'auth/approle/login' });
      const renewed = await at.ask('POST', 'auth/token/renew-self', { token, body: { increment: '1h' } });
      expect(renewed.body.auth.lease_duration).to.equal(1800);
    });

    it('takes a secret id as often and as long as the role says', async () => {
      const secretId = await newSecretId();
      const tries = [];
      for (let n = 0; n < 3; n += 1)
        tries.push((await login('approle', { role_id: roleId, secret_id: secretId })).status);
      expect(tries).to.deep.equal([200, 200, 400]);
      const late = await newSecretId();
      at.wait(3600);
      expect((await login('approle', { role_id: roleId, secret_id: late })).body.errors).to.deep.equal([
        'invalid role or secret ID',
      ]);
    });

    it('refuses what is wrong or missing', async () => {
      expect((await login('approle', { role_id: roleId, secret_id: 'wrong' })).status).to.equal(400);
      expect((await login('approle', { role_id: 'wrong', secret_id: await newSecretId() })).status).to.equal(400);
      expect((await login('approle', { role_id: roleId })).body.errors).to.deep.equal(['missing secret_id']);
    });

    it('ends its tokens when the mount goes', async () => {
      const { body } = await login('approle', { role_id: roleId, secret_id: await newSecretId() });
      await at.ask('DELETE', 'sys/auth/approle');
      const described = await at.ask('GET', 'auth/token/lookup-self', { token: body.auth.client_token });
      expect(described.status).to.equal(403);
    });
  });

  describe('by JWT', () => {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const others = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' });
    const seconds = Date.parse('2026-11-24T11:00:00Z') / 1000;
    const claims = {
      iss: 'https://gitlab.test',
      aud: 'vault',
      sub: 'project:1',
      user_login: 'alice',
      ref: 'main',
      project_id: '42',
      iat: seconds,
      nbf: seconds,
      exp: seconds + 300,
    };
    const sign = (body: unknown, key = keys.privateKey, head: unknown = { alg: 'RS256', typ: 'JWT' }): string => {
      const text = `${encode(head)}.${encode(body)}`;
      return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
    };
    const role = {
      role_type: 'jwt',
      user_claim: 'user_login',
      bound_audiences: ['vault'],
      bound_claims: { project_id: ['41', '42'] },
      claim_mappings: { ref: 'branch' },
      token_policies: ['plan'],
      token_ttl: '10m',
    };
    const refusal = async (jwt: string, name = 'plan') => {
      const { status, body } = await login('jwt', { role: name, jwt });
      expect(status).to.equal(400);
      return body.errors[0] as string;
    };

    beforeEach(async () => {
      await enable('jwt');
      const config = { jwt_validation_pubkeys: [publicKey], bound_issuer: 'https://gitlab.test' };
      expect((await at.ask('POST', 'auth/jwt/config', { body: config })).status).to.equal(204);
      expect((await at.ask('POST', 'auth/jwt/role/plan', { body: role })).status).to.equal(204);
    });

    it('names the token after the claim and keeps the mapped ones', async () => {
      const { body } = await login('jwt', { role: 'plan', jwt: sign(claims) });
      expect(body.auth.metadata).to.deep.equal({ role: 'plan', branch: 'main' });
      const described = await at.ask('GET', 'auth/token/lookup-self', { token: body.auth.client_token });
      expect(described.body.data).to.deep.include({
        display_name: 'jwt-alice',
        policies: ['default', 'plan'],
        creation_ttl: 600,
      });
    });

    it('refuses a signature of another key, of no key, and of the public key used as a shared secret', async () => {
      const text = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
      const confused = `${text}.${createHmac('sha256', publicKey).update(text).digest('base64url')}`;
      for (const jwt of [sign(claims, others.privateKey), sign(claims, keys.privateKey, { alg: 'none' }), confused]) {
        expect(await refusal(jwt)).to.match(/no known key successfully validated the token signature$/);
      }
      const [head, , signature] = sign(claims).split('.');
      expect(await refusal(`${head}.${encode({ ...claims, ref: 'x' })}.${signature}`)).to.match(/no known key/);
    });

    it('judges issuer, audience, times and bound claims, in these words', async () => {
      expect(await refusal(sign({ ...claims, iss: 'https://evil.test' }))).to.match(/invalid issuer \(iss\) claim$/);
      expect(await refusal(sign({ ...claims, aud: 'other' }))).to.match(/invalid audience \(aud\) claim/);
      expect(await refusal(sign({ ...claims, project_id: '43' }))).to.match(/"project_id" does not match any/);
      expect(await refusal(sign({ ...claims, project_id: undefined }))).to.match(/claim "project_id" is missing$/);
      expect(await refusal(sign({ ...claims, nbf: seconds + 61 }))).to.match(/token not yet valid$/);
      expect(await refusal(sign(claims), 'none')).to.equal('role "none" could not be found');
      at.wait(361);
      expect(await refusal(sign(claims))).to.match(/token is expired$/);
    });

    it('lets a bound claim be a pattern where the role says so', async () => {
      const body = { ...role, bound_claims_type: 'glob', bound_claims: { ref: 'rel/*.x' } };
      await at.ask('POST', 'auth/jwt/role/glob', { body });
      expect((await login('jwt', { role: 'glob', jwt: sign({ ...claims, ref: 'rel/1.x' }) })).status).to.equal(200);
      expect(await refusal(sign({ ...claims, ref: 'rel/1yx' }), 'glob')).to.match(/"ref" does not match any/);
    });

    it('wants a role to be bound to something, and keys that are keys', async () => {
      const loose = { role_type: 'jwt', user_claim: 'sub' };
      expect((await at.ask('POST', 'auth/jwt/role/loose', { body: loose })).status).to.equal(400);
      const junk = { jwt_validation_pubkeys: ['junk'] };
      expect((await at.ask('POST', 'auth/jwt/config', { body: junk })).status).to.equal(400);
    });

    it('renews no token whose role is gone', async () => {
      const { body } = await login('jwt', { role: 'plan', jwt: sign(claims) });
      await at.ask('DELETE', 'auth/jwt/role/plan');
      const renewed = await at.ask('POST', 'auth/token/renew-self', { token: body.auth.client_token });
      expect(renewed.status).to.equal(500);
    });
  });

  describe('by Kubernetes', () => {
    beforeEach(async () => {
      await enable('kubernetes');
      await at.ask('POST', 'auth/kubernetes/config', { body: { kubernetes_host: 'https://kubernetes.test' } });
    });

    const roleFor = (names: string, namespaces: string) =>
      at.ask('POST', 'auth/kubernetes/role/ci', {
        body: {
          bound_service_account_names: names,
          bound_service_account_namespaces: namespaces,
          token_policies: ['plan'],
        },
      });

    it('hands out a token to the service account of the role', async () => {
      await roleFor('keyturn', 'ci');
      const { body } = await login('kubernetes', { role: 'ci', jwt: 'service-token' });
      expect(body.auth.metadata).to.include({ service_account_name: 'keyturn', service_account_namespace: 'ci' });
      const described = await at.ask('GET', 'auth/token/lookup-self', { token: body.auth.client_token });
      expect(described.body.data.display_name).to.equal('kubernetes-ci-keyturn');
    });

    it('refuses other names, other namespaces and tokens that nobody knows', async () => {
      await roleFor('keyturn', 'ci');
      expect((await login('kubernetes', { role: 'ci', jwt: 'junk' })).body.errors).to.deep.equal(['permission denied']);
      await roleFor('other', 'ci');
      const name = await login('kubernetes', { role: 'ci', jwt: 'service-token' });
      expect([name.status, name.body.errors]).to.deep.equal([403, ['service account name not authorized']]);
      await roleFor('*', 'prod');
      const namespace = await login('kubernetes', { role: 'ci', jwt: 'service-token' });
      expect(namespace.body.errors).to.deep.equal(['namespace not authorized']);
    });

    it('names a role that does not exist', async () => {
      const { status, body } = await login('kubernetes', { role: 'none', jwt: 'service-token' });
      expect([status, body.errors]).to.deep.equal([400, ['invalid role name "none"']]);
    });
  });
});
