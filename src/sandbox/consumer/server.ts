import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

type Answer = readonly [code: number, body: object | string];

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The key that a request shows; undefined: none. */
function shownKey(request: IncomingMessage): string | undefined {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const header = request.headers['x-api-key'];
  return bearer ?? (typeof header === 'string' && header !== '' ? header : undefined);
}

const failure = (message: string, type: string, code: number): Answer => [
  code,
  { error: { message, type, param: 'None', code: String(code) } },
];

const MODELS = {
  data: [{ id: 'gpt-sandbox', object: 'model', created: 1_677_610_602, owned_by: 'openai' }],
  object: 'list',
};

/** A wrong key meets a look-up in a database that is not there, as with LiteLLM without one. */
function models(request: IncomingMessage, keys: readonly Buffer[]): Answer {
  const shown = shownKey(request);
  if (shown === undefined) return failure('Authentication Error, No api key passed in.', 'auth_error', 401);
  const hash = digest(shown);
  // Every key is compared, in constant time, so that the time taken tells nothing.
  const accepted = keys.map((key) => timingSafeEqual(key, hash)).includes(true);
  return accepted ? [200, MODELS] : failure('No connected db.', 'no_db_connection', 400);
}

function answerOf(request: IncomingMessage, keys: readonly Buffer[]): Answer {
  const path = (request.url ?? '/').split('?')[0];
  if (request.method !== 'GET') return [405, { detail: 'Method Not Allowed' }];
  if (path === '/health/liveliness' || path === '/health/liveness') return [200, JSON.stringify("I'm alive!")];
  if (path === '/health/readiness') return [200, { status: 'healthy', db: 'Not connected' }];
  if (path === '/v1/models' || path === '/models') return models(request, keys);
  return [404, { detail: 'Not Found' }];
}

function send(response: ServerResponse, [code, body]: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(code, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** A server that takes any of the keys, exactly; it keeps their hashes only. Not listening yet. */
export function createConsumer(accepted: readonly string[]): Server {
  const keys = accepted.map(digest);
  const server = createServer((request, response) => {
    // A server that is closing finishes this request and wants no other on the connection.
    if (!server.listening) response.setHeader('connection', 'close');
    request.resume();
    send(response, answerOf(request, keys));
  });
  return server;
}
