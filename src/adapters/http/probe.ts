import type { Duration } from '../../domain/duration.js';
import { Fault } from '../../domain/fault.js';
import type { HttpProbe } from '../../domain/ports.js';
import { createClient } from './client.js';
import { NO_RETRY } from './retry.js';
import type { HttpOptions, Proxy, Tls } from './types.js';

export interface ProbeOptions {
  readonly deadline: Duration;
  readonly clock: HttpOptions['clock'];
  readonly tls?: Tls;
  readonly proxy?: Proxy;
}

/** A probe whose connections can be ended. */
export interface ClosableProbe extends HttpProbe {
  close(): Promise<void>;
}

/** More than any error page; a body beyond it costs its connection. */
const DISCARDED = 256 * 1024;

/**
 * The HttpProbe of `verify` checks. An answer of any status is an answer, so nothing is repeated here: the caller knows how
 * long to ask again. Faults name the URL's origin and path, never its query or user, and never the header.
 */
export function createProbe(options: ProbeOptions): ClosableProbe {
  const client = createClient({ ...options, retry: NO_RETRY, maxBody: DISCARDED }, true);
  return {
    async send({ method, url, headerName, headerValue }) {
      const { origin, pathname } = checkedUrl(url, method);
      const answer = await client.send({
        method,
        url,
        headers: { [headerName]: headerValue.expose(), 'user-agent': 'keyturn', accept: '*/*' },
        changes: method !== 'GET' && method !== 'HEAD',
        call: `${method} ${pathname}`,
        shape: `${origin}${pathname}`,
      });
      return { status: answer.status };
    },
    close: () => client.close(),
  };
}

function checkedUrl(text: string, method: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  throw new Fault({
    kind: 'invalid',
    server: 'HTTP check',
    call: method,
    said: 'the URL is not an http or https URL without user and password',
    retriable: false,
    effect: 'none',
  });
}
