import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, badRequest } from './failures.js';
import { isTree, type Value } from './value.js';

const MAX_BODY = 3 * 1024 * 1024;

/** One request that was answered; no body, no header. */
export interface RequestRecord {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whose token it was. */
  readonly user: string;
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly contentType?: string;
  readonly status: number;
}

export interface Reply {
  readonly code: number;
  readonly body: object | string;
}

/** The text of a body; throws 413 where it is longer than the API server takes. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = part as Buffer;
    size += bytes.length;
    if (size > MAX_BODY) throw new ApiError(413, 'RequestEntityTooLarge', 'limit is 3145728');
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

export function parseJson(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    throw badRequest("the object provided is unrecognized (must be of type JSON): couldn't parse the body as JSON");
  }
}

/** An object as a body; empty: {}. */
export function parseTree(text: string): { [field: string]: Value } {
  const value = text === '' ? {} : parseJson(text);
  if (!isTree(value)) throw badRequest('the object provided is unrecognized: no JSON object');
  return value;
}

export function send(response: ServerResponse, { code, body }: Reply): void {
  const isText = typeof body === 'string';
  const text = isText ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(code, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'cache-control': 'no-cache, private',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** `keyturn/1.0 linux` -> `keyturn`: what the API server takes as manager where none is named. */
export function managerOf(query: URLSearchParams, userAgent: string | undefined): string {
  const named = query.get('fieldManager') ?? '';
  if (named.length > 128) throw badRequest('metadata.fieldManager: Too long: may not be more than 128 bytes');
  const agent = (userAgent ?? '').split('/')[0] ?? '';
  if (named !== '') return named;
  return agent === '' ? 'unknown' : agent.slice(0, 128);
}
