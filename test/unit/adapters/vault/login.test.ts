import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { obtainToken } from '../../../../src/adapters/vault/login.js';
import type { Credentials, LoginOptions } from '../../../../src/adapters/vault/login.js';
import type { Call, Reply } from '../../../../src/adapters/vault/call.js';
import type { VaultAuth } from '../../../../src/domain/policy.js';
import { errors, fakeVault, page, reply } from './fake-transport.js';

const LOGIN = reply(200, {
  auth: { client_token: 'made-by-login', lease_duration: 900, renewable: true, metadata: { role: 'r' } },
});
const JWT: VaultAuth = { method: 'jwt', mount: 'gitlab', tokenEnv: 'VAULT_ID_TOKEN', roles: { plan: 'p', apply: 'a' } };

interface Attempt {
  readonly credentials?: Credentials;
  /** `KT2005 unauthenticated: detail`. */
  readonly problem: string;
  readonly sent: readonly Call[];
  readonly text: string;
}

const attempt = async (options: Partial<LoginOptions>, answer: Reply = LOGIN): Promise<Attempt> => {
  const sent: Call[] = [];
  const { api, transport } = fakeVault((call) => {
    sent.push(call);
    return answer;
  });
  transport.setToken(undefined);
  const result = await obtainToken(api, { env: {}, role: 'apply', ...options });
  if (!('problem' in result)) return { credentials: result, problem: '', sent, text: JSON.stringify(result) };
  const { diagnostic, fault } = result.problem;
  const problem = `${diagnostic.code} ${fault?.kind ?? '-'}: ${diagnostic.detail ?? diagnostic.summary}`;
  return { problem, sent, text: JSON.stringify(result) };
};

describe('[U] the login to Vault', () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyturn-login-'));
    await writeFile(file('.vault-token'), 'from-home\n');
    await chmod(file('.vault-token'), 0o600);
    await writeFile(file('jwt'), '\n a.b.c \n');
    await writeFile(file('empty'), '\n');
    await writeFile(file('page'), '<html>\nno token</html>');
  });
  after(() => rm(folder, { recursive: true }));

  it('takes VAULT_TOKEN, the configured method, ~/.vault-token, in this order', async () => {
    const env = { HOME: folder, VAULT_TOKEN: 'given', BAO_TOKEN: 'other', VAULT_ID_TOKEN: 'a.b.c' };
    const sources: (string | undefined)[] = [];
    const { VAULT_TOKEN: _first, ...withoutVault } = env;
    const { BAO_TOKEN: _second, ...withoutTokens } = withoutVault;
    for (const left of [env, withoutVault, withoutTokens]) {
      sources.push((await attempt({ env: left, auth: JWT })).credentials?.source);
    }
    sources.push((await attempt({ env: { HOME: folder } })).credentials?.source);
    sources.push((await attempt({ env: { HOME: folder }, auth: { method: 'token' } })).credentials?.source);
    expect(sources).to.deep.equal([
      'VAULT_TOKEN',
      'BAO_TOKEN',
      'the jwt login at auth/gitlab',
      '~/.vault-token',
      '~/.vault-token',
    ]);
  });

  it('does not fall through to another identity where one that is there fails', async () => {
    const env = { HOME: folder, VAULT_ID_TOKEN: 'a.b.c' };
    const { problem } = await attempt({ env, auth: JWT }, errors(400, 'role "a" could not be found'));
    expect(problem).to.equal('KT2005 unauthenticated: role "a" could not be found (400)');
  });

  it('sends the role of the command, and none where none is configured', async () => {
    const env = { VAULT_ID_TOKEN: 'a.b.c' };
    const bodies: unknown[] = [];
    for (const role of ['plan', 'apply'] as const) bodies.push((await attempt({ env, auth: JWT, role })).sent[0]?.body);
    bodies.push((await attempt({ env, auth: { ...JWT, roles: {} } })).sent[0]?.body);
    expect(bodies).to.deep.equal([{ role: 'p', jwt: 'a.b.c' }, { role: 'a', jwt: 'a.b.c' }, { jwt: 'a.b.c' }]);
  });

  it('reads the service account token of Kubernetes from its file', async () => {
    const auth: VaultAuth = { method: 'kubernetes', mount: 'k8s', tokenFile: file('jwt'), roles: { apply: 'a' } };
    const { sent, credentials } = await attempt({ auth });
    expect(sent[0]).to.deep.include({ path: 'auth/k8s/login', body: { role: 'a', jwt: 'a.b.c' }, changes: true });
    expect(credentials?.login).to.deep.equal({ displayName: 'kubernetes-r', ttl: 900_000, renewable: true });
  });

  it('sends an AppRole without a secret id where none is configured', async () => {
    const auth: VaultAuth = { method: 'appRole', mount: 'approle', roleIdEnv: 'ROLE_ID' };
    expect((await attempt({ auth, env: { ROLE_ID: 'x' } })).sent[0]?.body).to.deep.equal({ role_id: 'x' });
  });

  it('names what is lacking, and shows nothing of what is there', async () => {
    const kubernetes = (tokenFile: string): VaultAuth => ({ method: 'kubernetes', mount: 'k8s', tokenFile, roles: {} });
    const rows: readonly (readonly [Partial<LoginOptions>, RegExp])[] = [
      [{ auth: JWT }, /^KT2004 -: the variable VAULT_ID_TOKEN is not set/],
      [{ auth: JWT, env: { VAULT_ID_TOKEN: 'shown no' } }, /^KT2004 -: the variable VAULT_ID_TOKEN holds something/],
      [{ auth: kubernetes(file('absent')) }, /^KT2004 -: the file .*absent cannot be read \(ENOENT\)/],
      [{ auth: kubernetes(file('empty')) }, /^KT2004 -: the file .*empty is empty/],
      [{ auth: kubernetes(file('page')) }, /^KT2004 -: the file .*page holds something/],
      [{ auth: { ...JWT, mount: '../sys' } }, /^KT2004 -: auth\/..\/sys is not a path/],
      [{ auth: { method: 'tokenFile', file: file('empty') } }, /^KT2004 -: the file .*empty is empty/],
      [{ env: { VAULT_TOKEN: 'shown\nno' } }, /^KT2004 -: the variable VAULT_TOKEN holds something/],
      [{ env: {} }, /^KT2003 -: there is no token/],
    ];
    for (const [options, expected] of rows) {
      const { problem, sent, text } = await attempt(options);
      expect(problem).to.match(expected);
      expect(text).to.not.include('shown');
      expect(sent).to.deep.equal([]);
    }
  });

  it('classes what the server answers', async () => {
    const rows: readonly (readonly [Reply, string])[] = [
      [errors(403, 'permission denied'), 'KT2005 unauthenticated: permission denied (403)'],
      [
        errors(404, 'no handler for route "auth/gitlab/login".'),
        'KT2005 absent: no auth method is mounted there (404)',
      ],
      [errors(503, 'Vault is sealed'), 'KT2013 unavailable: Vault is sealed (503)'],
      [errors(429, 'slow'), 'KT2013 rateLimited: too many requests (429)'],
    ];
    const options = { auth: JWT, env: { VAULT_ID_TOKEN: 'a.b.c' } };
    for (const [answer, expected] of rows) expect((await attempt(options, answer)).problem).to.equal(expected);
    for (const answer of [
      page(200),
      page(403),
      reply(200, { auth: null }),
      reply(200, { auth: { client_token: '' } }),
    ]) {
      expect((await attempt(options, answer)).problem).to.match(/^KT2012 malformed/);
    }
  });

  it('shows neither the token that it made nor what it was made of', async () => {
    const { text, credentials } = await attempt({ auth: JWT, env: { VAULT_ID_TOKEN: 'a.b.c' } });
    expect(credentials?.token.expose()).to.equal('made-by-login');
    expect(text).to.not.match(/made-by-login|a\.b\.c/);
    const echo = errors(400, 'bad jwt header.payload.signature');
    const refused = await attempt({ auth: JWT, env: { VAULT_ID_TOKEN: 'header.payload.signature' } }, echo);
    expect(refused.problem).to.equal(
      'KT2005 unauthenticated: its message repeats parts of the request and is not shown (400)',
    );
  });
});
