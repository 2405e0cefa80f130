import { inspect } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import type { Cluster, User } from '@kubernetes/client-node';
import { expect } from 'chai';
import { login, sameTls } from '../../../../src/adapters/kubernetes/login.js';

const PEM = '-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nczNjcjN0\n-----END PRIVATE KEY-----\n';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function config(user: Partial<User>, cluster: Partial<Cluster> = {}): KubeConfig {
  const made = new KubeConfig();
  const server = { name: 'c', server: 'https://k8s.example.com', skipTLSVerify: false, ...cluster };
  made.loadFromClusterAndUser(server, { name: 'u', ...user });
  return made;
}

describe('[U] the login of a kubeconfig', () => {
  it('is a certificate and key, and the authority to trust', async () => {
    const user = { certData: base64(PEM), keyData: base64(KEY) };
    const { headers, tls } = await login(config(user, { caData: base64(PEM) }), 'Kubernetes');
    expect(headers).to.deep.equal({});
    expect(tls).to.deep.include({ ca: [PEM], cert: PEM, verify: true });
    expect(tls.key?.expose()).to.equal(KEY);
    expect(inspect(tls)).to.not.contain('czNjcjN0');
  });

  it('is a token, a name and password, somebody to act as', async () => {
    const headersOf = async (user: Partial<User>): Promise<object> => (await login(config(user), 'Kubernetes')).headers;
    expect(await headersOf({ token: 't' })).to.deep.equal({ Authorization: 'Bearer t' });
    expect(await headersOf({ username: 'u', password: 'p' })).to.deep.equal({
      Authorization: `Basic ${base64('u:p')}`,
    });
    expect(await headersOf({ token: 't', impersonateUser: 'bot' })).to.deep.equal({
      Authorization: 'Bearer t',
      'Impersonate-User': 'bot',
    });
  });

  it('checks the certificate unless told not to, and under another name where one is given', async () => {
    const tlsOf = async (cluster: Partial<Cluster>): Promise<object> =>
      (await login(config({}, cluster), 'Kubernetes')).tls;
    expect(await tlsOf({})).to.deep.equal({ verify: true });
    expect(await tlsOf({ skipTLSVerify: true })).to.deep.equal({ verify: false });
    expect(await tlsOf({ tlsServerName: 'other.example.com' })).to.deep.equal({
      servername: 'other.example.com',
      verify: true,
    });
  });

  it('tells renewed certificates from the same ones', async () => {
    const tlsOf = async (key: string): Promise<Parameters<typeof sameTls>[0]> =>
      (await login(config({ certData: base64(PEM), keyData: base64(key) }), 'Kubernetes')).tls;
    expect(sameTls(await tlsOf(KEY), await tlsOf(KEY))).to.equal(true);
    expect(sameTls(await tlsOf(KEY), await tlsOf(PEM))).to.equal(false);
    expect(sameTls(await tlsOf(KEY), { cert: PEM, verify: true })).to.equal(false);
  });
});
