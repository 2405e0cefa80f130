import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadConfig } from '../../../../src/adapters/kubernetes/config.js';
import type { ConfigSource } from '../../../../src/adapters/kubernetes/config.js';
import { isFault } from '../../../../src/domain/fault.js';
import { connect, faultOf } from './answers.js';

describe('[U] where the cluster comes from', () => {
  let folder: string;

  const write = (name: string, contexts: readonly string[], current = contexts[0] ?? ''): string => {
    const path = join(folder, name);
    const list = (make: (context: string) => string): string => `[${contexts.map(make).join(', ')}]`;
    const lines = [
      `current-context: "${current}"`,
      `clusters: ${list((one) => `{ name: c-${one}, cluster: { server: "https://${one}.example.com" } }`)}`,
      `users: ${list((one) => `{ name: u-${one}, user: { token: t-${one} } }`)}`,
      `contexts: ${list((one) => `{ name: ${one}, context: { cluster: c-${one}, user: u-${one} } }`)}`,
    ];
    writeFileSync(path, lines.join('\n'));
    return path;
  };

  const serverOf = (source: Partial<ConfigSource>): string | undefined =>
    loadConfig({ environment: {}, ...source }).getCurrentCluster()?.server;

  const refusal = (source: Partial<ConfigSource>): string => {
    try {
      loadConfig({ environment: {}, ...source });
    } catch (error) {
      if (isFault(error)) return error.details.said;
      throw error;
    }
    throw new Error('it was not refused');
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyturn-config-'));
    mkdirSync(join(folder, '.kube'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('a path that is given wins over KUBECONFIG, and that over the pod and the home folder', () => {
    write('.kube/config', ['home']);
    const environment = { HOME: folder, KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
    const named = { ...environment, KUBECONFIG: write('named', ['named']) };
    expect(serverOf({ kubeconfig: write('given', ['given']), environment: named })).to.equal(
      'https://given.example.com',
    );
    expect(serverOf({ environment: named })).to.equal('https://named.example.com');
    expect(serverOf({ environment })).to.equal('https://10.0.0.1:443');
    expect(serverOf({ environment: { HOME: folder } })).to.equal('https://home.example.com');
  });

  it('a pod reads its own token file and takes an IPv6 address in brackets', () => {
    const config = loadConfig({ environment: { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' } });
    expect(config.getCurrentCluster()?.server).to.equal('https://[fd00::1]:6443');
    expect(config.getCurrentUser()?.authProvider).to.deep.include({
      config: { tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token' },
    });
  });

  it('a context that is named is taken, and one that is not there is refused with those that are', () => {
    const kubeconfig = write('two', ['staging', 'production']);
    expect(serverOf({ kubeconfig })).to.equal('https://staging.example.com');
    expect(serverOf({ kubeconfig, context: 'production' })).to.equal('https://production.example.com');
    expect(refusal({ kubeconfig, context: 'prod' })).to.equal(
      'the kubeconfig has no context "prod"; it has staging, production',
    );
    expect(refusal({ kubeconfig: write('none', ['a', 'b'], '') })).to.contain('no current context; name one of a, b');
  });

  it('several files of KUBECONFIG are one, missing ones skipped, the first current context kept', () => {
    const files = [join(folder, 'missing'), write('one', ['one']), write('two', ['two'])].join(':');
    expect(serverOf({ environment: { KUBECONFIG: files } })).to.equal('https://one.example.com');
    expect(serverOf({ environment: { KUBECONFIG: files }, context: 'two' })).to.equal('https://two.example.com');
    expect(refusal({ environment: { KUBECONFIG: `${write('x', ['x'])}:${write('y', ['x'])}` } })).to.match(
      /an earlier file/,
    );
  });

  it('a file that cannot be used is named, and nothing of it is quoted', () => {
    const broken = join(folder, 'broken');
    writeFileSync(broken, 'users:\n  - token: s3cr3t\n bad indent');
    expect(refusal({ kubeconfig: broken })).to.equal(`${broken} is not a readable kubeconfig`);
    writeFileSync(broken, '');
    expect(refusal({ kubeconfig: broken })).to.contain('not a readable kubeconfig');
    expect(refusal({ kubeconfig: join(folder, 'absent') })).to.contain('there is no file');
    expect(refusal({ environment: { HOME: join(folder, 'elsewhere') } })).to.contain('set KUBECONFIG');
  });

  it('what keyturn will not speak to is refused before anything is sent', async () => {
    const path = join(folder, 'plain');
    const refused = async (cluster: string): Promise<string> => {
      const parts = [
        'current-context: a',
        `clusters: [{ name: c, cluster: ${cluster} }]`,
        'users: [{ name: u, user: {} }]',
        'contexts: [{ name: a, context: { cluster: c, user: u } }]',
      ];
      writeFileSync(path, parts.join('\n'));
      const fault = await faultOf(connect(path));
      expect(fault).to.include({ kind: 'invalid', effect: 'none', server: 'Kubernetes' });
      return fault.said;
    };
    expect(await refused('{ server: "http://127.0.0.1:1" }')).to.contain('plain HTTP');
    expect(await refused('{ server: "https://me:s3cr3t@127.0.0.1:1" }')).to.equal(
      'its server holds a user or password',
    );
    expect(await refused('{ server: "unix:/run/api.sock" }')).to.contain('not an http or https URL');
    expect(await refused('{ server: "https://127.0.0.1:1", proxy-url: "socks5://127.0.0.1:2" }')).to.contain(
      'proxy-url',
    );
  });
});
