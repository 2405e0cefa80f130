import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startVault } from '../../../src/sandbox/vault/server.js';
import { startProxy } from '../proxy.js';
import { startOpenBao } from '../real/openbao.js';

/** One request as the server's own audit log has it. */
export interface Audited {
  /** `read`, `list`, `create`, `update`, `patch`, `delete`, as Vault names them. */
  readonly operation: string;
  /** Without `v1/`. */
  readonly path: string;
  /** Of the token that asked. */
  readonly policies: readonly string[];
}

/** A Vault of its own for one suite, embedded or real: KV v2 at `secret`. */
export interface TestVault {
  /** Of a proxy that keeps the record of what keyturn sends. */
  readonly address: string;
  readonly rootToken: string;
  /** One request as root, unless another token is given; any status. */
  send(method: string, path: string, body?: unknown, token?: string): Promise<{ status: number; body: unknown }>;
  /** As send; fails on an answer that is not 2xx. */
  ask<T = unknown>(method: string, path: string, body?: unknown, token?: string): Promise<T>;
  /** A token with these policies (and `default`). */
  token(policies: readonly string[], options?: Record<string, unknown>): Promise<string>;
  policy(name: string, text: string): Promise<void>;
  /** The KV v2 mount for keyturn's state. */
  mountState(): Promise<void>;
  audit(): readonly Audited[];
  seal(): Promise<void>;
  close(): Promise<void>;
}

interface Server {
  readonly address: string;
  readonly rootToken: string;
  audit(): readonly Audited[];
  close(): Promise<void>;
}

export async function embeddedVault(): Promise<TestVault> {
  const rootToken = randomBytes(16).toString('hex');
  const vault = await startVault({ rootToken });
  return behindProxy({ address: vault.address, rootToken, audit: () => vault.audit(), close: () => vault.close() });
}

export async function realVault(): Promise<TestVault> {
  const vault = await startOpenBao();
  const { address, rootToken } = vault;
  return behindProxy({ address, rootToken, audit: () => auditFile(vault.auditFile), close: () => vault.close() });
}

async function behindProxy(server: Server): Promise<TestVault> {
  const proxy = await startProxy('Vault', { baseUrl: server.address });
  const close = async (): Promise<void> => {
    await proxy.close();
    await server.close();
  };
  return { ...requestsTo(server), address: proxy.address, close };
}

interface AuditLine {
  readonly type: string;
  readonly auth?: { readonly policies?: readonly string[] };
  readonly request: { readonly operation: string; readonly path: string };
}

function auditFile(file: string): readonly Audited[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditLine)
    .filter(({ type }) => type === 'response')
    .map(({ auth, request: { operation, path } }) => ({ operation, path, policies: auth?.policies ?? [] }));
}

function requestsTo(server: Server): TestVault {
  const { address, rootToken } = server;
  const send: TestVault['send'] = async (method, path, body, token = rootToken) => {
    const response = await fetch(`${address}/v1/${path}`, {
      method,
      headers: {
        'x-vault-token': token,
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  const ask = async <T>(method: string, path: string, body?: unknown, token = rootToken): Promise<T> => {
    const answer = await send(method, path, body, token);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  };
  return {
    ...server,
    send,
    ask,
    async token(policies, options = {}) {
      const made = await ask<{ auth: { client_token: string } }>('POST', 'auth/token/create', {
        policies,
        ttl: '1h',
        ...options,
      });
      return made.auth.client_token;
    },
    policy: (name, policy) => ask('POST', `sys/policies/acl/${name}`, { policy }),
    mountState: () => ask('POST', 'sys/mounts/keyturn', { type: 'kv', options: { version: '2' } }),
    seal: () => ask('PUT', 'sys/seal'),
  };
}
