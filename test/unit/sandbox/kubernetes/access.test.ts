import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startKubernetes } from '../../../../src/sandbox/kubernetes/start.js';
import { APPS, CORE, startTestCluster, type TestCluster, workload } from './cluster.js';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

describe('[U] embedded Kubernetes: who may do what', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startTestCluster();
    cluster.kubernetes.addToken('planner', 'plan-token', [
      { verbs: ['get', 'list'], resources: ['deployments', 'pods'], namespaces: ['shop'] },
      { verbs: ['patch'], resources: ['secrets'], resourceNames: ['key'], namespaces: ['shop'] },
    ]);
  });
  afterEach(async () => {
    await cluster.kubernetes.close();
  });

  const asPlanner = { token: 'plan-token' };
  const review = async (attributes: object): Promise<boolean> => {
    const body = { spec: { resourceAttributes: { namespace: 'shop', ...attributes } } };
    const answer = await cluster.call('POST', REVIEWS, body, asPlanner);
    expect(answer.status).to.equal(201);
    return answer.body.status.allowed;
  };

  it('refuses with 403 and the words of RBAC what no rule allows', async () => {
    expect((await cluster.call('GET', `${APPS}/deployments`, undefined, asPlanner)).status).to.equal(200);
    const { status, body } = await cluster.call('GET', `${CORE}/secrets/key`, undefined, asPlanner);
    expect(status).to.equal(403);
    expect(body).to.deep.include({
      reason: 'Forbidden',
      message:
        'secrets "key" is forbidden: User "planner" cannot get resource "secrets" in API group "" in the namespace "shop"',
      details: { name: 'key', kind: 'secrets' },
    });
    const nodes = await cluster.call('GET', '/api/v1/nodes', undefined, asPlanner);
    expect(nodes.body.message).to.equal(
      'nodes is forbidden: User "planner" cannot list resource "nodes" in API group "" at the cluster scope',
    );
    const elsewhere = await cluster.call('GET', '/api/v1/namespaces/default/pods', undefined, asPlanner);
    expect(elsewhere.status).to.equal(403);
  });

  it('answers access reviews by the same rules', async () => {
    expect(await review({ verb: 'get', group: 'apps', resource: 'deployments', name: 'web' })).to.equal(true);
    expect(await review({ verb: 'patch', group: 'apps', resource: 'deployments', name: 'web' })).to.equal(false);
    expect(await review({ verb: 'patch', resource: 'secrets', name: 'key' })).to.equal(true);
    expect(await review({ verb: 'patch', resource: 'secrets', name: 'other' })).to.equal(false);
    expect(await review({ verb: 'patch', resource: 'secrets' })).to.equal(false);
    expect(await review({ verb: 'get', resource: 'pods', namespace: 'default' })).to.equal(false);
  });

  it('answers 401 to an unknown token and 403 to none', async () => {
    const wrong = await cluster.call('GET', `${CORE}/pods`, undefined, { token: 'guess' });
    expect(wrong.body).to.deep.include({ code: 401, reason: 'Unauthorized' });
    const none = await cluster.call('GET', `${CORE}/pods`, undefined, { token: null });
    expect(none.body.message).to.contain('User "system:anonymous" cannot list resource "pods"');
    expect((await cluster.call('GET', '/readyz', undefined, { token: null })).body).to.equal('ok');
  });

  it('notes every answer, without body and header', async () => {
    await cluster.call('POST', `${CORE}/secrets`, { metadata: { name: 'key' }, stringData: { k: 'hidden-value' } });
    const last = cluster.kubernetes.requests.at(-1);
    expect(last).to.deep.include({ user: 'admin', method: 'POST', path: `${CORE}/secrets`, status: 201 });
    expect(JSON.stringify(cluster.kubernetes.requests)).not.to.contain('hidden-value');
  });

  it('writes a kubeconfig for its owner alone, also over one that others could read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-'));
    const path = join(folder, 'config');
    writeFileSync(path, 'old', { mode: 0o644 });
    cluster.kubernetes.writeKubeconfig(path, { token: 'plan-token', namespace: 'shop' });
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readFileSync(path, 'utf8'))
      .to.contain(`server: "${cluster.kubernetes.address}"`)
      .and.contain('"plan-token"');
    rmSync(folder, { recursive: true });
  });

  it('goes on from a snapshot', async () => {
    await cluster.call('POST', `${APPS}/deployments`, workload('web', { replicas: 0 }));
    const snapshot = JSON.parse(JSON.stringify(cluster.kubernetes.snapshot()));
    const { body: before } = await cluster.call('GET', `${APPS}/deployments/web`);
    const other = await startKubernetes({ snapshot, adminToken: cluster.kubernetes.adminToken });
    const response = await fetch(`${other.address}${APPS}/deployments/web`, {
      headers: { authorization: `Bearer ${other.adminToken}` },
    });
    expect(await response.json()).to.deep.equal(before);
    await other.close();
  });
});
