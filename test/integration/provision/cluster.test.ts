import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { eventually } from '../../support/real/eventually.js';
import { describeReal } from '../../support/real/require.js';
import { sharedCluster } from '../../support/real/shared.js';

const NAMESPACE = 'provision';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'none' }] } },
  },
};

const selfSigned = [
  ['issuers', { kind: 'Issuer', metadata: { name: 'self' }, spec: { selfSigned: {} } }],
  [
    'certificates',
    {
      kind: 'Certificate',
      metadata: { name: 'web' },
      spec: { secretName: 'web-tls', dnsNames: ['web.test'], issuerRef: { name: 'self', kind: 'Issuer' } },
    },
  ],
] as const;

describeReal('testcluster', '[I] a real Kubernetes control plane', () => {
  before('makes a namespace', async () => {
    const cluster = await sharedCluster();
    const made = await cluster.request('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
    expect(made.status).to.equal(201);
  });

  it('is the version that its sources require', async () => {
    const cluster = await sharedCluster();
    const version = await cluster.request('GET', '/version');
    expect(version).to.have.nested.property('body.gitVersion', 'v1.36.3');
  });

  it('refuses a stale write of a Secret', async () => {
    const cluster = await sharedCluster();
    const path = `/api/v1/namespaces/${NAMESPACE}/secrets`;
    const made = await cluster.request('POST', path, { metadata: { name: 'one' }, stringData: { key: 'a' } });
    expect(made.status).to.equal(201);
    const stale = { metadata: { name: 'one', resourceVersion: '1' }, stringData: { key: 'b' } };
    const refused = await cluster.request('PUT', `${path}/one`, stale);
    expect(refused.status).to.equal(409);
  });

  it('gives plan and apply no right that no role grants', async () => {
    const cluster = await sharedCluster();
    for (const identity of ['plan', 'apply'] as const) {
      const token = cluster.tokens[identity];
      const read = await cluster.request('GET', `/api/v1/namespaces/${NAMESPACE}/secrets`, undefined, { token });
      expect(read.status).to.equal(403);
      expect(read).to.have.nested.property('body.message').that.includes(`User "keyturn-${identity}"`);
    }
  });

  it('turns a Deployment into Pods', async () => {
    const cluster = await sharedCluster();
    const made = await cluster.request('POST', `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, deployment);
    expect(made.status).to.equal(201);
    const pods = await eventually(
      () => cluster.request('GET', `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=app%3Dweb`),
      (answer) => (answer.body as { items: unknown[] }).items.length === 2,
      { what: 'two Pods' },
    );
    expect(pods).to.have.nested.property('body.items[0].status.phase', 'Pending');
  });

  it('issues a certificate through cert-manager', async () => {
    const cluster = await sharedCluster();
    await cluster.startCertManager();
    for (const [resource, body] of selfSigned) {
      const path = `/apis/cert-manager.io/v1/namespaces/${NAMESPACE}/${resource}`;
      const made = await cluster.request('POST', path, { apiVersion: 'cert-manager.io/v1', ...body });
      expect(made.status).to.equal(201);
    }
    const secret = await eventually(
      () => cluster.request('GET', `/api/v1/namespaces/${NAMESPACE}/secrets/web-tls`),
      (answer) => answer.status === 200,
      { what: 'the Secret of the certificate' },
    );
    expect(secret).to.have.nested.property('body.type', 'kubernetes.io/tls');
  });

  it('writes a kubeconfig that only its owner can read', async () => {
    const cluster = await sharedCluster();
    const folder = await mkdtemp(join(tmpdir(), 'keyturn-kubeconfig-'));
    try {
      const file = join(folder, 'config');
      await cluster.writeKubeconfig(file, { token: cluster.tokens.plan, namespace: NAMESPACE });
      expect((await stat(file)).mode & 0o777).to.equal(0o600);
      const config: unknown = JSON.parse(await readFile(file, 'utf8'));
      expect(config).to.have.nested.property('clusters[0].cluster.server', cluster.address);
      expect(config).to.have.nested.property('users[0].user.token', cluster.tokens.plan);
      expect(config).to.have.nested.property('contexts[0].context.namespace', NAMESPACE);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
