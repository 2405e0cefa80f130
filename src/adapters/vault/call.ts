import type { Material } from '../../domain/material.js';
import type { Instant } from '../../domain/time.js';
import type { HttpAnswer } from '../http/types.js';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** One request to Vault's API. */
export interface Call {
  readonly method: Method;
  /** Without the leading `/v1/`, made of safe segments: `secret/data/a`. */
  readonly path: string;
  /** Without `?`. */
  readonly query?: string;
  readonly body?: { readonly [name: string]: unknown };
  readonly changes: boolean;
  /** `:mount/data/:path`. */
  readonly shape: string;
  /** What the request carries and no message may repeat, besides the token. */
  readonly secrets?: readonly Material[];
  /** It asks about the server itself (sys/health): outside every namespace, and every status is an answer, so it is asked once. */
  readonly aboutServer?: boolean;
}

/** An answer of any status; `body` is undefined where there is none or it is not JSON (`json` tells which). */
export interface Reply {
  readonly status: number;
  readonly headers: HttpAnswer['headers'];
  readonly json: 'none' | 'yes' | 'no';
  readonly body: unknown;
  /** The server's clock when it answered. */
  readonly date?: Instant;
}
