import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { allows, refusal, refusedPath, type Identity, type Tokens } from './access.js';
import { discovery } from './discovery.js';
import { ApiError, methodNotAllowed, noSuchResource } from './failures.js';
import { answer } from './handlers.js';
import type { Registry } from './registry.js';
import { managerOf, parseTree, readBody, send, type Reply, type RequestRecord } from './requests.js';
import { NAMESPACES, type Resource } from './resources.js';
import { reviewAccess } from './review.js';
import { routeOf, type ObjectRoute, type Route } from './routes.js';

const VERSION = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3+sandbox',
  gitTreeState: 'clean',
  platform: `${process.platform}/${process.arch}`,
};

const NOT_FOUND: Reply = { code: 404, body: '404 page not found\n' };

export interface ServerParts {
  readonly registry: Registry;
  readonly tokens: Tokens;
  readonly resources: readonly Resource[];
  /** Told of every answer. */
  readonly record: (request: RequestRecord) => void;
}

function verbOf(method: string, route: ObjectRoute): string {
  const one = route.name !== undefined;
  const verbs: { readonly [method: string]: string } = {
    GET: one ? 'get' : 'list',
    POST: 'create',
    PUT: 'update',
    PATCH: 'patch',
    DELETE: one ? 'delete' : 'deletecollection',
  };
  return verbs[method] ?? method.toLowerCase();
}

function authorize(identity: Identity, method: string, route: ObjectRoute): void {
  const { resource, namespace, name, subresource } = route;
  const ask = {
    verb: verbOf(method, route),
    group: resource.group,
    resource: subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`,
    // A Namespace lies in itself, so that a Role of it can grant it.
    namespace: resource === NAMESPACES ? name : namespace,
    name,
  };
  if (!allows(identity, ask)) throw refusal(identity, ask, resource);
}

function openReply(path: string): Reply {
  return { code: 200, body: path === '/version' ? VERSION : 'ok' };
}

/** What anybody may read, or nobody serves. */
function plainReply(parts: ServerParts, identity: Identity, method: string, url: URL, route: Route): Reply {
  if (route.type === 'open') {
    if (method !== 'GET') throw methodNotAllowed();
    return openReply(route.path);
  }
  const known = identity.name !== 'system:anonymous';
  const found = route.type === 'discovery' ? discovery(parts.resources, route) : undefined;
  if (!known || (found === undefined && identity.rules !== 'admin')) {
    throw refusedPath(identity, method.toLowerCase(), url.pathname);
  }
  if (route.type === 'unknown' && route.served === true) throw noSuchResource();
  return found === undefined ? NOT_FOUND : { code: 200, body: found };
}

async function reply(parts: ServerParts, identity: Identity, request: IncomingMessage, url: URL): Promise<Reply> {
  const { method = 'GET' } = request;
  const route = routeOf(url.pathname, parts.resources);
  if (route.type === 'accessReview') {
    if (method !== 'POST') throw methodNotAllowed();
    if (identity.name === 'system:anonymous') throw refusedPath(identity, 'post', url.pathname);
    return { code: 201, body: reviewAccess(identity, parseTree(await readBody(request))) };
  }
  if (route.type !== 'object') return plainReply(parts, identity, method, url, route);
  authorize(identity, method, route);
  const body = await readBody(request);
  const manager = managerOf(url.searchParams, request.headers['user-agent']);
  const contentType = request.headers['content-type'] ?? '';
  return answer(parts.registry, { method, route, query: url.searchParams, contentType, body, manager });
}

function internal(error: unknown): ApiError {
  const what = error instanceof Error ? error.message : 'unknown';
  return new ApiError(500, 'InternalError', `Internal error occurred: ${what}`);
}

async function handle(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let user = '';
  let result: Reply;
  try {
    const identity = parts.tokens.identify(request.headers.authorization);
    user = identity.name;
    const url = new URL(request.url ?? '/', 'http://sandbox');
    result = await reply(parts, identity, request, url);
  } catch (error) {
    const failure = error instanceof ApiError ? error : internal(error);
    result = { code: failure.code, body: failure.status };
  }
  const contentType = request.headers['content-type'];
  parts.record({
    at: parts.registry.clock.now(),
    user,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    ...(contentType === undefined ? {} : { contentType }),
    status: result.code,
  });
  send(response, result);
}

/** The HTTP face of the registry; not listening yet. */
export function createApiServer(parts: ServerParts): Server {
  return createServer((request, response) => {
    void handle(parts, request, response);
  });
}
