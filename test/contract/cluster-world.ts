import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectKubernetes } from '../../src/adapters/kubernetes/connect.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import type { Kubernetes } from '../../src/domain/ports.js';
import { startKubelet } from '../../src/sandbox/kubelet/kubelet.js';
import { startKubernetes } from '../../src/sandbox/kubernetes/start.js';
import { sharedCluster } from '../support/real/shared.js';

/** One rule of a Role. */
export interface Grant {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** A cluster, embedded or real, as the contract suites need it. */
export interface World {
  /** One call as administrator; any status but 2xx ends the test. Callers name the parts of the body that they look at. */
  admin<T = unknown>(method: string, path: string, body?: unknown, contentType?: string): Promise<T>;
  /** The adapter under test; without a token as administrator. */
  connect(token?: string): Promise<Kubernetes>;
  /** A token of somebody who may do just that in one namespace. */
  grant(namespace: string, rules: readonly Grant[]): Promise<string>;
  /** Makes a namespace of its own for one test. */
  namespace(): Promise<string>;
  /** `GET /api/v1/namespaces/:namespace/secrets/:name 200`, of every adapter that was connected here. */
  readonly traffic: ReadonlySet<string>;
  close(): Promise<void>;
}

export type StartWorld = (options: { readonly kubelet: boolean }) => Promise<World>;

/** Not what the user agent begins with, which a server would take where none is given. */
export const FIELD_MANAGER = 'run-1f2e';

export const MERGE_PATCH = 'application/merge-patch+json';

interface Base {
  readonly request: (
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ) => Promise<{ status: number; body: unknown }>;
  readonly kubeconfig: (file: string, token?: string) => Promise<void>;
  readonly grant: World['grant'];
  readonly kubelet: () => Promise<{ close(): Promise<void> }>;
  readonly close: () => Promise<void>;
}

/** The cluster that src/sandbox embeds. */
export const embeddedWorld: StartWorld = async ({ kubelet }) => {
  const cluster = await startKubernetes();
  const api = { baseUrl: cluster.address, token: cluster.adminToken };
  return worldOf(kubelet, {
    request: async (method, path, body, contentType = 'application/json') => {
      const headers = { authorization: `Bearer ${cluster.adminToken}`, 'content-type': contentType };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await fetch(`${cluster.address}${path}`, { method, headers, ...sent });
      return { status: answer.status, body: await answer.json() };
    },
    kubeconfig: (file, token) => {
      cluster.writeKubeconfig(file, token === undefined ? {} : { token });
      return Promise.resolve();
    },
    grant: (namespace, rules) => {
      const token = randomBytes(12).toString('hex');
      cluster.addToken(
        'somebody',
        token,
        rules.map(({ resources, verbs }) => ({ resources, verbs, namespaces: [namespace] })),
      );
      return Promise.resolve(token);
    },
    kubelet: () => startKubelet({ api }),
    close: () => cluster.close(),
  });
};

/** A real control plane: etcd, kube-apiserver, kube-controller-manager. Rights are a Role bound to one of its users. */
export const realWorld: StartWorld = async ({ kubelet }) => {
  const cluster = await sharedCluster();
  const request: Base['request'] = (method, path, body, contentType) =>
    cluster.request(method, path, body, contentType === undefined ? {} : { contentType });
  return worldOf(kubelet, {
    request,
    kubeconfig: (file, token) => cluster.writeKubeconfig(file, token === undefined ? {} : { token }),
    grant: async (namespace, rules) => {
      const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
      const metadata = { name: 'somebody' };
      const subjects = [{ kind: 'User', name: 'keyturn-plan', apiGroup: 'rbac.authorization.k8s.io' }];
      const roleRef = { kind: 'Role', name: 'somebody', apiGroup: 'rbac.authorization.k8s.io' };
      await expectSuccess(request, 'POST', `${rbac}/roles`, { metadata, rules });
      await expectSuccess(request, 'POST', `${rbac}/rolebindings`, { metadata, subjects, roleRef });
      return cluster.tokens.plan;
    },
    kubelet: async () =>
      startKubelet({
        api: { baseUrl: cluster.address, token: cluster.tokens.admin, ca: await readFile(cluster.caFile, 'utf8') },
      }),
    close: () => Promise.resolve(),
  });
};

async function worldOf(withKubelet: boolean, base: Base): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-contract-'));
  const kubelet = withKubelet ? await base.kubelet() : undefined;
  const traffic = new Set<string>();
  return {
    traffic,
    admin: (method, path, body, contentType) => expectSuccess(base.request, method, path, body, contentType),
    connect: async (token) => {
      const file = join(folder, randomBytes(6).toString('hex'));
      await base.kubeconfig(file, token);
      return connect(file, traffic);
    },
    grant: base.grant,
    namespace: async () => {
      const name = `contract-${randomBytes(4).toString('hex')}`;
      await expectSuccess(base.request, 'POST', '/api/v1/namespaces', { metadata: { name } });
      return name;
    },
    close: async () => {
      await kubelet?.close();
      await base.close();
      await rm(folder, { recursive: true });
    },
  };
}

function connect(kubeconfig: string, traffic: Set<string>): Promise<Kubernetes> {
  return connectKubernetes({
    kubeconfig,
    environment: {},
    fieldManager: FIELD_MANAGER,
    deadline: 10_000,
    clock: systemClock(),
    retry: { attempts: 4, first: 50, longest: 500, random: () => 0 },
    onExchange: (method, shape, status) => traffic.add(`${method} ${shape} ${status}`),
  });
}

async function expectSuccess<T>(request: Base['request'], ...call: Parameters<Base['request']>): Promise<T> {
  const { status, body } = await request(...call);
  if (status >= 200 && status < 300) return body as T;
  throw new Error(`${call[0]} ${call[1]}: ${status} ${JSON.stringify(body)}`);
}

/** Looks until what is seen satisfies the condition, and says what was seen last where it does not within the time. */
export async function eventually<T>(look: () => Promise<T>, holds: (seen: T) => boolean, within = 20_000): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > end) throw new Error(`not within ${within} ms; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
