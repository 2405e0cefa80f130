import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Tree } from '../kubernetes/value.js';

const DEADLINE = 10_000;

/** An API server and how to be known to it: a bearer token, or a client certificate over HTTPS. */
export interface ApiEndpoint {
  /** `http://127.0.0.1:41234`, `https://127.0.0.1:6443`; no path. */
  readonly baseUrl: string;
  readonly token?: string;
  /** PEM texts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: Tree;
}

export type PatchType = 'merge' | 'strategic';

const PATCHES: { readonly [type in PatchType]: string } = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/** The few requests that a kubelet makes. An answer of any status is an answer; only a broken connection throws. */
export class ApiClient {
  readonly #endpoint: ApiEndpoint;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #name: string;

  /** `name` is the user agent, and so the field manager of what is written. */
  constructor(endpoint: ApiEndpoint, name: string) {
    const { ca, cert, key } = endpoint;
    const tls = { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert, key }) };
    const options = { keepAlive: true, maxSockets: 8 };
    this.#endpoint = endpoint;
    this.#name = name;
    this.#agent = endpoint.baseUrl.startsWith('https:')
      ? new HttpsAgent({ ...options, ...tls })
      : new HttpAgent(options);
  }

  get(path: string): Promise<ApiAnswer> {
    return this.#send('GET', path);
  }

  post(path: string, body: object): Promise<ApiAnswer> {
    return this.#send('POST', path, body);
  }

  patch(path: string, type: PatchType, body: object): Promise<ApiAnswer> {
    return this.#send('PATCH', path, body, PATCHES[type]);
  }

  delete(path: string, options: object): Promise<ApiAnswer> {
    return this.#send('DELETE', path, options);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, body?: object, type = 'application/json'): Promise<ApiAnswer> {
    const { baseUrl, token } = this.#endpoint;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      accept: 'application/json',
      'user-agent': `${this.#name}/1.0`,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
    };
    const send = baseUrl.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: this.#agent, timeout: DEADLINE };
      const request = send(new URL(path, baseUrl), options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(parts).toString('utf8')) });
        });
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${path} took longer than ${DEADLINE} ms`)));
      request.on('error', reject);
      request.end(text);
    });
  }
}

function parsed(text: string): Tree {
  try {
    return JSON.parse(text) as Tree;
  } catch {
    return {};
  }
}
