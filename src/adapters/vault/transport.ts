import nodeVault from 'node-vault';
import { isFault } from '../../domain/fault.js';
import type { Fault } from '../../domain/fault.js';
import type { Material } from '../../domain/material.js';
import type { Instant } from '../../domain/time.js';
import type { HttpAnswer, HttpClient, HttpOptions } from '../http/types.js';
import { instantOfHttpDate } from '../system/http-date.js';
import type { Call, Reply } from './call.js';
import { againOf, malformed } from './faults.js';

export interface Transport {
  readonly server: string;
  /** Throws Fault where there was no answer. */
  call(call: Call): Promise<Reply>;
  setToken(token: Material | undefined): void;
  token(): Material | undefined;
  /** The server's clock now, from the last Date header on; a whole second coarse, and behind by up to that. */
  serverTime(): Instant | undefined;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** `https://vault.example.com:8200`, no trailing slash. */
  readonly address: string;
  readonly server: string;
  readonly namespace?: string;
  readonly runId: string;
  readonly http: HttpClient;
  readonly clock: HttpOptions['clock'];
}

/** What node-vault hands to the hook that replaces its HTTP layer; `keyturn` is a key of ours that it passes through. */
interface HookOptions {
  readonly uri: string;
  readonly method: string;
  readonly headers?: { readonly [name: string]: string };
  readonly json?: unknown;
  readonly keyturn: Exchange;
}

/** The call on its way through node-vault, and the answer on its way back: node-vault drops statuses and headers. */
interface Exchange {
  readonly call: Call;
  answer?: HttpAnswer;
}

type Verb = (path: string, ...rest: readonly unknown[]) => Promise<unknown>;

interface Client {
  token: string;
  namespace: string;
  pathPrefix: string;
  readonly read: Verb;
  readonly write: Verb;
  readonly update: Verb;
  readonly delete: Verb;
}

/**
 * node-vault over adapters/http. node-vault builds URL, token and namespace headers; its own HTTP layer (axios) is replaced, because
 * its errors hold token and body, it follows redirects with them, it has no abort and it drops response headers. Its answers are
 * not used either: the hook keeps status and body, and they are judged here.
 */
export function createTransport(options: TransportOptions): Transport {
  let seen: { readonly at: Instant; readonly monotonic: number } | undefined;
  let token: Material | undefined;
  const client = createClient(options, async (hook) => {
    const answer = await options.http.send(requestOf(options, hook));
    hook.keyturn.answer = answer;
    const at = instantOfHttpDate(answer.headers['date'] ?? '');
    if (at !== undefined) seen = { at, monotonic: options.clock.monotonic() };
    return { statusCode: answer.status, body: undefined, request: { path: '' } };
  });
  return {
    server: options.server,
    call: (call) => callThrough(client, options.server, call),
    setToken(next) {
      token = next;
      client.token = next?.expose() ?? '';
    },
    token: () => token,
    serverTime: () => (seen === undefined ? undefined : seen.at + (options.clock.monotonic() - seen.monotonic)),
    close: () => options.http.close(),
  };
}

/** Everything that node-vault would take from the environment (VAULT_TOKEN, VAULT_NAMESPACE, VAULT_PREFIX, DEBUG) is set in so many words. */
function createClient(options: TransportOptions, hook: (options: HookOptions) => Promise<unknown>): Client {
  const settings: { readonly [name: string]: unknown } = {
    apiVersion: 'v1',
    endpoint: options.address,
    debug: () => undefined,
    noCustomHTTPVerbs: true,
    rpDefaults: { strictSSL: true },
    'request-promise': { defaults: () => hook },
  };
  // node-vault's own types are any, and know neither namespace nor rpDefaults.
  const client = nodeVault(settings) as unknown as Client;
  client.token = '';
  client.namespace = options.namespace ?? '';
  client.pathPrefix = '';
  return client;
}

function requestOf(options: TransportOptions, hook: HookOptions): Parameters<HttpClient['send']>[0] {
  const { call } = hook.keyturn;
  const own = Object.entries(hook.headers ?? {})
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => call.aboutServer !== true || name !== 'x-vault-namespace');
  const type = hook.json === undefined ? {} : { 'content-type': 'application/json' };
  return {
    method: hook.method,
    url: hook.uri,
    headers: { ...type, ...Object.fromEntries(own), 'x-vault-request': 'true', 'x-keyturn-run': options.runId },
    ...(hook.json === undefined ? {} : { body: JSON.stringify(hook.json) }),
    changes: call.changes,
    call: `${call.method} ${call.path}`,
    shape: call.shape,
    again: againOf(call),
  };
}

async function callThrough(client: Client, server: string, call: Call): Promise<Reply> {
  const exchange: Exchange = { call };
  const fault = await send(client, call, exchange).then(
    () => undefined,
    (error: unknown): Fault | undefined => (isFault(error) ? error : undefined),
  );
  if (exchange.answer !== undefined) return replyOf(exchange.answer);
  throw fault ?? malformed(server, call, 'the request could not be made');
}

function send(client: Client, call: Call, exchange: Exchange): Promise<unknown> {
  const path = call.query === undefined ? call.path : `${call.path}?${call.query}`;
  const options = { keyturn: exchange };
  switch (call.method) {
    case 'GET':
      return client.read(path, options);
    case 'POST':
      return client.write(path, call.body ?? {}, options);
    case 'PATCH':
      return client.update(path, call.body ?? {}, options);
    case 'DELETE':
      return client.delete(path, options);
  }
}

function replyOf(answer: HttpAnswer): Reply {
  const date = instantOfHttpDate(answer.headers['date'] ?? '');
  const common = { status: answer.status, headers: answer.headers, ...(date === undefined ? {} : { date }) };
  if (answer.text === '') return { ...common, json: 'none', body: undefined };
  try {
    return { ...common, json: 'yes', body: JSON.parse(answer.text) as unknown };
  } catch {
    // The parser's error quotes the text.
    return { ...common, json: 'no', body: undefined };
  }
}
