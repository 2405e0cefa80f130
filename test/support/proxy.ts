import { once } from 'node:events';
import { Agent as HttpAgent, createServer, type IncomingMessage, request as httpRequest } from 'node:http';
import type { RequestOptions, ServerResponse } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ApiEndpoint } from '../../src/sandbox/kubelet/client.js';
import { recordExchange, type ServerName } from './traffic.js';

/** One request as it reached the proxy. */
export interface Passing {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly body: string;
}

/** One request and what the server answered. */
export interface Passed extends Passing {
  readonly status: number;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** An answer of the proxy's own; `drop`: none at all, the connection is cut. */
export type Verdict = { readonly status: number; readonly body: unknown } | 'drop' | undefined;

/** What happens to requests that match. `before` the server sees it, or `after` it answered and before the client hears of it. */
export interface Rule {
  readonly match: (request: Passing) => boolean;
  /** Which of the matching requests, the first is 1; without it: all. */
  readonly nth?: number;
  readonly before?: (request: Passing) => Promise<Verdict> | Verdict;
  readonly after?: (request: Passing) => Promise<Verdict> | Verdict;
}

/** A rule that stands; it can be waited for and taken away. */
export interface Standing {
  /** Resolves when the rule has acted for the first time. */
  readonly acted: Promise<void>;
  remove(): void;
}

/** An HTTP proxy in front of one server: it passes requests on, remembers them, and does what its rules say. */
export interface FaultProxy {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  /** What the server answered, in the order of its answers. */
  readonly passed: readonly Passed[];
  rule(rule: Rule): Standing;
  close(): Promise<void>;
}

interface Kept {
  readonly rule: Rule;
  count: number;
  readonly act: () => void;
}

/** Starts a proxy; `name` is how its exchanges are recorded. */
export async function startProxy(name: ServerName, target: Pick<ApiEndpoint, 'baseUrl' | 'ca'>): Promise<FaultProxy> {
  const upstream = new Upstream(target);
  const passed: Passed[] = [];
  const rules = new Set<Kept>();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const passing = await passingOf(request);
    const acting = [...rules].filter((kept) => applies(kept, passing));
    const early = await firstVerdict(acting, 'before', passing);
    if (early !== undefined) return conclude(response, early);
    const answer = await upstream.send(request, passing);
    passed.push({ ...passing, status: answer.status });
    if (isKeyturns(name, request)) recordExchange(name, passing, answer.status);
    const late = await firstVerdict(acting, 'after', passing);
    if (late !== undefined) return conclude(response, late);
    response.writeHead(answer.status, withoutHop(answer.headers)).end(answer.body);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    rule: (rule) => stand(rules, rule),
    close: async () => {
      upstream.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Tests seed their servers through the same address; every request of keyturn's to Vault names its run. */
function isKeyturns(name: ServerName, { headers }: IncomingMessage): boolean {
  return name !== 'Vault' || headers['x-keyturn-run'] !== undefined;
}

function stand(rules: Set<Kept>, rule: Rule): Standing {
  let act: () => void = () => undefined;
  const acted = new Promise<void>((resolve) => (act = resolve));
  const kept: Kept = { rule, count: 0, act };
  rules.add(kept);
  return { acted, remove: () => void rules.delete(kept) };
}

function applies(kept: Kept, passing: Passing): boolean {
  if (!kept.rule.match(passing)) return false;
  kept.count += 1;
  return kept.rule.nth === undefined || kept.rule.nth === kept.count;
}

async function firstVerdict(acting: readonly Kept[], side: 'before' | 'after', passing: Passing): Promise<Verdict> {
  for (const { rule, act } of acting) {
    const does = rule[side];
    if (does === undefined) continue;
    const verdict = await does(passing);
    act();
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

function conclude(response: ServerResponse, verdict: Exclude<Verdict, undefined>): void {
  if (verdict === 'drop') response.destroy();
  else response.writeHead(verdict.status, { 'content-type': 'application/json' }).end(JSON.stringify(verdict.body));
}

async function passingOf(request: IncomingMessage): Promise<Passing> {
  const body = (await bytesOf(request)).toString('utf8');
  const [path = '', query = ''] = (request.url ?? '').split('?');
  return { method: request.method ?? '', path, query, body };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'content-length']);

function withoutHop(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}

/** The server behind the proxy. A request is sent on whether or not its sender still lives: it left its sender, so it can arrive. */
class Upstream {
  readonly #target: Pick<ApiEndpoint, 'baseUrl' | 'ca'>;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(target: Pick<ApiEndpoint, 'baseUrl' | 'ca'>) {
    this.#target = target;
    const options = { keepAlive: true };
    this.#agent = target.baseUrl.startsWith('https:')
      ? new HttpsAgent({ ...options, ...(target.ca === undefined ? {} : { ca: target.ca }) })
      : new HttpAgent(options);
  }

  async send(original: IncomingMessage, { method, body }: Passing): Promise<Answer> {
    const headers = { ...withoutHop(original.headers), 'content-length': String(Buffer.byteLength(body)) };
    const options: RequestOptions = { method, headers, agent: this.#agent };
    const isTls = this.#target.baseUrl.startsWith('https:');
    const sending = (isTls ? httpsRequest : httpRequest)(`${this.#target.baseUrl}${original.url}`, options);
    sending.end(body);
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, headers: response.headers, body: await bytesOf(response) };
  }

  close(): void {
    this.#agent.destroy();
  }
}
