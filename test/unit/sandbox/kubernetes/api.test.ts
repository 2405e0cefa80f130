import { expect } from 'chai';
import { customResource } from '../../../../src/sandbox/kubernetes/resources.js';
import { startKubernetes } from '../../../../src/sandbox/kubernetes/start.js';
import { send } from '../../../support/real/request.js';
import { APPS, CORE, type Doc, MERGE, startTestCluster, STRATEGIC, type TestCluster, workload } from './cluster.js';

describe('[U] embedded Kubernetes: the API itself', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startTestCluster();
  });
  afterEach(async () => {
    await cluster.kubernetes.close();
  });

  it('tells its version, its health, and what it serves', async () => {
    expect((await cluster.call('GET', '/version')).body).to.deep.include({ major: '1', minor: '36' });
    expect((await cluster.call('GET', '/readyz')).body).to.equal('ok');
    const { body } = await cluster.call('GET', '/apis/apps/v1');
    expect(JSON.stringify(body)).to.contain('"name":"deployments/status"');
    expect((await cluster.call('GET', '/apis')).body.kind).to.equal('APIGroupList');
  });

  it('answers 404 as text outside, and as a Status inside the groups that it serves', async () => {
    for (const path of ['/nothing', '/apis/cert-manager.io/v1/namespaces/shop/certificates']) {
      expect(await cluster.call('GET', path), path).to.deep.equal({ status: 404, body: '404 page not found\n' });
    }
    for (const path of [`${CORE}/nothings`, `${CORE}/secrets/a/nothing`, '/api/v1/secrets/a']) {
      expect((await cluster.call('GET', path)).body, path).to.deep.include({
        code: 404,
        reason: 'NotFound',
        kind: 'Status',
      });
    }
  });

  it('refuses methods, media types and bodies that do not fit', async () => {
    expect((await cluster.call('PUT', `${CORE}/secrets`, {})).status).to.equal(405);
    const protobuf = { type: 'application/vnd.kubernetes.protobuf' };
    expect((await cluster.call('POST', `${CORE}/secrets`, {}, protobuf)).status).to.equal(415);
    for (const body of [
      { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'a' } },
      { kind: 'Secret', apiVersion: 'v2', metadata: { name: 'a' } },
      { metadata: { name: 'a', namespace: 'other' } },
      { metadata: { name: 'a' }, data: { key: 5 } },
      { metadata: { name: 'a' }, data: { key: '%' } },
      [],
    ]) {
      expect((await cluster.call('POST', `${CORE}/secrets`, body)).status, JSON.stringify(body)).to.equal(400);
    }
    for (const body of [
      { metadata: {} },
      { metadata: { name: 'A_B' } },
      { metadata: { name: 'a' }, data: { 'a b': '' } },
    ]) {
      expect((await cluster.call('POST', `${CORE}/secrets`, body)).status, JSON.stringify(body)).to.equal(422);
    }
  });

  it('makes a name from generateName', async () => {
    const { body } = await cluster.call('POST', `${CORE}/secrets`, { metadata: { generateName: 'one-' } });
    expect(body.metadata.name).to.match(/^one-[a-z0-9]{5}$/);
  });

  it('stores nothing with dryRun=All', async () => {
    await cluster.call('POST', `${APPS}/deployments`, workload('web', { replicas: 0 }));
    const path = `${APPS}/deployments/web`;
    const before = (await cluster.call('GET', path)).body;
    const dry = await cluster.call('PATCH', `${path}?dryRun=All`, { spec: { replicas: 3 } }, { type: MERGE });
    expect(dry.body.spec.replicas).to.equal(3);
    expect((await cluster.call('POST', `${CORE}/secrets?dryRun=All`, { metadata: { name: 'a' } })).status).to.equal(
      201,
    );
    expect((await cluster.call('DELETE', `${path}?dryRun=All`)).status).to.equal(200);
    expect((await cluster.call('GET', path)).body).to.deep.equal(before);
    expect((await cluster.call('GET', `${CORE}/secrets`)).body.items).to.deep.equal([]);
  });

  it('deletes a collection by label', async () => {
    for (const name of ['a', 'b']) {
      await cluster.call('POST', `${CORE}/secrets`, { metadata: { name, labels: { name } } });
    }
    await cluster.call('DELETE', `${CORE}/secrets?labelSelector=name%3Da`);
    const left = (await cluster.call('GET', `${CORE}/secrets`)).body.items;
    expect(left.map((one) => one.metadata.name)).to.deep.equal(['b']);
  });

  it('leaves dependents where a deletion asks to orphan them', async () => {
    await cluster.call('POST', `${APPS}/deployments`, workload('web', { replicas: 0 }));
    await cluster.call('DELETE', `${APPS}/deployments/web`, { propagationPolicy: 'Orphan' });
    const [set] = (await cluster.call('GET', `${APPS}/replicasets`)).body.items;
    expect(set?.metadata.ownerReferences ?? []).to.deep.equal([]);
  });

  it('keeps an object with a finalizer until the finalizer is removed', async () => {
    await cluster.call('POST', `${CORE}/secrets`, { metadata: { name: 'a', finalizers: ['test/hold'] } });
    const held = await cluster.call('DELETE', `${CORE}/secrets/a`);
    expect(held.body.metadata.deletionTimestamp).to.be.a('string');
    expect((await cluster.call('GET', `${CORE}/secrets/a`)).status).to.equal(200);
    await cluster.call('PATCH', `${CORE}/secrets/a`, { metadata: { finalizers: null } }, { type: MERGE });
    expect((await cluster.call('GET', `${CORE}/secrets/a`)).status).to.equal(404);
  });

  it('stores custom resources with a status, and takes no strategic patch for them', async () => {
    const resources = [customResource('cert-manager.io', 'v1', 'certificates', 'Certificate')];
    const kubernetes = await startKubernetes({ resources });
    const path = '/apis/cert-manager.io/v1/namespaces/default/certificates';
    const call = async (method: string, url: string, body: object, type = 'application/json') => {
      const headers = { authorization: `Bearer ${kubernetes.adminToken}`, 'content-type': type };
      const answer = await send({ method, url: `${kubernetes.address}${url}`, headers, body });
      return { status: answer.status, body: answer.body as Doc };
    };
    const made = await call('POST', path, {
      metadata: { name: 'web' },
      spec: { dnsNames: ['web'] },
      status: { revision: 9 },
    });
    expect(made.body).not.to.have.property('status');
    expect(made.body.metadata.generation).to.equal(1);
    const { metadata } = made.body;
    const put = await call('PUT', `${path}/web/status`, { metadata, spec: { dnsNames: [] }, status: { revision: 1 } });
    expect(put.body).to.deep.include({ status: { revision: 1 }, spec: { dnsNames: ['web'] } });
    expect((await call('PUT', `${path}/web/status`, { metadata, status: { revision: 2 } })).status).to.equal(409);
    expect((await call('PATCH', `${path}/web`, { spec: {} }, STRATEGIC)).status).to.equal(415);
    await kubernetes.close();
  });
});
