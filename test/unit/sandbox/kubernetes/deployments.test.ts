import { expect } from 'chai';
import {
  actAsKubelet,
  APPS,
  CORE,
  makeReady,
  MERGE,
  pods,
  startTestCluster,
  template,
  type TestCluster,
  workload,
  type Condition,
  type Doc,
} from './cluster.js';

const DEPLOYMENT = `${APPS}/deployments/web`;

describe('[U] embedded Kubernetes: Deployments', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startTestCluster();
  });
  afterEach(async () => {
    await cluster.kubernetes.close();
  });

  const create = (spec: object = {}) =>
    cluster.call('POST', `${APPS}/deployments`, workload('web', { replicas: 2, ...spec }));
  const read = async (): Promise<Doc> => (await cluster.call('GET', DEPLOYMENT)).body;
  const sets = async (): Promise<readonly Doc[]> => (await cluster.call('GET', `${APPS}/replicasets`)).body.items;
  const patch = async (body: object): Promise<Doc> =>
    (await cluster.call('PATCH', DEPLOYMENT, body, { type: MERGE })).body;
  const restart = (value: string) => patch({ spec: { template: template({ restart: value }) } });
  const progress = async (): Promise<Condition | undefined> =>
    (await read()).status.conditions?.find((one) => one.type === 'Progressing');
  const sizes = async (): Promise<number[]> => (await sets()).map((set) => set.spec.replicas).sort((a, b) => a - b);

  it('get the defaults that the API server fills in', async () => {
    const { body } = await create({ replicas: undefined });
    expect(body.spec).to.deep.include({
      replicas: 1,
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    });
    expect(body.metadata.generation).to.equal(1);
  });

  it('make a ReplicaSet and pods with the annotations of the template, and say when all are available', async () => {
    await create({ template: template({ note: 'x' }) });
    expect(await progress()).to.deep.include({ status: 'True', reason: 'ReplicaSetUpdated' });
    for (const pod of await pods(cluster)) {
      expect(pod.metadata.annotations).to.deep.equal({ note: 'x' });
      expect(pod.metadata.ownerReferences[0]).to.deep.include({ kind: 'ReplicaSet', controller: true });
      expect(pod.metadata.labels).to.have.keys('app', 'pod-template-hash');
    }
    await actAsKubelet(cluster);
    const { status, metadata } = await read();
    expect(status).to.deep.include({
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
    });
    expect(status).not.to.have.property('unavailableReplicas');
    expect(await progress()).to.deep.include({ status: 'True', reason: 'NewReplicaSetAvailable' });
    expect(metadata.annotations['deployment.kubernetes.io/revision']).to.equal('1');
  });

  it('count a change of spec or annotations as a generation, one of labels or status not', async () => {
    await create({ replicas: 0 });
    expect((await restart('1')).metadata.generation).to.equal(2);
    expect((await patch({ metadata: { annotations: { a: 'b' } } })).metadata.generation).to.equal(3);
    expect((await patch({ metadata: { labels: { a: 'b' } } })).metadata.generation).to.equal(3);
    const status = await cluster.call(
      'PATCH',
      `${DEPLOYMENT}/status`,
      { status: { replicas: 9 }, spec: { replicas: 9 } },
      { type: MERGE },
    );
    expect(status.body.metadata.generation).to.equal(3);
    expect(status.body.spec.replicas).to.equal(0);
    expect((await read()).status.observedGeneration).to.equal(3);
  });

  it('move their version while they roll, so that a version read before is stale', async () => {
    const { body } = await create();
    const touch = {
      metadata: { resourceVersion: body.metadata.resourceVersion },
      spec: { template: template({ restart: '1' }) },
    };
    expect((await cluster.call('PATCH', DEPLOYMENT, touch, { type: MERGE })).status).to.equal(409);
  });

  it('replace pods one by one, never fewer than 2 ready, never more than 3', async () => {
    await create();
    await actAsKubelet(cluster);
    await restart('1');
    const seen: string[] = [];
    for (let step = 0; step < 20; step += 1) {
      const all = await pods(cluster);
      const ready = all.filter((pod) =>
        pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
      );
      expect(ready.length, 'ready').to.be.at.least(2);
      const active = all.filter((pod) => pod.metadata.deletionTimestamp === undefined);
      expect(active.length, 'not terminating').to.be.at.most(3);
      seen.push((await sizes()).join(' '));
      const pending = all.find((pod) => pod.status.phase === 'Pending');
      const ending = all.find((pod) => pod.metadata.deletionTimestamp !== undefined);
      if (ending !== undefined)
        await cluster.call('DELETE', `${CORE}/pods/${ending.metadata.name}`, { gracePeriodSeconds: 0 });
      else if (pending !== undefined) await makeReady(cluster, pending.metadata.name);
      else break;
    }
    expect(seen[0]).to.equal('1 2');
    expect(seen.at(-1)).to.equal('0 2');
    for (const pod of await pods(cluster)) expect(pod.metadata.annotations).to.deep.equal({ restart: '1' });
    expect((await read()).metadata.annotations['deployment.kubernetes.io/revision']).to.equal('2');
    expect(await progress()).to.deep.include({ reason: 'NewReplicaSetAvailable' });
  });

  it('exceed their progress deadline when nothing gets ready, and recover from it', async () => {
    await create({ progressDeadlineSeconds: 2 });
    await actAsKubelet(cluster);
    await restart('1');
    expect(await progress()).to.deep.include({ status: 'True', reason: 'ReplicaSetUpdated' });
    cluster.clock.advance(2999);
    await cluster.kubernetes.settled();
    expect(await progress()).to.deep.include({ status: 'True' });
    cluster.clock.advance(1);
    await cluster.kubernetes.settled();
    expect(await progress()).to.deep.include({ status: 'False', reason: 'ProgressDeadlineExceeded' });
    expect((await progress())?.message).to.match(/^ReplicaSet "web-\w+" has timed out progressing\.$/);
    await actAsKubelet(cluster);
    expect(await progress()).to.deep.include({ status: 'True', reason: 'NewReplicaSetAvailable' });
  });

  it('do not roll while paused', async () => {
    await create();
    await actAsKubelet(cluster);
    await patch({ spec: { paused: true } });
    expect(await progress()).to.deep.include({ status: 'Unknown', reason: 'DeploymentPaused' });
    await restart('1');
    expect(await sets()).to.have.length(1);
    expect((await read()).status).to.deep.include({ observedGeneration: 3, replicas: 2 });
    await patch({ spec: { paused: null } });
    expect(await sizes()).to.deep.equal([1, 2]);
  });

  it('end all old pods before the first new one with strategy Recreate', async () => {
    await create({ strategy: { type: 'Recreate' } });
    await actAsKubelet(cluster);
    const old = await pods(cluster);
    await restart('1');
    expect((await pods(cluster)).every((pod) => pod.metadata.deletionTimestamp !== undefined)).to.equal(true);
    for (const { metadata } of old) {
      expect(await sets()).to.have.length(1);
      await cluster.call('DELETE', `${CORE}/pods/${metadata.name}`, { gracePeriodSeconds: 0 });
    }
    expect(await sizes()).to.deep.equal([0, 2]);
    await actAsKubelet(cluster);
    expect(await progress()).to.deep.include({ reason: 'NewReplicaSetAvailable' });
  });

  it('scale up and down, and reuse the ReplicaSet of a template that comes back', async () => {
    await create();
    await actAsKubelet(cluster);
    await patch({ spec: { replicas: 4 } });
    await actAsKubelet(cluster);
    expect((await read()).status.availableReplicas).to.equal(4);
    await patch({ spec: { replicas: 1 } });
    await actAsKubelet(cluster);
    expect(await pods(cluster)).to.have.length(1);
    await restart('1');
    await actAsKubelet(cluster);
    await patch({ spec: { template: { metadata: { annotations: null } } } });
    await actAsKubelet(cluster);
    expect(await sets()).to.have.length(2);
    expect((await read()).metadata.annotations['deployment.kubernetes.io/revision']).to.equal('3');
  });

  it('delete pods that are not ready first', async () => {
    await create({ replicas: 3 });
    const [first = '', second = '', third = ''] = (await pods(cluster)).map((pod) => pod.metadata.name);
    await makeReady(cluster, first);
    await makeReady(cluster, third);
    await makeReady(cluster, second, false);
    await patch({ spec: { replicas: 2 } });
    const marked = (await pods(cluster)).filter((pod) => pod.metadata.deletionTimestamp !== undefined);
    expect(marked.map((pod) => pod.metadata.name)).to.deep.equal([second]);
  });

  it('keep as many old ReplicaSets as revisionHistoryLimit says', async () => {
    await create({ replicas: 1, revisionHistoryLimit: 1 });
    for (const value of ['1', '2', '3']) {
      await actAsKubelet(cluster);
      await restart(value);
    }
    await actAsKubelet(cluster);
    const revisions = (await sets()).map((set) => set.metadata.annotations['deployment.kubernetes.io/revision']);
    expect(revisions).to.have.members(['3', '4']);
  });

  it('take their ReplicaSets and pods with them', async () => {
    await create();
    await actAsKubelet(cluster);
    await cluster.call('DELETE', DEPLOYMENT);
    await actAsKubelet(cluster);
    expect(await sets()).to.deep.equal([]);
    expect(await pods(cluster)).to.deep.equal([]);
  });

  it('are refused with every field that is wrong', async () => {
    const { status, body } = await cluster.call('POST', `${APPS}/deployments`, { metadata: { name: 'web' }, spec: {} });
    expect(status).to.equal(422);
    expect(body.details.causes.map((cause) => cause.field)).to.deep.equal([
      'spec.selector',
      'spec.template.metadata.labels',
      'spec.template.spec.containers',
    ]);
    await create({ replicas: 0 });
    const selector = await cluster.call(
      'PATCH',
      DEPLOYMENT,
      { spec: { selector: { matchLabels: { b: 'c' } } } },
      { type: MERGE },
    );
    expect(selector.status).to.equal(422);
  });
});
