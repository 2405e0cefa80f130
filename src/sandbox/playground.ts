import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gatewayPolicies, startGateway } from './gateway.js';
import { startKubernetes } from './kubernetes/start.js';
import { startVault } from './vault/server.js';

/** The embedded world with everything that a person needs to play in it, in a folder that goes with it. */
export interface Playground {
  /** What to type in a second terminal. */
  readonly instructions: string;
  close(): Promise<void>;
}

/** @param token Vault's root token; it goes into a file of mode 0600 and nowhere else. */
export async function startPlayground(token: string): Promise<Playground> {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-sandbox-'));
  chmodSync(folder, 0o700);
  const [vault, kubernetes] = await Promise.all([startVault({ rootToken: token }), startKubernetes()]);
  const closeServers = async (): Promise<void> => {
    await Promise.all([vault.close(), kubernetes.close()]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const api = { baseUrl: kubernetes.address, token: kubernetes.adminToken };
    const gateway = await startGateway({ address: vault.address, token }, api);
    kubernetes.writeKubeconfig(join(folder, 'kubeconfig'), { namespace: 'ai-gateway' });
    writeFileSync(join(folder, 'vault-token'), token, { mode: 0o600 });
    writePolicies(join(folder, 'policies'), gateway.url);
    const close = async (): Promise<void> => {
      await gateway.close();
      await closeServers();
    };
    return { instructions: instructionsFor(vault.address, folder), close };
  } catch (error) {
    await closeServers();
    throw error;
  }
}

/** Writes the gateway's inventory into a folder. */
export function writePolicies(folder: string, url: string): void {
  for (const [name, text] of gatewayPolicies(url)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** The token is read from its file by the line itself, so that it is in no history and no process list. */
function instructionsFor(address: string, folder: string): string {
  return [
    'A Vault, a Kubernetes and an AI gateway run on this machine until you press Ctrl-C. In a second terminal:',
    '',
    `  export VAULT_ADDR=${address}`,
    `  export VAULT_TOKEN="$(cat ${join(folder, 'vault-token')})"`,
    `  export KUBECONFIG=${join(folder, 'kubeconfig')}`,
    `  export KEYTURN_POLICIES=${join(folder, 'policies')}`,
    '  keyturn plan',
    '  keyturn apply',
    '',
    'To see a secret become overdue: keyturn adopt ai-gateway/litellm-master-key --born 2026-01-01',
    '',
  ].join('\n');
}
