import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** What a server said: the status and the body, parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One request of a test to a real server: no pool, no redirect, no retry. */
export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when it is a string, else as JSON. */
  readonly body?: unknown;
  /** PEM of the authority that the server's certificate must come from. */
  readonly ca?: string;
}

const DEADLINE_MS = 15_000;

/** Sends one request and reads the whole answer; throws only when there is no answer. */
export async function send(call: Call): Promise<Answer> {
  const request = (call.url.startsWith('https:') ? httpsRequest : httpRequest)(call.url, {
    method: call.method,
    agent: false,
    headers: { 'content-type': 'application/json', ...call.headers },
    signal: AbortSignal.timeout(DEADLINE_MS),
    ...(call.ca === undefined ? {} : { ca: call.ca }),
  });
  if (call.body === undefined) request.end();
  else request.end(typeof call.body === 'string' ? call.body : JSON.stringify(call.body));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode ?? 0, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
