import type { Dispatcher } from 'undici';
import type { HttpAnswer, HttpRequest } from './types.js';

/** How one attempt ended. `sent`: at least the first byte may have left, so the server may have acted on it. */
export type Outcome =
  | { readonly ok: true; readonly answer: HttpAnswer }
  | {
      readonly ok: false;
      readonly reason: 'deadline' | 'tooLong' | 'broken' | 'refused';
      readonly code: string;
      readonly sent: boolean;
    };

export interface ExchangeLimits {
  readonly signal: AbortSignal;
  readonly maxBody: number;
  /** The answer counts as soon as its status is here; the body is read and thrown away so that the connection can serve again. */
  readonly discard: boolean;
}

/** undici's code for a header or path that cannot be sent. */
const NOT_A_REQUEST = 'UND_ERR_INVALID_ARG';

/** Sends one request once. Never rejects: a failure is an outcome that holds nothing of the request. */
export function exchange(
  dispatcher: Dispatcher,
  url: URL,
  request: HttpRequest,
  limits: ExchangeLimits,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const collector = new Collector(limits, resolve);
    try {
      dispatcher.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          headers: { ...request.headers },
          body: request.body ?? null,
        },
        collector,
      );
    } catch (error) {
      collector.refuse(error);
    }
  });
}

class Collector implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #expire = (): void => this.#end({ ok: false, reason: 'deadline', code: 'ETIMEDOUT', sent: this.#sent });
  #controller: Dispatcher.DispatchController | undefined;
  #over = false;
  #sent = false;
  #status = 0;
  #headers: HttpAnswer['headers'] = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(limits: ExchangeLimits, resolve: (outcome: Outcome) => void) {
    this.#limits = limits;
    this.#resolve = resolve;
    limits.signal.addEventListener('abort', this.#expire);
    if (limits.signal.aborted) this.#expire();
  }

  /** undici calls this after the connection stands and before the first byte of the request is written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('the deadline has passed'));
    else this.#sent = true;
  }

  onResponseStart(
    _controller: unknown,
    status: number,
    headers: { [name: string]: string | string[] | undefined },
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = flatten(headers);
    if (this.#limits.discard) this.#settle({ ok: true, answer: { status, headers: this.#headers, text: '' } });
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#limits.maxBody) this.#end({ ok: false, reason: 'tooLong', code: 'EMSGSIZE', sent: true });
    else if (!this.#limits.discard) this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const text = Buffer.concat(this.#chunks).toString('utf8');
    this.#release();
    this.#settle({ ok: true, answer: { status: this.#status, headers: this.#headers, text } });
  }

  onResponseError(_controller: unknown, error: Error): void {
    const code = codeOf(error);
    if (code === NOT_A_REQUEST) return this.refuse(error);
    this.#release();
    this.#settle({ ok: false, reason: 'broken', code, sent: this.#sent });
  }

  /** The request was not one (a header with a line break, for instance): nothing was sent. */
  refuse(error: unknown): void {
    this.#release();
    this.#settle({ ok: false, reason: 'refused', code: codeOf(error), sent: false });
  }

  #end(outcome: Outcome): void {
    this.#release();
    this.#settle(outcome);
    this.#controller?.abort(new Error('given up'));
  }

  #release(): void {
    this.#over = true;
    this.#chunks = [];
    this.#limits.signal.removeEventListener('abort', this.#expire);
  }

  /** A promise keeps its first outcome; what a discarded body or an aborted connection says later changes nothing. */
  #settle(outcome: Outcome): void {
    this.#resolve(outcome);
  }
}

function flatten(headers: { [name: string]: string | string[] | undefined }): HttpAnswer['headers'] {
  const entries = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), [value].flat().join(', ')] as const,
  );
  return Object.fromEntries(entries);
}

/** The system's or undici's code, and nothing else of an error: messages and causes may hold addresses, headers or bodies. */
function codeOf(error: unknown): string {
  const own = field(error, 'code');
  if (typeof own === 'string' && /^[A-Z0-9_]{1,60}$/.test(own)) return own;
  const cause = field(error, 'cause');
  return cause === undefined ? 'EUNKNOWN' : codeOf(cause);
}

function field(value: unknown, name: 'code' | 'cause'): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as { [key: string]: unknown })[name]
    : undefined;
}
