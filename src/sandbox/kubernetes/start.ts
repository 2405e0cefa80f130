import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Tokens, type Rule } from './access.js';
import { systemClock, type SandboxClock } from './clock.js';
import { Controllers } from './controllers/controllers.js';
import { writeKubeconfig } from './kubeconfig.js';
import { Registry } from './registry.js';
import type { RequestRecord } from './requests.js';
import { NAMESPACES, RESOURCES, type Resource } from './resources.js';
import { createApiServer } from './server.js';
import { Store, type Snapshot } from './store.js';

const LOG_LENGTH = 20_000;
const FIRST_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

export interface KubernetesOptions {
  /** 0, the default: any free port of 127.0.0.1. */
  readonly port?: number;
  readonly clock?: SandboxClock;
  /** Absent: a random one. */
  readonly adminToken?: string;
  /** State of an earlier cluster to go on from. */
  readonly snapshot?: Snapshot;
  /** Custom resources to serve besides the built-in ones; they are stored, no controller acts on them. */
  readonly resources?: readonly Resource[];
}

export interface EmbeddedKubernetes {
  /** `http://127.0.0.1:41234`. */
  readonly address: string;
  readonly adminToken: string;
  /** The last 20,000 answers, oldest first; without bodies and headers. */
  readonly requests: readonly RequestRecord[];
  /** Lets a bearer token act as a user with these rules. */
  addToken(user: string, token: string, rules: 'admin' | readonly Rule[]): void;
  /** Writes a kubeconfig of mode 0600; the token is the admin's unless another is given. */
  writeKubeconfig(path: string, options?: { readonly token?: string; readonly namespace?: string }): void;
  snapshot(): Snapshot;
  /** Ends when the controllers have nothing to do at this instant. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

function createNamespaces(registry: Registry): void {
  for (const name of FIRST_NAMESPACES) {
    if (registry.store.find(NAMESPACES, '', name) !== undefined) continue;
    registry.create(NAMESPACES, '', { metadata: { name } }, { manager: 'kube-apiserver' });
  }
}

/** Starts an API server with controllers in this process, on loopback and without TLS. */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<EmbeddedKubernetes> {
  const resources = [...RESOURCES, ...(options.resources ?? [])];
  const registry = new Registry(new Store(resources, options.snapshot), options.clock ?? systemClock);
  createNamespaces(registry);
  const controllers = new Controllers(registry, resources);
  const tokens = new Tokens();
  const adminToken = options.adminToken ?? randomBytes(24).toString('hex');
  tokens.add(adminToken, { name: 'admin', rules: 'admin' });
  const requests: RequestRecord[] = [];
  const record = (request: RequestRecord): void => {
    if (requests.push(request) > LOG_LENGTH) requests.splice(0, LOG_LENGTH / 10);
  };
  const server = createApiServer({ registry, tokens, resources, record });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    adminToken,
    requests,
    addToken: (user, token, rules) => {
      tokens.add(token, { name: user, rules });
    },
    writeKubeconfig: (path, { token = adminToken, namespace = 'default' } = {}) => {
      writeKubeconfig(path, { server: address, token, namespace });
    },
    snapshot: () => registry.store.snapshot(),
    settled: () => controllers.settled(),
    close: async () => {
      controllers.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
