import { createSign, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../src/adapters/system/clock.js';
import { createVault } from '../../src/adapters/vault/client.js';
import type { VaultResult } from '../../src/adapters/vault/client.js';
import type { VaultAuth } from '../../src/domain/policy.js';
import { administer, optionsFor } from './vault-world.js';
import { startTokenReview } from './token-review.js';
import { LOGIN_TRAFFIC } from './traffic.js';
import type { ReviewToken } from './token-review.js';
import type { Admin, VaultWorld } from './vault-world.js';

const HOUR = 3_600_000;
const NOTHING = 'path "nothing" { capabilities = ["read"] }';

/** The contract of the login methods, the same for every server that takes Vault's place. */
export function describeLogin(name: string, start: (review: ReviewToken) => Promise<VaultWorld>): void {
  describe(`[C] logging in to ${name}`, function () {
    this.timeout(30_000);
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const roles = { plan: 'keyturn-plan', apply: 'keyturn-apply' };
    const jwt: VaultAuth = { method: 'jwt', mount: 'jwt', tokenEnv: 'VAULT_ID_TOKEN', roles };
    const appRole: VaultAuth = { method: 'appRole', mount: 'approle', roleIdEnv: 'ROLE_ID', secretIdEnv: 'SECRET_ID' };
    let world: VaultWorld;
    let admin: Admin;
    let folder: string;
    let appRoleEnv: Record<string, string>;

    let reviewer: Awaited<ReturnType<typeof startTokenReview>>;
    let serviceToken: string;
    const account = { namespace: 'ci', name: 'keyturn', uid: '0b1f9d3e-5b0c-4a52-9d0a-6f4a1c2b3d4e' };
    const review: ReviewToken = (token) => (token === serviceToken ? account : undefined);

    const idToken = (claims: Record<string, unknown> = {}): string => {
      const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const now = Math.floor(Date.now() / 1000);
      const standard = { iss: 'https://gitlab.test', aud: 'vault', sub: 'job', iat: now, nbf: now - 5, exp: now + 600 };
      const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ ...standard, ...claims })}`;
      return `${text}.${createSign('RSA-SHA256').update(text).sign(keys.privateKey, 'base64url')}`;
    };
    const connect = (
      env: Record<string, string>,
      auth?: VaultAuth,
      role: 'plan' | 'apply' = 'apply',
    ): Promise<VaultResult> =>
      createVault({ ...optionsFor(world, env, admin.traffic), role, ...(auth === undefined ? {} : { auth }) });
    const refusal = async (env: Record<string, string>, auth?: VaultAuth): Promise<string> => {
      const result = await connect(env, auth);
      if (result.ok) return expect.fail('the login was accepted');
      const [problem] = result.problems;
      return `${problem?.diagnostic.code} ${problem?.fault?.kind ?? 'no call'} ${JSON.stringify(problem)}`;
    };
    const isAlive = (token: string): Promise<boolean> =>
      admin.ask('POST', 'auth/token/lookup', { token }).then(
        () => true,
        () => false,
      );

    before(async () => {
      world = await start(review);
      admin = administer(world);
      folder = await mkdtemp(join(tmpdir(), 'keyturn-login-'));
      await admin.ask('POST', 'sys/auth/jwt', { type: 'jwt' });
      const pem = keys.publicKey.export({ type: 'spki', format: 'pem' });
      await admin.ask('POST', 'auth/jwt/config', {
        jwt_validation_pubkeys: [pem],
        bound_issuer: 'https://gitlab.test',
      });
      const role = {
        role_type: 'jwt',
        user_claim: 'sub',
        bound_audiences: ['vault'],
        token_policies: ['default'],
        token_ttl: '1h',
      };
      await admin.ask('POST', 'auth/jwt/role/keyturn-plan', role);
      await admin.ask('POST', 'auth/jwt/role/keyturn-apply', { ...role, bound_claims: { environment: 'production' } });
      reviewer = await startTokenReview(review);
      await admin.ask('POST', 'sys/auth/kubernetes', { type: 'kubernetes' });
      await admin.ask('POST', 'auth/kubernetes/config', {
        kubernetes_host: reviewer.address,
        kubernetes_ca_cert: pem,
        disable_local_ca_jwt: true,
      });
      const bound = { bound_service_account_names: ['keyturn'], bound_service_account_namespaces: ['ci'] };
      await admin.ask('POST', 'auth/kubernetes/role/keyturn-apply', {
        ...bound,
        token_policies: ['default'],
        token_ttl: '1h',
      });
      await admin.ask('POST', 'auth/kubernetes/role/keyturn-plan', {
        ...bound,
        bound_service_account_namespaces: ['prod'],
      });
      const kubernetes = { namespace: 'ci', serviceaccount: { name: 'keyturn', uid: account.uid } };
      serviceToken = idToken({ aud: ['vault'], sub: 'system:serviceaccount:ci:keyturn', 'kubernetes.io': kubernetes });
      await admin.ask('POST', 'sys/auth/approle', { type: 'approle' });
      await admin.ask('POST', 'auth/approle/role/ci', { token_policies: ['default'], token_ttl: '1h' });
      const roleId = (await admin.ask('GET', 'auth/approle/role/ci/role-id'))['data'] as { role_id: string };
      const secretId = (await admin.ask('POST', 'auth/approle/role/ci/secret-id', {}))['data'] as { secret_id: string };
      appRoleEnv = { ROLE_ID: roleId.role_id, SECRET_ID: secretId.secret_id };
    });

    after(async () => {
      await admin.close();
      await world.stop();
      await reviewer.stop();
      await rm(folder, { recursive: true });
    });

    it('takes VAULT_TOKEN before the configured method, and never ends it', async () => {
      const token = await admin.tokenWith(NOTHING);
      const result = await connect({ VAULT_TOKEN: token, ...appRoleEnv }, appRole);
      if (!result.ok) return expect.fail('no login');
      expect(result.vault.identityFrom).to.equal('VAULT_TOKEN');
      expect(result.vault.session.displayName).to.equal('token');
      expect(result.vault.session.remaining()).to.be.within(HOUR - 60_000, HOUR);
      await result.vault.close();
      expect(await isAlive(token)).to.equal(true);
    });

    it('knows a root token as one that never ends', async () => {
      const client = await admin.client({ VAULT_TOKEN: world.rootToken });
      expect(client.session.remaining()).to.equal(undefined);
    });

    it('takes ~/.vault-token where nothing else is given, and warns where others may read it', async () => {
      await writeFile(join(folder, '.vault-token'), `${await admin.tokenWith(NOTHING)}\n`, { mode: 0o644 });
      const result = await connect({ HOME: folder });
      if (!result.ok) return expect.fail('no login');
      expect(result.vault.identityFrom).to.equal('~/.vault-token');
      expect(result.warnings.map(({ code }) => code)).to.deep.equal(['KT2015']);
      await result.vault.close();
    });

    it('takes a token file that the settings name', async () => {
      const file = join(folder, 'agent-sink');
      await writeFile(file, await admin.tokenWith(NOTHING), { mode: 0o600 });
      const result = await connect({}, { method: 'tokenFile', file });
      if (!result.ok) return expect.fail('no login');
      expect(result.warnings).to.deep.equal([]);
      await result.vault.close();
    });

    it('logs in by AppRole with the secret id in a variable or a file, and ends its own token', async () => {
      const file = join(folder, 'secret-id');
      await writeFile(file, `${appRoleEnv['SECRET_ID']}\n`);
      const { secretIdEnv: _unused, ...withoutEnv } = appRole;
      for (const auth of [appRole, { ...withoutEnv, secretIdFile: file }]) {
        const result = await connect(appRoleEnv, auth);
        if (!result.ok) return expect.fail('no login');
        expect(result.vault.session.displayName).to.equal('approle');
        expect(result.vault.session.remaining()).to.be.within(HOUR - 60_000, HOUR);
        await result.vault.close();
      }
      expect(admin.traffic).to.include('POST auth/token/revoke-self 204');
    });

    it('refuses a wrong secret id: unauthenticated, the secret id not shown', async () => {
      const text = await refusal({ ...appRoleEnv, SECRET_ID: 'wrong-secret-id-4711' }, appRole);
      expect(text).to.match(/^KT2005 unauthenticated .*the appRole login at auth\/approle/);
      expect(text).to.not.include('4711');
    });

    it('logs in by JWT under the role of the command', async () => {
      const env = { VAULT_ID_TOKEN: idToken({ environment: 'production' }) };
      for (const role of ['plan', 'apply'] as const) {
        const result = await connect(env, jwt, role);
        if (!result.ok) return expect.fail('no login');
        expect(result.vault.session.displayName).to.equal('jwt-job');
        await result.vault.close();
      }
    });

    it('refuses a JWT without the claim that the role demands, of another audience, or expired', async () => {
      const hour = 3600;
      const now = Math.floor(Date.now() / 1000);
      const wrong = [{}, { aud: 'other', environment: 'production' }, { exp: now - hour, environment: 'production' }];
      for (const claims of wrong) {
        const token = idToken(claims);
        const text = await refusal({ VAULT_ID_TOKEN: token }, jwt);
        expect(text).to.match(/^KT2005 unauthenticated /);
        for (const part of token.split('.')) expect(text).to.not.include(part);
      }
    });

    it('logs in by Kubernetes with the token of a service account, and is refused another namespace', async () => {
      const tokenFile = join(folder, 'service-account');
      await writeFile(tokenFile, `${serviceToken}\n`);
      const auth: VaultAuth = { method: 'kubernetes', mount: 'kubernetes', tokenFile, roles };
      const result = await connect({}, auth);
      if (!result.ok) return expect.fail(JSON.stringify(result.problems));
      expect(result.vault.session.displayName).to.equal('kubernetes-ci-keyturn');
      await result.vault.close();
      const refused = await connect({}, auth, 'plan');
      if (refused.ok) return expect.fail('the login was accepted');
      expect(refused.problems[0]?.fault).to.include({ kind: 'unauthenticated', said: 'namespace not authorized' });
    });

    it('names a login method that is not mounted', async () => {
      const text = await refusal({ VAULT_ID_TOKEN: idToken() }, { ...jwt, mount: 'nowhere' });
      expect(text).to.match(/^KT2005 .*auth\/nowhere/);
    });

    it('says before any request what a login lacks', async () => {
      const before = admin.traffic.size;
      expect(await refusal({}, jwt)).to.match(/^KT2004 no call .*VAULT_ID_TOKEN is not set/);
      expect(await refusal({ HOME: '/nonexistent' })).to.match(/^KT2003 no call /);
      expect(await refusal({ VAULT_TOKEN: 'two words' })).to.match(/^KT2004 no call ((?!two words).)*$/);
      expect(admin.traffic.size).to.equal(before);
    });

    it('refuses a token that is not known', async () => {
      const text = await refusal({ VAULT_TOKEN: 'unknown-token-4711' });
      expect(text).to.match(/^KT2005 unauthenticated /);
      expect(text).to.not.include('4711');
    });

    it('renews its token at half of what is left, until it is told to stop', async () => {
      const stop = new AbortController();
      const pauses: number[] = [];
      const clock = {
        ...systemClock(),
        sleep: (length: number): Promise<void> => {
          pauses.push(length);
          if (pauses.length === 2) stop.abort();
          return pauses.length === 2 ? Promise.reject(new Error('stopped')) : Promise.resolve();
        },
      };
      const client = await admin.client(appRoleEnv, { auth: appRole, clock });
      await client.session.keepAlive(stop.signal);
      expect(pauses.map((pause) => Math.round(pause / 60_000))).to.deep.equal([30, 30]);
      expect(client.session.remaining()).to.be.within(HOUR - 60_000, HOUR);
    });

    describe('the record of its traffic', () => {
      it('holds every request that keyturn sends, with every status that it reads', () => {
        expect([...admin.traffic].sort()).to.deep.equal(LOGIN_TRAFFIC);
      });
    });
  });
}
