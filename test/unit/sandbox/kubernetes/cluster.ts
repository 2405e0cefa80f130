import type { SandboxClock } from '../../../../src/sandbox/kubernetes/clock.js';
import type { EmbeddedKubernetes } from '../../../../src/sandbox/kubernetes/start.js';
import { startKubernetes } from '../../../../src/sandbox/kubernetes/start.js';
import { send } from '../../../support/real/request.js';

export const MERGE = 'application/merge-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';

/** A clock that stands still until it is advanced. */
export class ManualClock implements SandboxClock {
  #now = Date.UTC(2026, 10, 24, 10);
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(length: number, run: () => void): () => void {
    const timer = { at: this.#now + length, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  advance(length: number): void {
    this.#now += length;
    const due = this.#timers.filter((timer) => timer.at <= this.#now);
    this.#timers = this.#timers.filter((timer) => timer.at > this.#now);
    for (const timer of due) timer.run();
  }
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface Entry {
  readonly manager: string;
  readonly subresource?: string;
  readonly time: string;
  readonly fieldsV1: Fields;
}

export interface Fields {
  readonly [path: string]: Fields;
}

/** What the API answers, with the fields that the tests look at; which of them are there depends on the kind. */
export interface Doc {
  readonly kind: string;
  readonly message: string;
  readonly reason: string;
  readonly details: { readonly causes: readonly { readonly field: string }[] };
  readonly data: Readonly<Record<string, string>>;
  readonly items: readonly Doc[];
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds: number;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly ownerReferences: readonly object[];
    readonly managedFields: readonly Entry[];
    readonly continue: string;
  };
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly phase: string;
    readonly allowed: boolean;
    readonly availableReplicas: number;
    readonly observedGeneration: number;
    readonly currentRevision: string;
    readonly updateRevision: string;
    readonly conditions?: readonly Condition[];
  };
}

export interface Said {
  readonly status: number;
  readonly body: Doc;
}

export interface TestCluster {
  readonly kubernetes: EmbeddedKubernetes;
  readonly clock: ManualClock;
  /** As admin unless another token, or none (null), is given. Answers after the controllers have settled. */
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    how?: { readonly type?: string; readonly token?: string | null },
  ) => Promise<Said>;
}

export async function startTestCluster(): Promise<TestCluster> {
  const clock = new ManualClock();
  const kubernetes = await startKubernetes({ clock });
  const cluster: TestCluster = {
    kubernetes,
    clock,
    call: async (method, path, body, { type = 'application/json', token = kubernetes.adminToken } = {}) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const headers = {
        'content-type': type,
        'content-length': String(Buffer.byteLength(text)),
        'user-agent': 'tester/1',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      };
      const answer = await send({ method, url: `${kubernetes.address}${path}`, headers, body: text });
      await kubernetes.settled();
      return { status: answer.status, body: answer.body as Doc };
    },
  };
  await cluster.call('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
  return cluster;
}

export const CORE = '/api/v1/namespaces/shop';
export const APPS = '/apis/apps/v1/namespaces/shop';

export const template = (annotations: Record<string, string> = {}) => ({
  metadata: { labels: { app: 'web' }, annotations },
  spec: { containers: [{ name: 'web', image: 'web:1', command: ['web'] }] },
});

export const workload = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: { selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
});

/** What a kubelet does, by hand: binds a pod and reports it. */
export async function makeReady({ call, clock }: TestCluster, pod: string, ready = true): Promise<void> {
  const target = { kind: 'Node', name: 'hand' };
  await call('POST', `${CORE}/pods/${pod}/binding`, { metadata: { name: pod }, target });
  const lastTransitionTime = new Date(clock.now()).toISOString().replace(/\.\d+/, '');
  const status = {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime }],
  };
  await call('PATCH', `${CORE}/pods/${pod}/status`, { status }, { type: STRATEGIC });
}

export async function pods(cluster: TestCluster): Promise<readonly Doc[]> {
  return (await cluster.call('GET', `${CORE}/pods`)).body.items;
}

/** Makes every pod ready that is not, and finishes the deletion of those that end, until nothing changes any more. */
export async function actAsKubelet(cluster: TestCluster): Promise<void> {
  for (;;) {
    const all = await pods(cluster);
    const ending = all.filter((pod) => pod.metadata.deletionTimestamp !== undefined);
    const waiting = all.filter((pod) => pod.metadata.deletionTimestamp === undefined && pod.status.phase === 'Pending');
    if (ending.length + waiting.length === 0) return;
    for (const pod of ending)
      await cluster.call('DELETE', `${CORE}/pods/${pod.metadata.name}`, { gracePeriodSeconds: 0 });
    for (const pod of waiting) await makeReady(cluster, pod.metadata.name);
  }
}
