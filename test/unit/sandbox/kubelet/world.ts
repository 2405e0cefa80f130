import { consumerCommand } from '../../../../src/sandbox/consumer/command.js';
import { type ApiAnswer, ApiClient, type ApiEndpoint } from '../../../../src/sandbox/kubelet/client.js';
import { type Kubelet, type KubeletOptions, startKubelet } from '../../../../src/sandbox/kubelet/kubelet.js';
import { startKubernetes } from '../../../../src/sandbox/kubernetes/start.js';
import { at, listAt, textAt, type Tree } from '../../../../src/sandbox/kubernetes/value.js';
import { eventually } from '../../../support/real/eventually.js';

/** An API server, embedded or real. */
export interface ApiServer {
  readonly endpoint: ApiEndpoint;
  close(): Promise<void>;
}

export async function embeddedServer(): Promise<ApiServer> {
  const kubernetes = await startKubernetes();
  return {
    endpoint: { baseUrl: kubernetes.address, token: kubernetes.adminToken },
    close: () => kubernetes.close(),
  };
}

/** A cluster with one kubelet, and a namespace of its own for each test. */
export class World {
  readonly server: ApiServer;
  readonly api: ApiClient;
  readonly kubelet: Kubelet;
  #count = 0;
  namespace = '';

  constructor(server: ApiServer, kubelet: Kubelet) {
    this.server = server;
    this.api = new ApiClient(server.endpoint, 'tester');
    this.kubelet = kubelet;
  }

  static async start(server: ApiServer, options: Omit<KubeletOptions, 'api'> = {}): Promise<World> {
    const kubelet = await startKubelet({
      api: server.endpoint,
      pollInterval: 30,
      retryAfter: 50,
      backOff: 50,
      ...options,
    });
    return new World(server, kubelet);
  }

  async newNamespace(): Promise<void> {
    this.#count += 1;
    this.namespace = `case-${process.pid}-${this.#count}`;
    await this.#made('/api/v1/namespaces', { metadata: { name: this.namespace } });
    // A real server takes no pod before the namespace has its service account; the embedded one asks for none.
    if (!this.server.endpoint.baseUrl.startsWith('https:')) return;
    const path = `/api/v1/namespaces/${this.namespace}/serviceaccounts/default`;
    await eventually(
      () => this.api.get(path),
      ({ status }) => status === 200,
      { what: 'the service account' },
    );
  }

  core(path: string): string {
    return `/api/v1/namespaces/${this.namespace}/${path}`;
  }

  apps(path: string): string {
    return `/apis/apps/v1/namespaces/${this.namespace}/${path}`;
  }

  async createSecret(name: string, data: Readonly<Record<string, string>>): Promise<void> {
    await this.#made(this.core('secrets'), { metadata: { name }, stringData: data });
  }

  async createPod(
    name: string,
    container: object,
    more: { readonly annotations?: object; readonly spec?: object } = {},
  ): Promise<void> {
    const metadata = { name, annotations: more.annotations ?? {} };
    const spec = { containers: [{ name: 'main', image: 'none', ...container }], ...more.spec };
    await this.#made(this.core('pods'), { metadata, spec });
  }

  async createDeployment(name: string, annotations: object = {}): Promise<void> {
    await this.#made(this.apps('deployments'), { metadata: { name }, spec: consumerSpec(annotations) });
  }

  async get(path: string): Promise<Tree> {
    const { status, body } = await this.api.get(path);
    if (status !== 200) throw new Error(`GET ${path}: ${status}`);
    return body;
  }

  async pods(): Promise<Tree[]> {
    return listAt(await this.get(this.core('pods')), 'items') as Tree[];
  }

  /** Asks for an object until it is as wanted. */
  async until(path: string, what: string, wanted: (object: Tree) => boolean): Promise<Tree> {
    return eventually(() => this.get(path), wanted, { what, seconds: 15 });
  }

  async untilGone(path: string): Promise<ApiAnswer> {
    return eventually(
      () => this.api.get(path),
      ({ status }) => status === 404,
      { what: `${path} is gone`, seconds: 15 },
    );
  }

  async close(): Promise<void> {
    await this.kubelet.close();
    this.api.close();
    await this.server.close();
  }

  async #made(path: string, object: object): Promise<void> {
    const { status, body } = await this.api.post(path, object);
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${textAt(body, 'message') ?? ''}`);
  }
}

/** A Deployment of two consumers that read the key "key" of the Secret "key". */
export function consumerSpec(annotations: object): object {
  const ref = { name: 'key', key: 'key' };
  return {
    replicas: 2,
    progressDeadlineSeconds: 2,
    selector: { matchLabels: { app: 'consumer' } },
    template: {
      metadata: {
        labels: { app: 'consumer' },
        annotations: { 'sandbox.keyturn.dev/probe-period': '30ms', ...annotations },
      },
      spec: {
        terminationGracePeriodSeconds: 5,
        containers: [
          {
            name: 'consumer',
            image: 'none',
            command: consumerCommand(),
            env: [{ name: 'LITELLM_MASTER_KEY', valueFrom: { secretKeyRef: ref } }],
            ports: [{ name: 'http', containerPort: 4000 }],
            readinessProbe: { httpGet: { path: '/health/readiness', port: 'http' }, periodSeconds: 1 },
          },
        ],
      },
    },
  };
}

export const containerOf = (pod: Tree): Tree => (listAt(pod, 'status', 'containerStatuses')[0] ?? {}) as Tree;
export const waitingReason = (pod: Tree): string => textAt(containerOf(pod), 'state', 'waiting', 'reason') ?? '';
export const isReady = (pod: Tree): boolean => at(containerOf(pod), 'ready') === true;

export function conditionOf(object: Tree, type: string): Tree {
  return (listAt(object, 'status', 'conditions').find((one) => textAt(one, 'type') === type) ?? {}) as Tree;
}

/** All wanted pods are of the present template and available, and the controller has seen that template. */
export function isComplete(deployment: Tree): boolean {
  const counts = ['replicas', 'updatedReplicas', 'availableReplicas'].map((field) => at(deployment, 'status', field));
  return (
    counts.every((count) => count === at(deployment, 'spec', 'replicas')) &&
    at(deployment, 'status', 'observedGeneration') === at(deployment, 'metadata', 'generation')
  );
}
