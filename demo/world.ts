import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { type Gateway, startGateway, type VaultEndpoint } from '../src/sandbox/gateway.js';
import type { ApiEndpoint } from '../src/sandbox/kubelet/client.js';
import { startKubernetes } from '../src/sandbox/kubernetes/start.js';
import { writePolicies } from '../src/sandbox/playground.js';
import { startVault } from '../src/sandbox/vault/server.js';

/** The place where the story is told: servers, a gateway, and a folder with policies, kubeconfig and the home of the command line. */
export interface StoryWorld {
  readonly name: string;
  readonly vault: VaultEndpoint;
  readonly gateway: Gateway;
  readonly folder: string;
  close(): Promise<void>;
}

/** A Vault and a Kubernetes with nothing in them yet. */
export interface Servers {
  readonly name: string;
  readonly vault: VaultEndpoint;
  readonly api: ApiEndpoint;
  writeKubeconfig(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Everything embedded in this process; needs nothing but Node. */
async function embedded(): Promise<Servers> {
  const token = randomBytes(16).toString('hex');
  const vault = await startVault({ rootToken: token });
  const kubernetes = await startKubernetes();
  return {
    name: 'embedded Vault and Kubernetes',
    vault: { address: vault.address, token },
    api: { baseUrl: kubernetes.address, token: kubernetes.adminToken },
    writeKubeconfig: (path) => Promise.resolve(kubernetes.writeKubeconfig(path)),
    close: async () => {
      await Promise.all([vault.close(), kubernetes.close()]);
    },
  };
}

/** A real OpenBao and a real control plane, as `npm run provision` made them available. */
async function real(): Promise<Servers> {
  const { startOpenBao } = await import('../test/support/real/openbao.js');
  const { startCluster } = await import('../test/support/real/cluster.js');
  const [vault, cluster] = await Promise.all([startOpenBao(), startCluster()]);
  return {
    name: 'real OpenBao and Kubernetes control plane',
    vault: { address: vault.address, token: vault.rootToken },
    api: { baseUrl: cluster.address, token: cluster.tokens.admin, ca: readFileSync(cluster.caFile, 'utf8') },
    writeKubeconfig: (path) => cluster.writeKubeconfig(path),
    close: async () => {
      await Promise.all([vault.close(), cluster.close()]);
    },
  };
}

/** Starts the servers alone. */
export function startServers(isReal: boolean): Promise<Servers> {
  return isReal ? real() : embedded();
}

/** Starts everything; `isReal` chooses the servers. */
export async function startWorld(isReal: boolean): Promise<StoryWorld> {
  const servers = await startServers(isReal);
  try {
    const gateway = await startGateway(servers.vault, servers.api);
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-story-'));
    mkdirSync(join(folder, 'home'), { mode: 0o700 });
    writeFileSync(join(folder, 'home', '.vault-token'), servers.vault.token, { mode: 0o600 });
    await servers.writeKubeconfig(join(folder, 'kubeconfig'));
    writePolicies(join(folder, 'policies'), gateway.url);
    const close = async (): Promise<void> => {
      await gateway.close();
      await servers.close();
      rmSync(folder, { recursive: true, force: true });
    };
    return { name: servers.name, vault: servers.vault, gateway, folder, close };
  } catch (error) {
    await servers.close();
    throw error;
  }
}
