import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { makeServerCertificate, makeSigningKeys } from './certificates.js';
import { startCertManager } from './cert-manager.js';
import { componentFile } from './components.js';
import { apiServerArgs, controllerManagerArgs, etcdArgs } from './cluster-flags.js';
import type { ClusterCall, Identity, RealCluster } from './cluster-types.js';
import { removeFolder, runFolder } from './folder.js';
import { freePorts } from './ports.js';
import { send } from './request.js';
import { type RealServer, onFreePorts, startServer } from './server.js';

const READY_SECONDS = 60;

export type { ClusterCall, Identity, RealCluster } from './cluster-types.js';

/** Starts etcd, an API server and its controllers; throws if they are not provisioned or do not become ready. */
export async function startCluster(): Promise<RealCluster> {
  const binary = componentFile('testcluster', 'binary');
  const folder = await runFolder();
  try {
    return await onFreePorts(() => start(binary, folder));
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

async function start(binary: string, folder: string): Promise<RealCluster> {
  const servers: RealServer[] = [];
  const run = async (name: string, args: readonly string[]): Promise<RealServer> => {
    const logFile = join(folder, `${name}.log`);
    const server = await startServer({ command: binary, args: [name, ...args], folder, logFile });
    servers.unshift(server);
    return server;
  };
  const killAll = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.kill()));
  };
  try {
    const cluster = await startParts(folder, run);
    const close = async (): Promise<void> => {
      await killAll();
      await removeFolder(folder);
    };
    let certManager: Promise<void> | undefined;
    const startOnce: RealCluster['startCertManager'] = (options) =>
      (certManager ??= startCertManager(cluster, { folder, run }, options));
    return { ...cluster, startCertManager: startOnce, close };
  } catch (error) {
    await killAll();
    throw error;
  }
}

type Run = (name: string, args: readonly string[]) => Promise<RealServer>;

async function startParts(folder: string, run: Run): Promise<Omit<RealCluster, 'startCertManager' | 'close'>> {
  await mkdir(join(folder, 'etcd'), { recursive: true, mode: 0o700 });
  const names = ['DNS:localhost', 'DNS:kubernetes.default.svc', 'IP:127.0.0.1', 'IP:10.96.0.1'];
  const [certificate, signing, tokens] = await Promise.all([
    makeServerCertificate(folder, names),
    makeSigningKeys(folder),
    writeTokens(folder),
  ]);
  const [client = 0, peer = 0, secure = 0] = await freePorts(3);
  const address = `https://127.0.0.1:${secure}`;
  const caFile = certificate.caFile;
  const ca = await readFile(caFile, 'utf8');
  const request: RealCluster['request'] = (method, path, body, call = {}) =>
    send({ method, url: `${address}${path}`, body, ca, headers: headersOf(call, tokens.admin) });
  const writeKubeconfig: RealCluster['writeKubeconfig'] = (file, as = {}) =>
    writeFile(file, kubeconfig(address, ca, as.token ?? tokens.admin, as.namespace), { mode: 0o600 });

  const etcd = await run('etcd', etcdArgs(join(folder, 'etcd'), client, peer));
  const etcdHealth = `http://127.0.0.1:${client}/health`;
  await etcd.until(async () => (await send({ method: 'GET', url: etcdHealth })).status === 200, READY_SECONDS);
  const files = { folder, tokensFile: join(folder, 'tokens.csv'), certificate, signing };
  const apiServer = await run('kube-apiserver', apiServerArgs(client, secure, files));
  await apiServer.until(async () => (await request('GET', '/readyz')).status === 200, READY_SECONDS);
  const admin = join(folder, 'admin.kubeconfig');
  await writeKubeconfig(admin);
  const controllers = await run('kube-controller-manager', controllerManagerArgs(admin, files));
  // The controllers are at work once they have given the default namespace its service account, which no Pod can be
  // created without.
  const account = '/api/v1/namespaces/default/serviceaccounts/default';
  await controllers.until(async () => (await request('GET', account)).status === 200, READY_SECONDS);
  return { address, caFile, tokens, request, writeKubeconfig };
}

function headersOf({ token, contentType }: ClusterCall, admin: string): Readonly<Record<string, string>> {
  return {
    authorization: `Bearer ${token ?? admin}`,
    accept: 'application/json',
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  };
}

/** Random tokens, new for each cluster, in the file format of --token-auth-file: token,user,uid,"groups". */
async function writeTokens(folder: string): Promise<Readonly<Record<Identity, string>>> {
  const token = (): string => randomBytes(24).toString('base64url');
  const tokens = { admin: token(), plan: token(), apply: token() };
  const lines = [
    `${tokens.admin},keyturn-admin,keyturn-admin,"system:masters"`,
    `${tokens.plan},keyturn-plan,keyturn-plan`,
    `${tokens.apply},keyturn-apply,keyturn-apply`,
  ];
  await writeFile(join(folder, 'tokens.csv'), `${lines.join('\n')}\n`, { mode: 0o600 });
  return tokens;
}

/** JSON is YAML, and every client reads it. */
function kubeconfig(server: string, ca: string, token: string, namespace = 'default'): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'keyturn-test',
    clusters: [
      { name: 'keyturn-test', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: 'keyturn-test', user: { token } }],
    contexts: [{ name: 'keyturn-test', context: { cluster: 'keyturn-test', user: 'keyturn-test', namespace } }],
  });
}
