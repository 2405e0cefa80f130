import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { componentFile } from './components.js';
import { removeFolder, runFolder } from './folder.js';
import { freePortPair } from './ports.js';
import { type Answer, send } from './request.js';
import { onFreePorts, startServer } from './server.js';

const READY_SECONDS = 30;

/** How a test wants its OpenBao. */
export interface OpenBaoOptions {
  /** More HCL for the server's configuration, one attribute per line. */
  readonly config?: string;
}

/** An OpenBao of this test run: in memory, unsealed, KV version 2 at secret/, audited to a file. */
export interface RealVault {
  readonly address: string;
  readonly rootToken: string;
  /** Two JSON lines per request; values and tokens in it are HMACs. */
  readonly auditFile: string;
  readonly pid: number;
  /** One API call: `path` without "/v1/", the root token unless another is given ('' sends none). */
  request(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** SIGKILL. All data is gone with it. */
  kill(): Promise<void>;
  /** Kills the server, if it still runs, and deletes its folder. */
  close(): Promise<void>;
}

/** Starts an OpenBao in development mode; throws if it is not provisioned or does not become ready. */
export async function startOpenBao(options: OpenBaoOptions = {}): Promise<RealVault> {
  const binary = componentFile('openbao', 'binary');
  const folder = await runFolder();
  try {
    return await onFreePorts(() => start(binary, folder, options));
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

async function start(binary: string, folder: string, options: OpenBaoOptions): Promise<RealVault> {
  // Development mode binds the port after the one it is told to for cluster traffic.
  const port = await freePortPair();
  const address = `http://127.0.0.1:${port}`;
  // A token id that a caller chooses may not look like one that the server makes: no "s.", no dot.
  const rootToken = `root-${randomBytes(18).toString('base64url')}`;
  const auditFile = join(folder, 'audit.log');
  const configFile = join(folder, 'server.hcl');
  await writeFile(configFile, `${auditStanza(auditFile)}\n${options.config ?? ''}\n`);
  const server = await startServer({
    command: binary,
    args: ['server', '-dev', `-dev-listen-address=127.0.0.1:${port}`, '-dev-no-store-token', `-config=${configFile}`],
    // Not -dev-root-token-id: every user of the machine can read argv.
    env: { BAO_DEV_ROOT_TOKEN_ID: rootToken },
    folder,
    logFile: join(folder, 'server.log'),
  });
  const request = (method: string, path: string, body?: unknown, token = rootToken): Promise<Answer> =>
    send({ method, url: `${address}/v1/${path}`, body, headers: token === '' ? {} : { 'x-vault-token': token } });
  // Unsealed is not enough: the root token and the mounts come a moment later.
  await server.until(async () => (await request('GET', 'secret/config')).status === 200, READY_SECONDS);
  const close = async (): Promise<void> => {
    await server.kill();
    await removeFolder(folder);
  };
  return { address, rootToken, auditFile, pid: server.pid, request, kill: () => server.kill(), close };
}

function auditStanza(file: string): string {
  return `audit "file" "file" {\n  options {\n    file_path = "${file}"\n  }\n}`;
}
