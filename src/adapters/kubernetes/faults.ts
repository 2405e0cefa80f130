import type { FaultDetails, FaultKind } from '../../domain/fault.js';
import { Fault } from '../../domain/fault.js';
import type { Instant } from '../../domain/time.js';
import { retryAfter } from '../http/retry.js';
import type { HttpAnswer } from '../http/types.js';
import type { Call } from './call.js';
import { parseStatus, saidBy } from './status.js';
import type { ApiStatus } from './status.js';

type Judgement = Pick<FaultDetails, 'kind' | 'said' | 'retriable'> & { readonly processed: boolean };

/** Makes a fault; `processed`: a write may have taken effect. */
function faultOf(call: Call, judgement: Judgement, rest: Partial<FaultDetails> = {}): Fault {
  return new Fault({
    kind: judgement.kind,
    server: call.server,
    call: `${call.method} ${call.path}`,
    said: judgement.said,
    retriable: judgement.retriable,
    effect: call.write && judgement.processed ? 'unknown' : 'none',
    ...rest,
  });
}

/** An answer that is no success. */
export function faultOfAnswer(call: Call, answer: HttpAnswer, now: Instant): Fault {
  const { status } = answer;
  const said = parseStatus(answer.text);
  const wait = waitAskedFor(answer, said, now);
  return faultOf(call, judge(call, status, said), { status, ...(wait === undefined ? {} : { retryAfter: wait }) });
}

/** A success whose body is not what the API promises, or an answer that no API server gives. */
export function malformed(call: Call, said: string, status?: number): Fault {
  const rest = status === undefined ? {} : { status };
  return faultOf(call, { kind: 'malformed', said, retriable: false, processed: true }, rest);
}

/** A call that keyturn refuses to send. */
export function refused(call: Call, kind: FaultKind, said: string): Fault {
  return faultOf(call, { kind, said, retriable: false, processed: false });
}

/** No answer before the deadline. */
export function faultOfTimeout(call: Call, sent: boolean): Fault {
  const said = sent ? 'no answer before the deadline' : 'no connection before the deadline';
  return faultOf(call, { kind: 'timeout', said, retriable: true, processed: sent });
}

function judge(call: Call, status: number, said: ApiStatus | undefined): Judgement {
  // Authentication comes before everything else, also in a proxy.
  if (status === 401) return { ...KINDS.unauthenticated, said: saidBy(said, call), processed: false };
  if (said === undefined) return foreign(status);
  const text = saidBy(said, call);
  if (status === 404) return { ...absence(call, said), said: text, processed: false };
  if (status === 403 && said.causes.some((cause) => cause.reason === 'NamespaceTerminating'))
    return { ...KINDS.absent, said: text, processed: false };
  return { ...kindOf(status), said: text, processed: status >= 500 || status < 400 };
}

const KINDS = {
  unauthenticated: { kind: 'unauthenticated', retriable: false },
  absent: { kind: 'absent', retriable: false },
  invalid: { kind: 'invalid', retriable: false },
} as const satisfies { readonly [name: string]: Pick<Judgement, 'kind' | 'retriable'> };

const BY_STATUS: { readonly [status: number]: Pick<Judgement, 'kind' | 'retriable'> } = {
  403: { kind: 'denied', retriable: false },
  409: { kind: 'conflict', retriable: false },
  // A page of a list that is too old to go on with: the list can be read again from its start.
  410: { kind: 'unavailable', retriable: true },
  429: { kind: 'rateLimited', retriable: true },
};

function kindOf(status: number): Pick<Judgement, 'kind' | 'retriable'> {
  const known = BY_STATUS[status];
  if (known !== undefined) return known;
  if (status >= 500) return { kind: 'unavailable', retriable: true };
  return status >= 400 ? KINDS.invalid : { kind: 'malformed', retriable: false };
}

/** NotFound of a named object or namespace is an answer about it; without a name the server does not serve the API at all. */
function absence(call: Call, said: ApiStatus): Pick<Judgement, 'kind' | 'retriable'> {
  const named = said.name !== undefined && call.path.split('/').includes(said.name);
  return named ? KINDS.absent : KINDS.invalid;
}

/** Not a Status of the API: a proxy or a load balancer answered, and nobody knows whether the API server got the request. */
function foreign(status: number): Judgement {
  if (status === 429) return { kind: 'rateLimited', said: 'too many requests', retriable: true, processed: false };
  if (status >= 500)
    return { kind: 'unavailable', said: 'the server is not available', retriable: true, processed: true };
  const said =
    status >= 300 && status < 400 ? 'a redirect, which is not followed' : 'not an answer of a Kubernetes API';
  return { kind: 'malformed', said, retriable: false, processed: true };
}

/** Milliseconds: the header Retry-After, else details.retryAfterSeconds. */
function waitAskedFor(answer: HttpAnswer, status: ApiStatus | undefined, now: Instant): number | undefined {
  const seconds = status?.retryAfterSeconds;
  return retryAfter(answer.headers, now) ?? (seconds === undefined ? undefined : seconds * 1000);
}
