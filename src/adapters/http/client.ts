import { createDispatchers } from './dispatchers.js';
import type { Dispatchers } from './dispatchers.js';
import { exchange } from './exchange.js';
import type { Outcome } from './exchange.js';
import { faultOf } from './failures.js';
import { pauseAfter, retryAfter } from './retry.js';
import type { HttpAnswer, HttpClient, HttpOptions, HttpRequest } from './types.js';

const MAX_BODY = 32 * 1024 * 1024;

/** An HTTP client for one system. Makes no connection before the first request. */
export function createHttp(options: HttpOptions): HttpClient {
  return createClient(options, false);
}

/** As createHttp; with `discard` an answer is its status and headers, and its body is thrown away. */
export function createClient(options: HttpOptions, discard: boolean): HttpClient {
  const dispatchers = createDispatchers(options);
  return {
    send: (request) => send({ options, dispatchers, discard }, request),
    close: () => dispatchers.destroy(),
  };
}

interface Sender {
  readonly options: HttpOptions;
  readonly dispatchers: Dispatchers;
  readonly discard: boolean;
}

/** One signal bounds the whole call; a pause that would reach beyond it is not begun. */
async function send(sender: Sender, request: HttpRequest): Promise<HttpAnswer> {
  const { options } = sender;
  const signal = AbortSignal.timeout(options.deadline);
  const end = options.clock.monotonic() + options.deadline;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptOnce(sender, request, signal);
    const pause = pauseAfter(options.retry, attempt, askedPause(options, outcome));
    const last = attempt >= options.retry.attempts || options.clock.monotonic() + pause >= end;
    if (last || !worthRepeating(request, outcome)) return finish(options, request, outcome);
    await options.clock.sleep(pause);
  }
}

async function attemptOnce(sender: Sender, request: HttpRequest, signal: AbortSignal): Promise<Outcome> {
  const { options, dispatchers, discard } = sender;
  const url = new URL(request.url);
  const limits = { signal, discard, maxBody: options.maxBody ?? MAX_BODY };
  const outcome = await exchange(dispatchers.for(url), url, request, limits);
  if (outcome.ok) options.onExchange?.(request.method, request.shape ?? url.pathname, outcome.answer.status);
  return outcome;
}

function askedPause(options: HttpOptions, outcome: Outcome): number | undefined {
  return outcome.ok ? retryAfter(outcome.answer.headers, options.clock.now()) : undefined;
}

/** Only what certainly changed nothing is repeated: reads, and writes that were never sent or were refused by the answer. */
function worthRepeating(request: HttpRequest, outcome: Outcome): boolean {
  if (outcome.ok) return (request.again ?? againByStatus(request))(outcome.answer);
  if (outcome.reason !== 'broken' || (request.changes && outcome.sent)) return false;
  return faultOf(outcome, '', '', request).details.retriable;
}

function againByStatus(request: HttpRequest): (answer: HttpAnswer) => boolean {
  return ({ status }) => status === 429 || (!request.changes && status >= 500 && status !== 501);
}

function finish(options: HttpOptions, request: HttpRequest, outcome: Outcome): HttpAnswer {
  if (outcome.ok) return outcome.answer;
  const url = new URL(request.url);
  throw faultOf(outcome, options.server ?? url.origin, request.call ?? `${request.method} ${url.pathname}`, request);
}
