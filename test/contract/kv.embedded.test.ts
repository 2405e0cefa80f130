import { startVault } from '../../src/sandbox/vault/server.js';
import { describeKv } from './kv.contract.js';
import { describeLogin } from './login.contract.js';
import type { ReviewToken } from './token-review.js';
import type { VaultWorld } from './vault-world.js';

const start = async (reviewToken: ReviewToken): Promise<VaultWorld> => {
  const rootToken = 'embedded-root';
  const vault = await startVault({ rootToken, reviewToken });
  return { address: vault.address, rootToken, stop: () => vault.close() };
};

describeKv('the embedded Vault', () => start(() => undefined));
describeLogin('the embedded Vault', start);
