import type { Json, JsonObject } from '../../domain/json.js';
import { parseSeconds } from './clock.js';
import type { VaultRequest } from './engine.js';
import { uuid } from './random.js';
import { Refusal, fail, unsupportedOperation } from './reply.js';

/** An HTTP request with its body read. Header names in lower case. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const MERGE_PATCH = 'application/merge-patch+json';

/** The server refuses bodies with more strings than this, keys included. */
const MAX_STRINGS = 1000;

function countStrings(value: Json): number {
  if (typeof value === 'string') return 1;
  if (value === null || typeof value !== 'object') return 0;
  const names = Array.isArray(value) ? 0 : Object.keys(value).length;
  let count = names;
  for (const item of Object.values(value)) count += countStrings(item);
  return count;
}

function goKind(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** What the server says of a text that is no JSON: it ended too early, or which letter does not belong. */
function jsonComplaint(body: string, reason: string): string {
  const position = /position (\d+)/.exec(reason)?.[1];
  const letter =
    /Unexpected token '(.)'/.exec(reason)?.[1] ?? (position === undefined ? '' : body.charAt(Number(position)));
  return letter === '' ? 'unexpected EOF' : `invalid character '${letter}' looking for beginning of value`;
}

function parseBody(body: string): JsonObject {
  if (body.trim() === '') return {};
  let parsed: Json;
  try {
    parsed = JSON.parse(body) as Json;
  } catch (error) {
    throw new Refusal(fail(400, `failed to decode JSON input: ${jsonComplaint(body, String(error))}`));
  }
  if (parsed === null) return {};
  if (typeof parsed !== 'object' || Array.isArray(parsed)) {
    const message = `json: cannot unmarshal ${goKind(parsed)} into Go value of type map[string]interface {}`;
    throw new Refusal(fail(400, `failed to decode JSON input: ${message}`));
  }
  if (countStrings(parsed) > MAX_STRINGS) {
    throw new Refusal(fail(400, 'refused JSON input due to high complexity: exceeded maximum number of strings'));
  }
  return parsed as JsonObject;
}

function checkPatchType(headers: ReadonlyMap<string, string>): void {
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === '') throw new Refusal(fail(400, 'mime: no media type'));
  if (type === MERGE_PATCH) return;
  throw new Refusal(fail(415, `PATCH requires Content-Type of ${MERGE_PATCH}, provided ${type}`));
}

function queryData(query: URLSearchParams): JsonObject {
  const data = new Map<string, Json>();
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    data.set(name, values.length === 1 ? (values[0] ?? '') : values);
  }
  return Object.fromEntries(data);
}

function asFlag(text: string | null): boolean {
  if (text === null || text === '') return false;
  if (/^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false)$/i.test(text)) return false;
  throw new Refusal({ kind: 'errors', status: 400, errors: [] });
}

type Parsed = Pick<VaultRequest, 'operation' | 'data'>;

function readParsed(query: URLSearchParams): Parsed {
  const list = asFlag(query.get('list'));
  const scan = !list && asFlag(query.get('scan'));
  if (!list && !scan) return { operation: 'read', data: queryData(query) };
  query.delete(list ? 'list' : 'scan');
  return { operation: list ? 'list' : 'scan', data: queryData(query) };
}

function parseOperation(http: HttpRequest, query: URLSearchParams): Parsed {
  switch (http.method) {
    case 'GET':
      return readParsed(query);
    case 'LIST':
      return { operation: 'list', data: queryData(query) };
    case 'POST':
    case 'PUT':
      return { operation: 'update', data: parseBody(http.body) };
    case 'PATCH':
      checkPatchType(http.headers);
      return { operation: 'patch', data: parseBody(http.body) };
    case 'DELETE':
      return { operation: 'delete', data: queryData(query) };
    case 'OPTIONS':
      throw new Refusal(fail(400, 'cannot handle internal-only request operation'));
    default:
      throw new Refusal(unsupportedOperation());
  }
}

function tokenOf(headers: ReadonlyMap<string, string>): string {
  const sent = headers.get('x-vault-token');
  if (sent !== undefined && sent !== '') return sent;
  return /^Bearer\s+(.+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
}

function wrapSeconds(headers: ReadonlyMap<string, string>): number {
  const text = headers.get('x-vault-wrap-ttl');
  if (text === undefined || text === '') return 0;
  const seconds = parseSeconds(text);
  if (seconds !== undefined && seconds >= 0) return seconds;
  const reason =
    seconds === undefined ? `time: invalid duration ${JSON.stringify(text)}` : 'requested wrap ttl cannot be negative';
  throw new Refusal(fail(400, `error parsing X-Vault-Wrap-TTL header: ${reason}`));
}

/** The path after `/v1/`, decoded. Refuses control characters and steps upwards, as the server does. */
export function decodePath(pathname: string): string {
  let path: string;
  try {
    path = decodeURIComponent(pathname.replace(/^\/v1\/?/, ''));
  } catch {
    throw new Refusal({ kind: 'empty', status: 400 });
  }
  if (/\p{Cc}/u.test(path)) throw new Refusal({ kind: 'empty', status: 400 });
  if (path.split('/').includes('..')) throw new Refusal(fail(400, 'relative paths not supported'));
  return path;
}

/** A request to `/v1/…`; what the server refuses before it looks at the token throws Refusal. */
export function parseRequest(http: HttpRequest): VaultRequest {
  const [pathname = '', ...rest] = http.target.split('?');
  const decoded = decodePath(pathname);
  const { operation, data } = parseOperation(http, new URLSearchParams(rest.join('?')));
  const listing = operation === 'list' || operation === 'scan';
  const path = listing && !decoded.endsWith('/') ? `${decoded}/` : decoded;
  if ((operation === 'update' || operation === 'patch') && path.endsWith('/')) {
    throw new Refusal(fail(400, "cannot write to a path ending in '/'"));
  }
  const headers = new Map([...http.headers].filter(([name]) => name !== 'x-vault-token' && name !== 'authorization'));
  return {
    id: uuid(),
    operation,
    path,
    data,
    token: tokenOf(http.headers),
    wrapSeconds: wrapSeconds(http.headers),
    headers,
  };
}
