import { Agent, Pool, ProxyAgent, buildConnector } from 'undici';
import type { Dispatcher } from 'undici';
import { proxyFor } from './proxy.js';
import type { HttpOptions, Tls } from './types.js';

/** Finds the pool for a URL. One Agent serves all direct origins (it keeps a pool per origin), one more each proxy. */
export interface Dispatchers {
  for(url: URL): Dispatcher;
  destroy(): Promise<void>;
}

type Options = Pick<HttpOptions, 'tls' | 'proxy' | 'deadline' | 'connections'>;

/** Makes no connection before the first request. Throws where certificate or key are not PEM. */
export function createDispatchers(options: Options): Dispatchers {
  const made = new Map<string, Dispatcher>();
  return {
    for(url) {
      const proxy = proxyFor(url, options.proxy);
      const key = proxy ?? 'direct';
      const dispatcher = made.get(key) ?? (proxy === undefined ? direct(options) : through(proxy, options));
      made.set(key, dispatcher);
      return dispatcher;
    },
    async destroy() {
      await Promise.all([...made.values()].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

function direct(options: Options): Dispatcher {
  return new Agent({ ...pooling(options), connect: sturdy(buildConnector(connecting(options))) });
}

function through(uri: string, options: Options): Dispatcher {
  return new ProxyAgent({
    ...pooling(options),
    uri,
    requestTls: connecting(options),
    // The proxy is authenticated like any public server: the CA and the certificate given are Vault's, not its.
    proxyTls: connecting({ deadline: options.deadline }),
    factory: (origin: string | URL, made: object) => new Pool(origin, sturdyOptions(made)),
  });
}

/**
 * The whole call has one deadline, so undici's own timers are off. An idle connection is given up early: what a server has
 * closed in the meantime makes a write fail with unknown effect, and many load balancers close after ten seconds.
 */
function pooling(options: Options): Agent.Options {
  return {
    connections: options.connections ?? 16,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 4_000,
    allowH2: false,
  };
}

/** Verification is set in so many words, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise switch it off unseen. */
function connecting(options: Pick<Options, 'tls' | 'deadline'>): buildConnector.BuildOptions {
  const tls: Tls = options.tls ?? { verify: true };
  return {
    timeout: options.deadline,
    rejectUnauthorized: tls.verify,
    ...(tls.ca === undefined ? {} : { ca: [...tls.ca] }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key.expose() }),
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
  };
}

function sturdyOptions(made: object): Pool.Options {
  const options = made as Pool.Options;
  return typeof options.connect === 'function' ? { ...options, connect: sturdy(options.connect) } : options;
}

/**
 * undici keeps a request queued, and connects again without a pause, while connecting fails with one of its own codes for a broken socket
 * (a proxy that hangs up does that). Under another code the request fails, as it does for a refused connection.
 */
function sturdy(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    connect(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error === null) callback(null, socket);
      else
        callback(restless(error) ? Object.assign(new Error('connecting failed'), { code: 'ECONNRESET' }) : error, null);
    });
  };
}

function restless(error: Error): boolean {
  return 'code' in error && (error.code === 'UND_ERR_SOCKET' || error.code === 'UND_ERR_INFO');
}
