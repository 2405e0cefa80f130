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
  type Doc,
} from './cluster.js';

describe('[U] embedded Kubernetes: StatefulSets and DaemonSets', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startTestCluster();
  });
  afterEach(async () => {
    await cluster.kubernetes.close();
  });

  const make = (plural: string, spec: object) => cluster.call('POST', `${APPS}/${plural}`, workload('web', spec));
  const status = async (plural: string): Promise<Doc['status']> =>
    (await cluster.call('GET', `${APPS}/${plural}/web`)).body.status;
  const restart = (plural: string, value: string) =>
    cluster.call(
      'PATCH',
      `${APPS}/${plural}/web`,
      { spec: { template: template({ restart: value }) } },
      { type: MERGE },
    );
  const restarted = async (): Promise<string[]> =>
    (await pods(cluster)).filter((pod) => pod.metadata.annotations?.restart === '1').map((pod) => pod.metadata.name);

  it('StatefulSet: pods come in order, each after the one before is ready', async () => {
    await make('statefulsets', { replicas: 2 });
    expect((await pods(cluster)).map((pod) => pod.metadata.name)).to.deep.equal(['web-0']);
    await makeReady(cluster, 'web-0');
    expect((await pods(cluster)).map((pod) => pod.metadata.name)).to.deep.equal(['web-0', 'web-1']);
    await actAsKubelet(cluster);
    const now = await status('statefulsets');
    expect(now).to.deep.include({
      replicas: 2,
      readyReplicas: 2,
      updatedReplicas: 2,
      currentReplicas: 2,
      observedGeneration: 1,
    });
    expect(now.currentRevision).to.equal(now.updateRevision);
  });

  it('StatefulSet: a rolling update replaces the highest first and ends with one revision', async () => {
    await make('statefulsets', { replicas: 2 });
    await actAsKubelet(cluster);
    await restart('statefulsets', '1');
    const during = await status('statefulsets');
    expect(during.currentRevision).not.to.equal(during.updateRevision);
    const marked = (await pods(cluster)).filter((pod) => pod.metadata.deletionTimestamp !== undefined);
    expect(marked.map((pod) => pod.metadata.name)).to.deep.equal(['web-1']);
    await actAsKubelet(cluster);
    expect(await restarted()).to.deep.equal(['web-0', 'web-1']);
    const after = await status('statefulsets');
    expect(after).to.deep.include({ updatedReplicas: 2, currentRevision: during.updateRevision });
  });

  it('StatefulSet: a partition keeps lower pods on the old template, also when they are made anew', async () => {
    await make('statefulsets', {
      replicas: 2,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
    });
    await actAsKubelet(cluster);
    await restart('statefulsets', '1');
    await actAsKubelet(cluster);
    expect(await restarted()).to.deep.equal(['web-1']);
    await cluster.call('DELETE', `${CORE}/pods/web-0`);
    await actAsKubelet(cluster);
    expect(await restarted()).to.deep.equal(['web-1']);
    expect(await status('statefulsets')).to.deep.include({ updatedReplicas: 1, currentReplicas: 1 });
  });

  it('StatefulSet: OnDelete waits for somebody to delete the pods', async () => {
    await make('statefulsets', { replicas: 1, updateStrategy: { type: 'OnDelete' } });
    await actAsKubelet(cluster);
    await restart('statefulsets', '1');
    await actAsKubelet(cluster);
    expect(await restarted()).to.deep.equal([]);
    await cluster.call('DELETE', `${CORE}/pods/web-0`);
    await actAsKubelet(cluster);
    expect(await restarted()).to.deep.equal(['web-0']);
  });

  it('StatefulSet: scales down from the highest', async () => {
    await make('statefulsets', { replicas: 3, podManagementPolicy: 'Parallel' });
    expect(await pods(cluster)).to.have.length(3);
    await actAsKubelet(cluster);
    await cluster.call('PATCH', `${APPS}/statefulsets/web`, { spec: { replicas: 1 } }, { type: MERGE });
    await actAsKubelet(cluster);
    expect((await pods(cluster)).map((pod) => pod.metadata.name)).to.deep.equal(['web-0']);
  });

  it('DaemonSet: one pod per node, also for a node that comes later, and a rolling update', async () => {
    await cluster.call('POST', '/api/v1/nodes', { metadata: { name: 'hand' } });
    await make('daemonsets', {});
    await actAsKubelet(cluster);
    expect(await status('daemonsets')).to.deep.include({
      desiredNumberScheduled: 1,
      numberAvailable: 1,
      updatedNumberScheduled: 1,
    });
    await restart('daemonsets', '1');
    expect(await status('daemonsets')).not.to.have.property('updatedNumberScheduled');
    await actAsKubelet(cluster);
    expect(await restarted()).to.have.length(1);
    expect(await status('daemonsets')).to.deep.include({
      observedGeneration: 2,
      updatedNumberScheduled: 1,
      numberReady: 1,
    });
    await cluster.call('POST', '/api/v1/nodes', { metadata: { name: 'late' } });
    expect(await pods(cluster)).to.have.length(2);
    expect(await status('daemonsets')).to.deep.include({ desiredNumberScheduled: 2, numberUnavailable: 1 });
  });

  it('DaemonSet: OnDelete does not roll', async () => {
    await cluster.call('POST', '/api/v1/nodes', { metadata: { name: 'hand' } });
    await make('daemonsets', { updateStrategy: { type: 'OnDelete' } });
    await actAsKubelet(cluster);
    await restart('daemonsets', '1');
    await actAsKubelet(cluster);
    expect(await restarted()).to.deep.equal([]);
  });
});
