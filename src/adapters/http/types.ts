import type { Duration } from '../../domain/duration.js';
import type { Material } from '../../domain/material.js';
import type { Clock } from '../../domain/ports.js';

/** One request. `url` and `headers` may hold secrets; no fault shows them beyond the origin and what `call` says. */
export interface HttpRequest {
  readonly method: string;
  /** http or https, without user information. */
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
  /** Does it change anything on the server? Decides what may be repeated and what a broken connection means. */
  readonly changes: boolean;
  /** As a fault names it, `PATCH secret/data/a`; without it: method and the URL's path. */
  readonly call?: string;
  /** The path with its variable parts named, for the record of traffic: `:mount/data/:path`; without it: the URL's path. */
  readonly shape?: string;
  /**
   * Which answers mean "ask again, nothing was changed"; without it: 429, and for requests that change nothing 5xx other than 501.
   */
  readonly again?: (answer: HttpAnswer) => boolean;
}

/** An answer of any status. `text` may hold secrets. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; a repeated header's values are joined by ", ". */
  readonly headers: { readonly [name: string]: string };
  /** The body as UTF-8; empty where the client discards bodies. */
  readonly text: string;
}

/** How a server is authenticated, and how keyturn shows who it is. Certificates and keys are PEM texts. */
export interface Tls {
  /** Trusted instead of the built-in authorities. */
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: Material;
  /** The name that the certificate must have, where it is not the URL's host. */
  readonly servername?: string;
  /** false: any certificate is taken. */
  readonly verify: boolean;
}

/** Proxies by the scheme of the URL that is asked for, and the hosts that are asked directly. */
export interface Proxy {
  readonly http?: string;
  readonly https?: string;
  /** As NO_PROXY: `*`, or names, domains and addresses, each with an optional port, separated by commas. */
  readonly bypass: string;
}

/** Called once per answer: for the record of what is asked of a server, so that a fake of it can be held against the record. */
export type OnExchange = (method: string, shape: string, status: number) => void;

/** How often and how slowly one call is repeated while it certainly changed nothing. */
export interface RetryPolicy {
  /** Sends in all; 1: no repetition. */
  readonly attempts: number;
  /** The pause before the second attempt, doubled each time. */
  readonly first: Duration;
  readonly longest: Duration;
  /** A number in [0, 1) per call. */
  readonly random: () => number;
}

export interface HttpOptions {
  /** Which system, as a person knows it; without it: the origin of each URL. */
  readonly server?: string;
  /** From the call to the end of the answer's body, repetitions included. */
  readonly deadline: Duration;
  /** One that no stop signal interrupts, where calls that wind up a stopped run shall still be repeated; the deadline bounds them anyway. */
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'sleep'>;
  readonly retry: RetryPolicy;
  readonly tls?: Tls;
  readonly proxy?: Proxy;
  /** Bytes; a longer answer is a fault. Default 32 MiB, the request limit of Vault. */
  readonly maxBody?: number;
  /** Connections per origin at the same time. Default 16. */
  readonly connections?: number;
  readonly onExchange?: OnExchange;
}

/** Sends requests over pooled connections. Redirects are not followed. */
export interface HttpClient {
  /** Resolves to an answer of any status. Throws Fault: unreachable, timeout, malformed (too long), invalid (not a request), interrupted. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends all connections at once. */
  close(): Promise<void>;
}
