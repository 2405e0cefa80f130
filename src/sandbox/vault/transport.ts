import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { posix } from 'node:path';
import type { HttpRequest } from './request.js';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a test may do to a request: answer it in the server's place or cut the connection, before or after it took effect. */
export interface Interference {
  readonly when: 'before' | 'after';
  readonly act: 'drop' | HttpAnswer;
}

/** Is asked for every request; undefined lets it pass. It may take its time. */
export type Interfere = (request: HttpRequest) => Interference | undefined | Promise<Interference | undefined>;

export interface TransportOptions {
  readonly port: number;
  /** Milliseconds since 1970; the Date header follows it. */
  readonly now: () => number;
  readonly answer: (request: HttpRequest) => HttpAnswer;
  readonly interfere: Interfere | undefined;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function headerMap(request: IncomingMessage): ReadonlyMap<string, string> {
  const entries = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return new Map(entries);
}

/** Where an unclean path (`//`, `/./`, `/../`) is sent; undefined for a clean one. */
function cleaned(target: string): string | undefined {
  const [path = '', ...query] = target.split('?');
  const clean = posix.normalize(path);
  if (clean === path) return undefined;
  return [clean, ...query].join('?');
}

function redirect(location: string): HttpAnswer {
  const body = `<a href="${location}">Temporary Redirect</a>.\n\n`;
  return {
    status: 307,
    headers: { location, 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' },
    body,
  };
}

function send(response: ServerResponse, answer: HttpAnswer, now: number): void {
  response.sendDate = false;
  const length = answer.status === 204 ? {} : { 'content-length': Buffer.byteLength(answer.body) };
  response.writeHead(answer.status, { ...answer.headers, ...length, date: new Date(now).toUTCString() });
  response.end(answer.body);
}

const TOO_LARGE: HttpAnswer = { status: 413, headers: {}, body: '' };

function parsed(incoming: IncomingMessage, body: string): HttpRequest {
  return { method: incoming.method ?? 'GET', target: incoming.url ?? '/', headers: headerMap(incoming), body };
}

function usualAnswer(options: TransportOptions, http: HttpRequest, tooLarge: boolean): HttpAnswer {
  if (tooLarge) return TOO_LARGE;
  const location = cleaned(http.target);
  return location === undefined ? options.answer(http) : redirect(location);
}

async function serve(options: TransportOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(incoming);
  const http = parsed(incoming, body ?? '');
  const plan = await options.interfere?.(http);
  const answer = plan?.when === 'before' ? 'drop' : usualAnswer(options, http, body === undefined);
  const given = plan === undefined ? answer : plan.act;
  if (given === 'drop') incoming.socket.destroy();
  else send(response, given, options.now());
}

export interface Listener {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  close(): Promise<void>;
}

function closer(server: Server): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
}

/** Listens on the loopback interface; port 0 takes a free one. */
export function listen(options: TransportOptions): Promise<Listener> {
  const server = createServer((incoming, response) => {
    serve(options, incoming, response).catch(() => {
      incoming.socket.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ address: `http://127.0.0.1:${port}`, close: closer(server) });
    });
  });
}
