import { systemClock } from '../../src/adapters/system/clock.js';
import { createVault } from '../../src/adapters/vault/client.js';
import type { VaultClient, VaultOptions } from '../../src/adapters/vault/client.js';

/** A running Vault that a contract suite may change as it likes. */
export interface VaultWorld {
  readonly address: string;
  readonly rootToken: string;
  /** PEM of the authority of its certificate, where it speaks https. */
  readonly ca?: string;
  stop(): Promise<void>;
}

/** Requests of a person who administers the server, and clients under any token. */
export interface Admin {
  /** Any request as root; fails on an answer that is not 2xx. */
  ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** A token with one policy, made of its text. */
  tokenWith(policy: string, options?: Record<string, unknown>): Promise<string>;
  client(env: Record<string, string>, options?: Partial<VaultOptions>): Promise<VaultClient>;
  /** `GET :mount/data/:path 200`, of every client that was made here. */
  readonly traffic: Set<string>;
  close(): Promise<void>;
}

export function administer(world: VaultWorld): Admin {
  const traffic = new Set<string>();
  const clients: VaultClient[] = [];
  let policies = 0;
  const ask: Admin['ask'] = async (method, path, body) => {
    const response = await fetch(`${world.address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': world.rootToken, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  return {
    ask,
    traffic,
    async tokenWith(policy, options = {}) {
      const name = `test-${(policies += 1)}`;
      await ask('POST', `sys/policies/acl/${name}`, { policy });
      const made = await ask('POST', 'auth/token/create', { policies: [name], ttl: '1h', ...options });
      return (made['auth'] as { client_token: string }).client_token;
    },
    async client(env, options = {}) {
      const result = await createVault({ ...optionsFor(world, env, traffic), ...options });
      if (!result.ok) throw new Error(JSON.stringify(result.problems));
      clients.push(result.vault);
      return result.vault;
    },
    async close() {
      for (const client of clients) await client.close();
    },
  };
}

/** What createVault needs in a test. */
export function optionsFor(world: VaultWorld, env: Record<string, string>, traffic?: Set<string>): VaultOptions {
  const tls = { verify: true, ...(world.ca === undefined ? {} : { ca: [world.ca] }) };
  return {
    endpoint: { address: world.address, addressFrom: 'test', tls },
    env,
    role: 'apply',
    runId: 'contract-run',
    deadline: 5_000,
    clock: systemClock(),
    random: () => 0.5,
    onExchange: (method, shape, status) => traffic?.add(`${method} ${shape} ${status}`),
  };
}
