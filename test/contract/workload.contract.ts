import { expect } from 'chai';
import type { WorkloadKind, WorkloadRef } from '../../src/domain/policy.js';
import type { Kubernetes, Rollout } from '../../src/domain/ports.js';
import { FIELD_MANAGER, MERGE_PATCH, eventually } from './cluster-world.js';
import type { StartWorld, World } from './cluster-world.js';
import { faultOf } from './faults.js';
import { WORKLOAD_TRAFFIC } from './traffic.js';
import { NEVER_READY } from '../../src/sandbox/kubelet/probe.js';
import { makeWorkload, workloadPath } from './workload-objects.js';
import type { Wanted } from './workload-objects.js';

const KINDS: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];
const NAMES = { Deployment: 'web', StatefulSet: 'store', DaemonSet: 'agent' } as const;
const MARK = 'keyturn.dev/0a1b2c3d4e5f';

/** Every pod was made from the template with this mark, is ready, and no other is left. */
function converged(seen: Rollout | null, generation: number, mark?: string): boolean {
  if (seen === null || seen.observedGeneration < generation || seen.pods.length < Math.max(1, seen.replicas))
    return false;
  return seen.pods.every((pod) => pod.ready && !pod.terminating && pod.annotations[MARK] === mark);
}

/** What keyturn relies on when it restarts consumers and waits for their pods, on any cluster that keeps the API's promises. */
export function describeWorkloads(name: string, start: StartWorld): void {
  describe(`[C] workloads of ${name}`, function () {
    this.timeout(60_000);
    let world: World;
    let kubernetes: Kubernetes;
    let namespace: string;

    const refOf = (kind: WorkloadKind): WorkloadRef => ({ kind, namespace, name: NAMES[kind] });
    const make = async (kind: WorkloadKind, wanted?: Wanted): Promise<WorkloadRef> => {
      await makeWorkload(world, refOf(kind), wanted);
      return refOf(kind);
    };
    const version = async (ref: WorkloadRef): Promise<string> =>
      (await kubernetes.readWorkload(ref))?.resourceVersion ?? 'none';
    /** The controllers write the status all the time: a conflict with them is answered by reading again, as the saga does. */
    const annotate = async (
      ref: WorkloadRef,
      value: string,
    ): Promise<{ before: string; after: string; generation: number }> => {
      for (;;) {
        const before = await version(ref);
        try {
          const { resourceVersion: after, generation } = await kubernetes.annotateTemplate(
            ref,
            { [MARK]: value },
            before,
          );
          return { before, after, generation };
        } catch (error) {
          expect(error).to.have.nested.property('details.kind', 'conflict');
        }
      }
    };
    const mark = async (ref: WorkloadRef, value: string): Promise<number> => (await annotate(ref, value)).generation;
    const rollout = (ref: WorkloadRef) => (): Promise<Rollout | null> => kubernetes.rollout(ref);

    before(async () => {
      world = await start({ kubelet: true });
      kubernetes = await world.connect();
    });

    after(() => world.close());

    beforeEach(async () => {
      namespace = await world.namespace();
    });

    it('a workload that does not exist is null, in a namespace that does not exist too', async () => {
      for (const kind of KINDS) {
        for (const ref of [refOf(kind), { ...refOf(kind), namespace: 'no-such-namespace' }]) {
          expect(await kubernetes.readWorkload(ref)).to.equal(null);
          expect(await kubernetes.rollout(ref)).to.equal(null);
        }
      }
    });

    it('what it refers to is read: variables, Secrets, annotations and who set them', async () => {
      const ref = await make('Deployment', {
        replicas: 3,
        podAnnotations: { team: 'shop' },
        spec: { paused: true },
        container: {
          env: [
            { name: 'PLAIN', value: 'x' },
            { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } },
          ],
          envFrom: [{ secretRef: { name: 'all' } }],
        },
        podSpec: { volumes: [{ name: 'v', secret: { secretName: 'mounted' } }] },
      });
      await world.admin(
        'PATCH',
        `${workloadPath(ref)}?fieldManager=argocd-controller`,
        annotation('by', 'argo'),
        MERGE_PATCH,
      );
      const view = await kubernetes.readWorkload(ref);
      expect(view).to.deep.include({
        replicas: 3,
        templateAnnotations: { team: 'shop', by: 'argo' },
        env: [{ name: 'PLAIN' }, { name: 'TOKEN', secretKey: { name: 'api', key: 'token' } }],
        secrets: ['all', 'api', 'mounted'],
      });
      expect(view?.annotationManagers).to.include({ by: 'argocd-controller' });
      await mark(ref, 'r1.1');
      expect((await kubernetes.readWorkload(ref))?.annotationManagers).to.include({
        by: 'argocd-controller',
        [MARK]: FIELD_MANAGER,
      });
    });

    it('a new mark makes a new generation, which the controller gets to know, and the same one again makes none', async () => {
      for (const kind of KINDS) {
        const ref = await make(kind, { replicas: 0 });
        const first = await annotate(ref, 'r1.1');
        expect(first).to.include({ generation: 2 });
        expect(first.after).to.not.equal(first.before);
        expect((await kubernetes.readWorkload(ref))?.templateAnnotations).to.deep.equal({ [MARK]: 'r1.1' });
        const again = await annotate(ref, 'r1.1');
        expect(again).to.deep.equal({ before: again.before, after: again.before, generation: 2 });
        const seen = await eventually(rollout(ref), (seen) => seen?.observedGeneration === 2);
        expect(seen).to.include({ generation: 2 });
      }
    });

    it('a stale resourceVersion is a conflict that changes nothing', async () => {
      for (const kind of KINDS) {
        const ref = await make(kind, { replicas: 0 });
        const stale = await version(ref);
        await world.admin('PATCH', workloadPath(ref), { metadata: { labels: { touched: 'x' } } }, MERGE_PATCH);
        const fault = await faultOf(kubernetes.annotateTemplate(ref, { [MARK]: 'r1.1' }, stale));
        expect(fault).to.include({ kind: 'conflict', effect: 'none', status: 409 });
        expect((await kubernetes.readWorkload(ref))?.templateAnnotations).to.not.have.property(MARK);
      }
    });

    it('a workload that is gone is absent for a write', async () => {
      for (const kind of KINDS) {
        const fault = await faultOf(kubernetes.annotateTemplate(refOf(kind), { [MARK]: 'r1.1' }, '1'));
        expect(fault).to.include({ kind: 'absent', effect: 'none', status: 404 });
      }
    });

    it('who may only look is refused the restart, and is told so beforehand; who may not list pods cannot wait', async () => {
      const rules = [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }];
      const reader = await world.connect(await world.grant(namespace, rules));
      const ref = await make('Deployment', { replicas: 0 });
      const fault = await faultOf(reader.annotateTemplate(ref, { [MARK]: 'r1.1' }, await version(ref)));
      expect(fault).to.include({ kind: 'denied', effect: 'none', status: 403 });
      expect(fault.said).to.contain('cannot patch resource "deployments" in API group "apps"');
      expect(await faultOf(reader.rollout(ref))).to.include({ kind: 'denied' });
      const may = (verb: string): Promise<boolean> =>
        reader.allowed({ verb, group: 'apps', resource: 'deployments', namespace, name: ref.name });
      expect([await may('get'), await may('patch')]).to.deep.equal([true, false]);
    });

    it('what keeps a workload from rolling is named', async () => {
      const wanted: readonly [WorkloadKind, object, string | undefined][] = [
        ['Deployment', { paused: true }, 'paused'],
        ['Deployment', { strategy: { type: 'Recreate' } }, undefined],
        ['StatefulSet', { updateStrategy: { type: 'OnDelete' } }, 'OnDelete'],
        ['StatefulSet', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } }, 'partitioned'],
        ['StatefulSet', {}, undefined],
        ['DaemonSet', { updateStrategy: { type: 'OnDelete' } }, 'OnDelete'],
        ['DaemonSet', {}, undefined],
      ];
      for (const [at, [kind, spec, obstacle]] of wanted.entries()) {
        const ref = { ...refOf(kind), name: `web-${at}` };
        await makeWorkload(world, ref, { replicas: 0, spec });
        expect((await kubernetes.readWorkload(ref))?.obstacle, `${kind} ${JSON.stringify(spec)}`).to.equal(obstacle);
      }
    });

    for (const kind of KINDS) {
      it(`a ${kind} is restarted by a new mark, pod by pod, until every pod carries it`, async () => {
        const ref = await make(kind);
        await eventually(rollout(ref), (seen) => converged(seen, 1));
        const generation = await mark(ref, 'r1.1');
        const seen = await eventually(rollout(ref), (seen) => converged(seen, generation, 'r1.1'));
        expect(seen?.pods).to.have.length(kind === 'DaemonSet' ? 1 : 2);
        expect(seen?.replicas).to.equal(seen?.pods.length);
        expect(seen).to.not.have.property('deadlineExceeded');
      });
    }

    it('a pod that takes its time to end is seen as terminating until it is gone', async () => {
      const stubborn = ['sh', '-c', "trap '' TERM; while :; do sleep 0.1; done"];
      const ref = await make('Deployment', {
        replicas: 1,
        container: { command: stubborn },
        podSpec: { terminationGracePeriodSeconds: 2 },
      });
      await eventually(rollout(ref), (seen) => converged(seen, 1));
      const generation = await mark(ref, 'r1.1');
      const during = await eventually(rollout(ref), (seen) => seen?.pods.some((pod) => pod.terminating) === true);
      expect(during?.pods.find((pod) => pod.terminating)?.annotations).to.not.have.property(MARK);
      await eventually(rollout(ref), (seen) => converged(seen, generation, 'r1.1'));
    });

    it('terminating pods are seen although their ReplicaSet is gone', async () => {
      const stubborn = ['sh', '-c', "trap '' TERM; while :; do sleep 0.1; done"];
      const ref = await make('Deployment', {
        replicas: 1,
        spec: { revisionHistoryLimit: 0 },
        container: { command: stubborn },
        podSpec: { terminationGracePeriodSeconds: 10 },
      });
      await eventually(rollout(ref), (seen) => converged(seen, 1));
      await mark(ref, 'r1.1');
      const path = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
      const look = async (): Promise<{ sets: number; old: number }> => {
        const { items } = await world.admin<{ items: readonly unknown[] }>('GET', path);
        const pods = (await kubernetes.rollout(ref))?.pods ?? [];
        return {
          sets: items.length,
          old: pods.filter((pod) => pod.terminating && pod.annotations[MARK] === undefined).length,
        };
      };
      expect(await eventually(look, ({ sets }) => sets === 1)).to.deep.equal({ sets: 1, old: 1 });
    });

    it('a rollout that never gets ready is given up by the controller, and the next one starts afresh', async () => {
      const ref = await make('Deployment', { replicas: 1, spec: { progressDeadlineSeconds: 2 } });
      await eventually(rollout(ref), (seen) => converged(seen, 1));
      await world.admin('PATCH', workloadPath(ref), annotation(NEVER_READY, 'true'), MERGE_PATCH);
      const stuck = await mark(ref, 'r1.1');
      const seen = await eventually(rollout(ref), (seen) => seen?.deadlineExceeded !== undefined);
      expect(seen?.deadlineExceeded).to.match(/^ReplicaSet "web-.+" has timed out progressing/);
      expect(seen?.observedGeneration).to.be.at.least(stuck);
      expect(seen?.pods.find((pod) => pod.annotations[MARK] === 'r1.1')).to.include({ ready: false });
      const cured = { template: { metadata: { annotations: { [NEVER_READY]: null } } }, progressDeadlineSeconds: 60 };
      await world.admin('PATCH', workloadPath(ref), { spec: cured }, MERGE_PATCH);
      const generation = await mark(ref, 'r1.2');
      const looks: Rollout[] = [];
      await eventually(
        async () => {
          const look = await kubernetes.rollout(ref);
          if (look !== null) looks.push(look);
          return look;
        },
        (seen) => converged(seen, generation, 'r1.2'),
      );
      expect(looks.filter((look) => look.deadlineExceeded !== undefined)).to.deep.equal([]);
    });

    it('a pod that cannot start says why', async () => {
      const ref = await make('Deployment', {
        replicas: 1,
        container: { env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'missing', key: 'token' } } }] },
      });
      const seen = await eventually(rollout(ref), (seen) => seen?.pods[0]?.trouble !== undefined);
      expect(seen?.pods[0]?.trouble).to.equal('CreateContainerConfigError: secret "missing" not found');
    });

    it('only its own pods count, not those of another workload or of nobody with the same labels', async () => {
      const ref = await make('Deployment', { replicas: 1 });
      const labels = { app: 'web' };
      const spec = {
        automountServiceAccountToken: false,
        containers: [{ name: 'main', image: 'x', command: ['sleep', '3600'] }],
      };
      await world.admin('POST', `/api/v1/namespaces/${namespace}/pods`, { metadata: { name: 'bare', labels }, spec });
      const other: WorkloadRef = { ...ref, kind: 'StatefulSet' };
      await makeWorkload(world, other, { replicas: 1 });
      const own = await eventually(rollout(other), (seen) => converged(seen, 1));
      expect(own?.pods.map((pod) => pod.name)).to.deep.equal(['web-0']);
      const seen = await eventually(rollout(ref), (seen) => converged(seen, 1));
      expect(seen?.pods).to.have.length(1);
      expect(seen?.pods[0]?.name).to.match(/^web-[a-z0-9]+-[a-z0-9]+$/);
    });

    it('a paused Deployment takes the mark, and its pods stay as they are', async () => {
      const ref = await make('Deployment', { replicas: 1 });
      await eventually(rollout(ref), (seen) => converged(seen, 1));
      await world.admin('PATCH', workloadPath(ref), { spec: { paused: true } }, MERGE_PATCH);
      const generation = await mark(ref, 'r1.1');
      const seen = await eventually(rollout(ref), (seen) => (seen?.observedGeneration ?? 0) >= generation);
      expect(seen?.pods.map((pod) => pod.annotations[MARK])).to.deep.equal([undefined]);
    });

    it('a workload of no replicas has no pods and wants none', async () => {
      const ref = await make('Deployment', { replicas: 0 });
      const seen = await eventually(rollout(ref), (seen) => seen?.observedGeneration === seen?.generation);
      expect(seen).to.deep.include({ replicas: 0, pods: [] });
    });

    // Nested, because mocha runs the tests of a suite before those of the suites in it.
    describe('the record of its traffic', () => {
      it('holds every request that keyturn sends, with every status that it reads', () => {
        expect([...world.traffic].sort()).to.deep.equal(WORKLOAD_TRAFFIC);
      });
    });
  });
}

function annotation(name: string, value: string): object {
  return { spec: { template: { metadata: { annotations: { [name]: value } } } } };
}
