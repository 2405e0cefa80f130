import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { at, isTree, listAt, textAt, type Tree } from '../kubernetes/value.js';
import { ApiClient, type ApiEndpoint } from './client.js';
import { PORT } from './runner.js';

export interface ServiceOptions {
  readonly api: ApiEndpoint;
  readonly namespace: string;
  /** Labels of the pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** 0, the default: any free port of 127.0.0.1. */
  readonly port?: number;
  /** Milliseconds for which a list of pods is trusted; default 50. */
  readonly refresh?: number;
}

export interface Service {
  /** `http://127.0.0.1:41234`. */
  readonly url: string;
  close(): Promise<void>;
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'host']);

function takesTraffic(pod: Tree): boolean {
  if (at(pod, 'metadata', 'deletionTimestamp') !== undefined) return false;
  const ready = listAt(pod, 'status', 'conditions').find((one) => textAt(one, 'type') === 'Ready');
  return textAt(ready, 'status') === 'True';
}

/** Ports of the ready pods, known anew whenever what is known is too old. */
class Endpoints {
  readonly #api: ApiClient;
  readonly #path: string;
  readonly #refresh: number;
  #ports: readonly number[] = [];
  #until = 0;
  #turn = 0;

  constructor({ api, namespace, selector, refresh = 50 }: ServiceOptions) {
    const labels = Object.entries(selector).map(([name, value]) => `${name}=${value}`);
    this.#api = new ApiClient(api, 'service');
    this.#path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(labels.join(','))}`;
    this.#refresh = refresh;
  }

  /** All ports, the one whose turn it is first. */
  async inTurn(fresh: boolean): Promise<readonly number[]> {
    if (fresh || Date.now() >= this.#until) await this.#look();
    this.#turn += 1;
    const first = this.#ports.length === 0 ? 0 : this.#turn % this.#ports.length;
    return [...this.#ports.slice(first), ...this.#ports.slice(0, first)];
  }

  close(): void {
    this.#api.close();
  }

  async #look(): Promise<void> {
    const { status, body } = await this.#api.get(this.#path);
    if (status !== 200) return;
    const pods = listAt(body, 'items').filter(isTree).filter(takesTraffic);
    this.#ports = pods
      .map((pod) => Number(textAt(pod, 'metadata', 'annotations', PORT) ?? 0))
      .filter((port) => port > 0);
    this.#until = Date.now() + this.#refresh;
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Passes a request to one port; false where it certainly had no effect there, so that another one may be asked. */
function forward(request: IncomingMessage, body: Buffer, port: number, response: ServerResponse): Promise<boolean> {
  const kept = Object.entries(request.headers).filter(([name]) => !HOP_BY_HOP.has(name));
  const { method, url: path } = request;
  const target = { host: '127.0.0.1', port, headers: Object.fromEntries(kept), agent: false as const, method, path };
  return new Promise((resolve) => {
    const upstream = httpRequest(target, (answer) => {
      const headers = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.has(name));
      response.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers));
      answer.pipe(response);
      answer.once('error', () => response.destroy());
      resolve(true);
    });
    upstream.once('error', (error: NodeJS.ErrnoException) => {
      const repeatable = error.code === 'ECONNREFUSED' || method === 'GET' || method === 'HEAD';
      if (repeatable && !response.headersSent) resolve(false);
      else {
        refuse(response, 502, 'the pod broke the connection');
        resolve(true);
      }
    });
    upstream.end(body);
  });
}

function refuse(response: ServerResponse, code: number, message: string): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(code, { 'content-type': 'text/plain' }).end(`${message}\n`);
}

async function serve(endpoints: Endpoints, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  for (const fresh of [false, true]) {
    for (const port of await endpoints.inTurn(fresh)) {
      if (await forward(request, body, port, response)) return;
    }
  }
  refuse(response, 503, 'no pod is ready');
}

/** One address for the ready pods of a selector, on loopback: each request goes to the next of them, 503 where there is none. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const endpoints = new Endpoints(options);
  const server = createServer((request, response) => {
    serve(endpoints, request, response).catch(() => {
      refuse(response, 503, 'the pods cannot be listed');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      endpoints.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
