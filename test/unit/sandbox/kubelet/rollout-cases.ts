import { expect } from 'chai';
import { type Service, startService } from '../../../../src/sandbox/kubelet/service.js';
import { at, textAt, type Tree } from '../../../../src/sandbox/kubernetes/value.js';
import { type ApiServer, conditionOf, isComplete, World } from './world.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What a client sees that shows a key: the status, or 0 where nobody answers. */
async function show(service: Service, key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, connection: 'close' };
  const response = await fetch(`${service.url}/v1/models`, { headers });
  await response.arrayBuffer();
  return response.status;
}

const showOften = async (service: Service, key: string): Promise<readonly number[]> => {
  const seen: number[] = [];
  for (let i = 0; i < 6; i += 1) seen.push(await show(service, key));
  return seen;
};

/** The cases of a rollout that hold on any API server with the controllers of Kubernetes. */
export function rolloutCases(start: () => Promise<ApiServer>): void {
  let world: World;
  let service: Service;
  let path: string;

  before(async () => {
    world = await World.start(await start());
  });
  after(async () => {
    await world.close();
  });

  beforeEach(async () => {
    await world.newNamespace();
    path = world.apps('deployments/consumer');
    await world.createSecret('key', { key: 'sk-old' });
    await world.createDeployment('consumer');
    const { endpoint } = world.server;
    service = await startService({ api: endpoint, namespace: world.namespace, selector: { app: 'consumer' } });
    await world.until(path, 'the consumers are available', isComplete);
  });
  afterEach(async () => {
    await service.close();
    await world.api.patch(path, 'merge', { spec: { replicas: 0 } });
    await world.until(world.core('pods'), 'no pod is left', (list) => (list['items'] as Tree[]).length === 0);
  });

  const annotate = async (annotations: object): Promise<number> => {
    const { status, body } = await world.api.patch(path, 'merge', {
      spec: { template: { metadata: { annotations } } },
    });
    expect(status).to.equal(200);
    return Number(at(body, 'metadata', 'generation'));
  };

  it('takes the new key everywhere, and the old one nowhere, once the rollout has converged', async () => {
    expect(await showOften(service, 'sk-old')).to.deep.equal([200, 200, 200, 200, 200, 200]);
    await world.api.patch(world.core('secrets/key'), 'merge', { data: { key: base64('sk-new') } });
    expect(await show(service, 'sk-old'), 'a running container keeps its environment').to.equal(200);
    const generation = await annotate({ 'keyturn.dev/abc': 'r1.2' });
    const statuses: number[] = [];
    const done = await world.until(path, 'the rollout is complete', (deployment) => {
      void show(service, 'sk-old').then((status) => statuses.push(status));
      return isComplete(deployment);
    });
    expect(at(done, 'status', 'observedGeneration')).to.equal(generation);
    const gone = (list: Tree): boolean => (list['items'] as Tree[]).length === 2;
    await world.until(world.core('pods'), 'terminating pods are gone', gone);
    expect(await showOften(service, 'sk-new')).to.deep.equal([200, 200, 200, 200, 200, 200]);
    expect(await showOften(service, 'sk-old')).to.deep.equal([400, 400, 400, 400, 400, 400]);
    expect([...new Set(statuses)].filter((status) => status !== 200 && status !== 400)).to.deep.equal([]);
    for (const pod of await world.pods()) {
      expect(textAt(pod, 'metadata', 'annotations', 'keyturn.dev/abc')).to.equal('r1.2');
    }
  });

  it('exceeds the progress deadline where new pods never get ready, while an old one goes on serving', async () => {
    await annotate({ 'sandbox.keyturn.dev/never-ready': 'true' });
    const stalled = await world.until(path, 'the deadline is exceeded', (deployment) => {
      return conditionOf(deployment, 'Progressing')['reason'] === 'ProgressDeadlineExceeded';
    });
    expect(conditionOf(stalled, 'Progressing')['status']).to.equal('False');
    expect(isComplete(stalled)).to.equal(false);
    expect(await showOften(service, 'sk-old')).to.deep.equal([200, 200, 200, 200, 200, 200]);
    await annotate({ 'sandbox.keyturn.dev/never-ready': null });
    await world.until(path, 'the rollout went back', isComplete);
  });

  it('stalls on a Secret that lacks the key, and goes on once the key is there', async () => {
    await world.api.patch(world.core('secrets/key'), 'merge', { data: { key: null, other: base64('x') } });
    await annotate({ 'keyturn.dev/abc': 'r2.1' });
    const said = `couldn't find key key in Secret ${world.namespace}/key`;
    await world.until(world.core('pods'), 'a pod says what is missing', (list) => JSON.stringify(list).includes(said));
    await world.api.patch(world.core('secrets/key'), 'merge', { data: { key: base64('sk-new') } });
    await world.until(path, 'the rollout is complete', isComplete);
  });
}
