import { expect } from 'chai';
import type { Kubernetes } from '../../../../src/domain/ports.js';
import { connect, kubeconfig, startAnswers } from './answers.js';
import type { Answers, Received, Reply } from './answers.js';

const REF = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
const CONTROLLER = { apiVersion: 'apps/v1', controller: true };

interface World {
  deployment: { generation: number; observed: number; conditions?: readonly object[] };
  sets: readonly { uid: string; owner: string }[];
  pods: readonly {
    name: string;
    owner: { kind: string; uid: string; name: string };
    phase?: string;
    hash?: string;
    gone?: boolean;
  }[];
}

/** The three answers that a rollout is read from; pods come in pages of two. */
function answer(world: World, request: Received): Reply {
  if (request.path.endsWith('/deployments/web')) return ok(deployment(world));
  const all = request.path.endsWith('/replicasets') ? world.sets.map(replicaSet) : world.pods.map(pod);
  const from = Number(request.query.get('continue') ?? 0);
  const next = from + 2 < all.length ? { continue: String(from + 2) } : {};
  return ok({ metadata: { resourceVersion: '9', ...next }, items: all.slice(from, from + 2) });
}

function ok(body: object): Reply {
  return { status: 200, body };
}

function deployment({ deployment: { generation, observed, conditions = [] } }: World): object {
  return {
    metadata: { name: 'web', uid: 'd1', resourceVersion: '5', generation },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: {} },
    status: { observedGeneration: observed, conditions },
  };
}

function replicaSet({ uid, owner }: World['sets'][number]): object {
  return {
    metadata: {
      name: `set-${uid}`,
      uid,
      ownerReferences: [{ ...CONTROLLER, kind: 'Deployment', name: 'x', uid: owner }],
    },
  };
}

function pod({ name, owner, phase = 'Running', hash = '', gone = false }: World['pods'][number]): object {
  return {
    metadata: {
      name,
      labels: { 'pod-template-hash': hash },
      annotations: { 'keyturn.dev/a': 'r1.3' },
      ownerReferences: [{ ...CONTROLLER, ...owner }],
      ...(gone ? { deletionTimestamp: '2026-11-24T10:00:00Z' } : {}),
    },
    status: { phase, conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

describe('[U] rollout of a Deployment', () => {
  let server: Answers;
  let file: ReturnType<typeof kubeconfig>;
  let kubernetes: Kubernetes;
  let world: World;

  before(async () => {
    server = await startAnswers((request) => answer(world, request));
    file = kubeconfig(server.url);
    kubernetes = await connect(file.path);
  });

  after(async () => {
    await server.close();
    file.remove();
  });

  beforeEach(() => {
    server.received.length = 0;
    world = { deployment: { generation: 3, observed: 3 }, sets: [{ uid: 's1', owner: 'd1' }], pods: [] };
  });

  const names = async (): Promise<readonly string[] | undefined> =>
    (await kubernetes.rollout(REF))?.pods.map((one) => one.name);

  it('takes the pods of its own ReplicaSets, page by page, and no others that its selector finds', async () => {
    const own = { kind: 'ReplicaSet', uid: 's1', name: 'web-1' };
    world.sets = [
      { uid: 's1', owner: 'd1' },
      { uid: 's2', owner: 'd1' },
      { uid: 's3', owner: 'other' },
    ];
    world.pods = [
      { name: 'a', owner: own },
      { name: 'b', owner: { ...own, uid: 's2' } },
      { name: 'foreign', owner: { ...own, uid: 's3' } },
      { name: 'job', owner: { kind: 'Job', uid: 's1', name: 'j' } },
      { name: 'c', owner: own },
    ];
    expect(await names()).to.deep.equal(['a', 'b', 'c']);
    expect(server.received.filter((one) => one.path.endsWith('/pods'))).to.have.length(3);
    expect(server.received.at(-1)?.query.get('labelSelector')).to.equal('app=web');
  });

  it('counts terminating pods, also those of a ReplicaSet that was already removed', async () => {
    world.pods = [
      { name: 'old', owner: { kind: 'ReplicaSet', uid: 'gone', name: 'web-77aa' }, hash: '77aa', gone: true },
      {
        name: 'stranger',
        owner: { kind: 'ReplicaSet', uid: 'gone2', name: 'web-proxy-77aa' },
        hash: '77aa',
        gone: true,
      },
    ];
    const rollout = await kubernetes.rollout(REF);
    expect(rollout?.pods).to.deep.equal([
      { name: 'old', annotations: { 'keyturn.dev/a': 'r1.3' }, ready: true, terminating: true },
    ]);
  });

  it('leaves out pods that ended: they run nothing and are never replaced by a rollout', async () => {
    const owner = { kind: 'ReplicaSet', uid: 's1', name: 'web-1' };
    world.pods = [
      { name: 'evicted', owner, phase: 'Failed' },
      { name: 'done', owner, phase: 'Succeeded' },
      { name: 'a', owner },
    ];
    expect(await names()).to.deep.equal(['a']);
  });

  it('says that the controller gave up only of a generation that the controller has seen', async () => {
    const conditions = [
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' },
    ];
    world.deployment = { generation: 3, observed: 3, conditions };
    expect(await kubernetes.rollout(REF)).to.include({
      deadlineExceeded: 'timed out',
      observedGeneration: 3,
      generation: 3,
      replicas: 2,
    });
    world.deployment = { generation: 4, observed: 3, conditions };
    expect(await kubernetes.rollout(REF)).to.not.have.property('deadlineExceeded');
    world.deployment = {
      generation: 3,
      observed: 3,
      conditions: [{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' }],
    };
    expect(await kubernetes.rollout(REF)).to.not.have.property('deadlineExceeded');
  });
});
