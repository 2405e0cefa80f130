import { expect } from 'chai';
import { CORE, makeReady, MERGE, startTestCluster, type TestCluster } from './cluster.js';

const POD = `${CORE}/pods/one`;
const bindingTo = (name: string) => ({ metadata: { name: 'one' }, target: { kind: 'Node', name } });

describe('[U] embedded Kubernetes: Pods', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startTestCluster();
    const spec = { containers: [{ name: 'c', image: 'c:1' }] };
    await cluster.call('POST', `${CORE}/pods`, { metadata: { name: 'one' }, spec });
  });
  afterEach(async () => {
    await cluster.kubernetes.close();
  });

  const onNode = async (node: string): Promise<number> =>
    (await cluster.call('GET', `/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`)).body.items.length;

  it('are pending until bound, once, and found by their node', async () => {
    const { body } = await cluster.call('GET', POD);
    expect(body.status.phase).to.equal('Pending');
    expect(body.spec).to.deep.include({ restartPolicy: 'Always', terminationGracePeriodSeconds: 30 });
    expect(await onNode('')).to.equal(1);
    expect((await cluster.call('POST', `${POD}/binding`, bindingTo('n1'))).status).to.equal(201);
    expect(await onNode('n1')).to.equal(1);
    const again = await cluster.call('POST', `${POD}/binding`, bindingTo('n2'));
    expect(again.body).to.deep.include({ code: 409, reason: 'Conflict' });
    expect(again.body.message).to.contain('pod one is already assigned to node "n1"');
  });

  it('vanish at once where no node has them', async () => {
    expect((await cluster.call('DELETE', POD)).body.kind).to.equal('Pod');
    expect((await cluster.call('GET', POD)).status).to.equal(404);
  });

  it('stay, marked, until their kubelet deletes them without grace', async () => {
    await makeReady(cluster, 'one');
    const marked = (await cluster.call('DELETE', POD)).body.metadata;
    expect(marked).to.deep.include({ deletionGracePeriodSeconds: 30, deletionTimestamp: '2026-11-24T10:00:30Z' });
    const shorter = (await cluster.call('DELETE', POD, { gracePeriodSeconds: 5 })).body.metadata;
    expect(shorter).to.deep.include({ deletionGracePeriodSeconds: 5, generation: marked.generation });
    const longer = (await cluster.call('DELETE', POD, { gracePeriodSeconds: 50 })).body.metadata;
    expect(longer.deletionGracePeriodSeconds).to.equal(5);
    const wrong = { gracePeriodSeconds: 0, preconditions: { uid: 'another' } };
    expect((await cluster.call('DELETE', POD, wrong)).status).to.equal(409);
    const right = { gracePeriodSeconds: 0, preconditions: { uid: marked.uid } };
    expect((await cluster.call('DELETE', POD, right)).status).to.equal(200);
    expect((await cluster.call('GET', POD)).status).to.equal(404);
  });

  it('keep their spec: 422 for a change, and the status changes through its subresource only', async () => {
    const command = { spec: { terminationGracePeriodSeconds: 1 } };
    expect((await cluster.call('PATCH', POD, command, { type: MERGE })).status).to.equal(422);
    const mixed = { spec: { nodeName: 'x' }, status: { phase: 'Running' }, metadata: { annotations: { a: 'b' } } };
    const { body } = await cluster.call('PATCH', `${POD}/status`, mixed, { type: MERGE });
    expect(body.status.phase).to.equal('Running');
    expect(body.spec).not.to.have.property('nodeName');
    const ignored = await cluster.call('PATCH', POD, { status: { phase: 'Failed' } }, { type: MERGE });
    expect(ignored.body.status.phase).to.equal('Running');
  });

  it('go with their namespace', async () => {
    await makeReady(cluster, 'one');
    expect((await cluster.call('DELETE', '/api/v1/namespaces/shop')).body.status.phase).to.equal('Terminating');
    expect((await cluster.call('POST', `${CORE}/secrets`, { metadata: { name: 's' } })).status).to.equal(403);
    expect((await cluster.call('GET', '/api/v1/namespaces/shop')).status).to.equal(200);
    await cluster.call('DELETE', POD, { gracePeriodSeconds: 0 });
    expect((await cluster.call('GET', '/api/v1/namespaces/shop')).status).to.equal(404);
  });
});
