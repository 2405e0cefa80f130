import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { CertManagerOptions, RealCluster } from './cluster-types.js';
import { componentFile } from './components.js';
import { eventually } from './eventually.js';
import type { RealServer } from './server.js';

const READY_SECONDS = 60;
const RESOURCES = ['certificaterequests', 'certificates', 'clusterissuers', 'issuers'];
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

interface Home {
  readonly folder: string;
  readonly run: (name: string, args: readonly string[]) => Promise<RealServer>;
}

/** Installs the four resources and starts the control loops; resolves once they have seen the whole cluster. */
export async function startCertManager(
  cluster: Pick<RealCluster, 'request' | 'writeKubeconfig'>,
  { folder, run }: Home,
  options: CertManagerOptions = {},
): Promise<void> {
  // A loop that watches a resource before the API server serves it would back off, so all four are awaited first.
  for (const resource of RESOURCES) await define(cluster, resource);
  const kubeconfig = join(folder, 'cert-manager.kubeconfig');
  await cluster.writeKubeconfig(kubeconfig);
  const server = await run('cert-manager', [
    `--kubeconfig=${kubeconfig}`,
    `--certificate-request-minimum-backoff-duration=${options.minimumBackoff ?? '1h'}`,
    `--disable=${(options.disable ?? []).join(',')}`,
  ]);
  const logFile = join(folder, 'cert-manager.log');
  await server.until(async () => (await readFile(logFile, 'utf8')).includes('cert-manager: ready'), READY_SECONDS);
}

/** POST, because a client-side apply keeps the whole definition in an annotation, and these are larger than those may be. */
async function define(cluster: Pick<RealCluster, 'request'>, resource: string): Promise<void> {
  const definition = await readFile(componentFile('testcluster', resource), 'utf8');
  const made = await cluster.request('POST', DEFINITIONS, definition, { contentType: 'application/yaml' });
  if (made.status !== 201) throw new Error(`defining ${resource}: ${made.status} ${JSON.stringify(made.body)}`);
  await eventually(
    () => cluster.request('GET', `/apis/cert-manager.io/v1/${resource}`),
    (answer) => answer.status === 200,
    { what: `${resource} served`, seconds: READY_SECONDS },
  );
}
