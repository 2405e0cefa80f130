import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectKubernetes } from '../../../../src/adapters/kubernetes/connect.js';
import type { KubernetesOptions } from '../../../../src/adapters/kubernetes/connect.js';
import { systemClock } from '../../../../src/adapters/system/clock.js';
import { Fault } from '../../../../src/domain/fault.js';
import type { FaultDetails } from '../../../../src/domain/fault.js';
import type { Kubernetes } from '../../../../src/domain/ports.js';

/** One request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What to do with it: answer, break the connection after reading it, or never answer. */
export type Reply =
  | { readonly status: number; readonly body: unknown; readonly headers?: { readonly [name: string]: string } }
  | 'reset'
  | 'hang';

export interface Answers {
  readonly url: string;
  readonly received: Received[];
  /** Connections accepted so far. */
  connections(): number;
  close(): Promise<void>;
}

/** A server on a free port of the loopback address that answers as the function says. */
export async function startAnswers(reply: (request: Received) => Reply): Promise<Answers> {
  const received: Received[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const one = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body,
      };
      received.push(one);
      send(reply(one), response);
    });
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(reply: Reply, response: ServerResponse): void {
  if (reply === 'hang') return;
  if (reply === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
  response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(text);
}

/** `kind: Status` as the API server writes it. */
export function status(code: number, reason: string, message: string, details: object = {}): Reply {
  return {
    status: code,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code },
  };
}

/** A kubeconfig with one context whose user is given as YAML flow text; returns its path and how to remove it. */
export function kubeconfig(
  server: string,
  user = '{ token: test-token }',
): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-kubeconfig-'));
  const path = join(folder, 'config');
  writeFileSync(
    path,
    [
      'apiVersion: v1',
      'kind: Config',
      'current-context: test',
      `clusters: [{ name: c, cluster: { server: "${server}", insecure-skip-tls-verify: true } }]`,
      `users: [{ name: u, user: ${user} }]`,
      'contexts: [{ name: test, context: { cluster: c, user: u } }]',
      '',
    ].join('\n'),
  );
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

/** The adapter under test; waits between repetitions are a millisecond long. */
export function connect(kubeconfig: string, more: Partial<KubernetesOptions> = {}): Promise<Kubernetes> {
  return connectKubernetes({
    kubeconfig,
    environment: {},
    fieldManager: 'keyturn',
    deadline: 2_000,
    clock: systemClock(),
    retry: { attempts: 4, first: 1, longest: 1, random: () => 0 },
    ...more,
  });
}

/** The fault that a call ends with; a call that ends otherwise fails the test. */
export async function faultOf(work: Promise<unknown>): Promise<FaultDetails> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Fault) return error.details;
    throw error;
  }
  throw new Error('the call did not fail');
}
