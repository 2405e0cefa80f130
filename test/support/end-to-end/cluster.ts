import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { ApiEndpoint } from '../../../src/sandbox/kubelet/client.js';
import { startKubernetes } from '../../../src/sandbox/kubernetes/start.js';
import { startCluster } from '../real/cluster.js';

/** A cluster of its own for one suite, embedded or real. */
export interface TestCluster {
  /** As administrator. */
  readonly api: ApiEndpoint;
  /** Applies a file of Roles and RoleBindings to one user; the namespace is there. */
  grant(user: 'plan' | 'apply', file: string): Promise<void>;
  writeKubeconfig(path: string, user: 'admin' | 'plan' | 'apply'): Promise<void>;
  /** `GET /apis/apps/v1/namespaces/…` of one user, where the server tells; the real one lets only what a Role grants through. */
  requestsOf(user: 'plan' | 'apply'): readonly string[];
  close(): Promise<void>;
}

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface RbacObject {
  readonly kind: 'Role' | 'RoleBinding';
  readonly metadata: { readonly namespace: string };
  readonly rules: readonly Rule[];
}

function objectsOf(file: string): readonly RbacObject[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as RbacObject);
}

export async function embeddedCluster(): Promise<TestCluster> {
  const cluster = await startKubernetes();
  const tokens = { admin: cluster.adminToken, plan: secretToken(), apply: secretToken() };
  return {
    api: { baseUrl: cluster.address, token: cluster.adminToken },
    grant: (user, file) => {
      const roles = objectsOf(file).filter(({ kind }) => kind === 'Role');
      const rules = roles.flatMap(({ metadata: { namespace }, rules }) =>
        rules.map((rule) => ({ ...rule, namespaces: [namespace] })),
      );
      cluster.addToken(`keyturn-${user}`, tokens[user], rules);
      return Promise.resolve();
    },
    writeKubeconfig: (path, user) => Promise.resolve(cluster.writeKubeconfig(path, { token: tokens[user] })),
    requestsOf: (user) =>
      cluster.requests
        .filter((request) => request.user === `keyturn-${user}`)
        .map(({ method, path }) => `${method} ${path}`),
    close: () => cluster.close(),
  };
}

export async function realCluster(): Promise<TestCluster> {
  const cluster = await startCluster();
  return {
    api: { baseUrl: cluster.address, token: cluster.tokens.admin, ca: readFileSync(cluster.caFile, 'utf8') },
    grant: async (_user, file) => {
      for (const object of objectsOf(file)) {
        const kind = object.kind === 'Role' ? 'roles' : 'rolebindings';
        const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${object.metadata.namespace}/${kind}`;
        const { status, body } = await cluster.request('POST', path, object);
        if (status >= 300) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
      }
    },
    writeKubeconfig: (path, user) => cluster.writeKubeconfig(path, { token: cluster.tokens[user] }),
    requestsOf: () => [],
    close: () => cluster.close(),
  };
}

function secretToken(): string {
  return randomBytes(16).toString('hex');
}
