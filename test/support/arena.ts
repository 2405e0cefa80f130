import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Servers, startServers } from '../../demo/world.js';
import { ApiClient } from '../../src/sandbox/kubelet/client.js';
import { startKubelet } from '../../src/sandbox/kubelet/kubelet.js';
import { startVault } from '../../src/sandbox/vault/server.js';
import type { CliResult } from './cli.js';
import { type Running, startProcess } from './process.js';
import { type FaultProxy, startProxy } from './proxy.js';
import { startOpenBao } from './real/openbao.js';

/** One request to Vault as root, past every proxy; any status. */
export type AskVault = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Json }>;

interface Json {
  readonly data?: Record<string, unknown>;
}

/** A Vault and, unless it is left out, a Kubernetes with a kubelet: embedded or real, shared by any number of desks. */
export interface Arena {
  readonly servers: Pick<Servers, 'vault'> & Partial<Pick<Servers, 'api'>>;
  readonly ask: AskVault;
  readonly client: ApiClient | undefined;
  /** A place to run the command line from, with proxies of its own. */
  desk(files: ReadonlyMap<string, string>): Promise<Desk>;
  close(): Promise<void>;
}

/** One person's or pipeline's place: a policies folder, a home with a login, and proxies before the servers. */
export interface Desk {
  readonly vault: FaultProxy;
  readonly kubernetes: FaultProxy | undefined;
  readonly folder: string;
  start(...args: string[]): Running;
  run(...args: string[]): Promise<CliResult>;
}

export interface Start {
  readonly servers: () => Promise<Arena['servers'] & { close(): Promise<void> }>;
}

/** Where all consumers of an arena run. */
export const NAMESPACE = 'lanes';

/** The state mount and the namespace are there; everything else is made by the tests. */
export async function startArena({ servers: startThem }: Start): Promise<Arena> {
  const servers = await startThem();
  const { api, vault } = servers;
  const closers: (() => Promise<void>)[] = [() => servers.close()];
  const client = api === undefined ? undefined : new ApiClient(api, 'arena');
  if (api !== undefined) {
    const kubelet = await startKubelet({ api });
    await client?.post('/api/v1/namespaces', { metadata: { name: NAMESPACE } });
    closers.unshift(() => kubelet.close());
  }
  const ask: AskVault = async (method, path, body) => {
    const response = await fetch(`${vault.address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': vault.token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Json) };
  };
  await ask('POST', 'sys/mounts/keyturn', { type: 'kv', options: { version: '2' } });
  return {
    servers,
    ask,
    client,
    desk: async (files) => {
      const desk = await openDesk(servers, files);
      closers.unshift(() => desk.close());
      return desk;
    },
    close: async () => {
      for (const close of closers) await close();
      client?.close();
    },
  };
}

/** Embedded or real servers of both kinds. */
export function bothServers(isReal: boolean): Start {
  return { servers: () => startServers(isReal) };
}

/** A Vault of the embedded world. */
export function vaultAlone(): Start {
  return {
    servers: async () => {
      const token = randomBytes(16).toString('hex');
      const vault = await startVault({ rootToken: token });
      return { vault: { address: vault.address, token }, close: () => vault.close() };
    },
  };
}

/** A real OpenBao. */
export function openBaoAlone(): Start {
  return {
    servers: async () => {
      const bao = await startOpenBao();
      return { vault: { address: bao.address, token: bao.rootToken }, close: () => bao.close() };
    },
  };
}

async function openDesk(
  { vault, api }: Arena['servers'],
  files: ReadonlyMap<string, string>,
): Promise<Desk & { close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-desk-'));
  const vaultProxy = await startProxy('Vault', { baseUrl: vault.address });
  const kubernetes = api === undefined ? undefined : await startProxy('Kubernetes', api);
  mkdirSync(join(folder, 'home'), { mode: 0o700 });
  writeFileSync(join(folder, 'home', '.vault-token'), vault.token, { mode: 0o600 });
  if (kubernetes !== undefined && api?.token !== undefined)
    writeFileSync(join(folder, 'kubeconfig'), kubeconfig(kubernetes.address, api.token), { mode: 0o600 });
  for (const [name, text] of files) writeUnder(join(folder, 'policies'), name, text);
  const env = { HOME: join(folder, 'home'), VAULT_ADDR: vaultProxy.address, KUBECONFIG: join(folder, 'kubeconfig') };
  const begin = (...args: string[]): Running => startProcess(args, { cwd: folder, env });
  return {
    vault: vaultProxy,
    kubernetes,
    folder,
    start: begin,
    run: (...args) => begin(...args).ended,
    close: async () => {
      await Promise.all([vaultProxy.close(), kubernetes?.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeUnder(folder: string, name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

/** JSON is YAML, and every client reads it. */
function kubeconfig(server: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  });
}
