/** What went wrong, in words that decide what happens next. */
export type FaultKind =
  | 'unreachable' // no connection, or it broke
  | 'timeout' // the call's deadline passed
  | 'unauthenticated' // no token, or one that the server does not know
  | 'denied' // a known identity without the right
  | 'conflict' // the precondition (cas, resourceVersion, name) does not hold
  | 'absent' // no such mount, namespace or object where one is needed
  | 'invalid' // the server refused the request as it is
  | 'rateLimited'
  | 'unavailable' // 5xx, sealed, standby
  | 'malformed' // an answer that is not what the API promises
  | 'interrupted' // this run was asked to stop
  | 'leaseLost'; // another run holds the lease

export interface FaultDetails {
  readonly kind: FaultKind;
  /** Which system, as a person knows it: `Vault https://vault.example.com:8200`. */
  readonly server: string;
  /** Method and path, never a query string that may hold values: `PATCH secret/data/ai-gateway/openai`. */
  readonly call: string;
  /** One sentence of what the server said, free of values. */
  readonly said: string;
  readonly status?: number;
  /** Could the same call succeed later without anybody changing anything? */
  readonly retriable: boolean;
  /** `none`: the call certainly changed nothing. `unknown`: it may have; probe before undoing or repeating. */
  readonly effect: 'none' | 'unknown';
  /** Milliseconds that the server asked to wait (Retry-After). */
  readonly retryAfter?: number;
}

/** A failed call. Thrown by adapters only; holds no request body, header or token. */
export class Fault extends Error {
  readonly details: FaultDetails;

  constructor(details: FaultDetails) {
    const status = details.status === undefined ? '' : ` (${details.status})`;
    const effect = details.effect === 'none' ? 'nothing was changed' : 'whether it took effect is unknown';
    super(`${details.server}: ${details.call}: ${details.said}${status}; ${effect}`);
    this.name = 'Fault';
    this.details = details;
  }
}

export function isFault(error: unknown): error is Fault {
  return error instanceof Fault;
}
