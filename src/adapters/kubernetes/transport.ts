import { ResponseContext, wrapHttpLibrary } from '@kubernetes/client-node';
import type { HttpLibrary, KubeConfig, RequestContext } from '@kubernetes/client-node';
import type { Duration } from '../../domain/duration.js';
import type { Clock } from '../../domain/ports.js';
import type { Instant } from '../../domain/time.js';
import { createHttp } from '../http/client.js';
import type { RetryPolicy } from '../http/types.js';
import type { HttpAnswer, HttpClient, HttpOptions, OnExchange, Proxy, Tls } from '../http/types.js';
import { faultOfAnswer, faultOfTimeout, malformed } from './faults.js';
import type { Call } from './call.js';
import { login, sameTls } from './login.js';

export interface TransportOptions {
  readonly config: KubeConfig;
  /** `Kubernetes https://10.0.0.1:6443`. */
  readonly server: string;
  /** Milliseconds for a whole call, its login and repetitions included. */
  readonly deadline: Duration;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  readonly proxy?: Proxy;
  readonly onExchange?: OnExchange;
}

/**
 * The HTTP layer under the generated client, instead of the package's own: that one opens a connection per call, follows redirects with the
 * token and the body, has no deadline, cannot tell a request that was never sent from one that may have taken effect, and puts whole
 * answers (which may echo a Secret) into its errors. Every failure leaves here as a Fault.
 */
export function transport(options: TransportOptions): HttpLibrary {
  const pool = clientPool(options);
  return wrapHttpLibrary({ send: (request) => send(options, pool, request) });
}

async function send(options: TransportOptions, pool: ClientPool, request: RequestContext): Promise<ResponseContext> {
  const { clock, deadline } = options;
  const started = clock.monotonic();
  const call = callOf(options.server, request);
  const identity = await within(deadline, login(options.config, options.server), () => faultOfTimeout(call, false));
  const body: unknown = request.getBody();
  const sending = pool(identity.tls).send({
    method: call.method,
    url: request.getUrl(),
    headers: { 'User-Agent': 'keyturn', ...request.getHeaders(), ...identity.headers },
    changes: call.write,
    shape: shapeOf(call.path),
    ...(typeof body === 'string' ? { body } : {}),
  });
  // The client has a deadline of its own, which knows whether the request was sent; only a slow login cuts it shorter.
  const spent = clock.monotonic() - started;
  const answer = await (spent < SLOW_LOGIN
    ? sending
    : within(deadline - spent, sending, () => faultOfTimeout(call, true)));
  return contextOf(call, answer, clock.now());
}

const SLOW_LOGIN: Duration = 250;

function contextOf(call: Call, answer: HttpAnswer, now: Instant): ResponseContext {
  const { status, text } = answer;
  if (status < 200 || status > 299) throw faultOfAnswer(call, answer, now);
  if (!isJsonObject(text)) throw malformed(call, 'the answer is not JSON', status);
  const body = { text: () => Promise.resolve(text), binary: () => Promise.resolve(Buffer.from(text)) };
  return new ResponseContext(status, { 'content-type': 'application/json' }, body);
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function callOf(server: string, request: RequestContext): Call {
  const method = request.getHttpMethod().toString();
  const path = new URL(request.getUrl()).pathname;
  const review = path.endsWith('/selfsubjectaccessreviews');
  return { server, method, path, write: method !== 'GET' && !review };
}

/** `/api/v1/namespaces/ai-gateway/secrets/litellm` is `/api/v1/namespaces/:namespace/secrets/:name` in the record of traffic. */
function shapeOf(path: string): string {
  const segments = path.split('/');
  const namespace = segments.indexOf('namespaces') + 1;
  if (namespace === 0) return path;
  const named = new Map([
    [namespace, ':namespace'],
    [namespace + 2, ':name'],
  ]);
  return segments.map((segment, at) => named.get(at) ?? segment).join('/');
}

type ClientPool = (tls: Tls) => HttpClient;

/** One client, with its connections, as long as the certificates stay the same; a login command may renew them. */
function clientPool(options: TransportOptions): ClientPool {
  let kept: { readonly tls: Tls; readonly client: HttpClient } | undefined;
  return (tls) => {
    if (kept === undefined || !sameTls(kept.tls, tls)) kept = { tls, client: createHttp(httpOptions(options, tls)) };
    return kept.client;
  };
}

function httpOptions(options: TransportOptions, tls: Tls): HttpOptions {
  const { server, deadline, clock, retry } = options;
  return {
    server,
    deadline,
    clock,
    retry,
    tls,
    ...(options.proxy === undefined ? {} : { proxy: options.proxy }),
    ...(options.onExchange === undefined ? {} : { onExchange: options.onExchange }),
  };
}

/** The result, or the fault where it takes longer than that. */
async function within<T>(length: Duration, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(late());
    }, length);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}
