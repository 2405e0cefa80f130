import type { Json, JsonObject } from '../../domain/json.js';

/** What a handler answers, before it becomes an HTTP response. */
export type Reply =
  | {
      readonly kind: 'secret';
      readonly status: number;
      readonly data: JsonObject | null;
      readonly auth: JsonObject | null;
      readonly warnings: readonly string[];
      /** Seconds. */
      readonly leaseDuration: number;
      /** Some endpoints repeat their data at the top level, beside `data`. */
      readonly flat: boolean;
    }
  | { readonly kind: 'empty'; readonly status: number }
  | { readonly kind: 'errors'; readonly status: number; readonly errors: readonly string[] }
  | { readonly kind: 'raw'; readonly status: number; readonly body: Json };

export type SecretReply = Extract<Reply, { kind: 'secret' }>;

/** Ends a request early; the pipeline answers with `reply`. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super('refused');
    this.reply = reply;
  }
}

export function secret(data: JsonObject | null, extra: Partial<Omit<SecretReply, 'kind' | 'data'>> = {}): SecretReply {
  return { kind: 'secret', status: 200, data, auth: null, warnings: [], leaseDuration: 0, flat: false, ...extra };
}

/** Success whose data appears both under `data` and at the top level. */
export function flat(data: JsonObject): SecretReply {
  return secret(data, { flat: true });
}

export function noContent(): Reply {
  return { kind: 'empty', status: 204 };
}

/** Nothing is there: 404 with an empty list of errors. */
export function absent(): Reply {
  return { kind: 'errors', status: 404, errors: [] };
}

export function fail(status: number, message: string): Reply {
  return { kind: 'errors', status, errors: [message] };
}

/** An error that passed through the server's error list, which adds its own frame to the text. */
export function listed(status: number, message: string): Reply {
  return fail(status, `1 error occurred:\n\t* ${message}\n\n`);
}

/** A known token without the right: 403. */
export function denied(): Reply {
  return listed(403, 'permission denied');
}

/** No token, or one that is not known (any more): 403. */
export function badToken(): Reply {
  return fail(403, 'permission denied');
}

export function unsupportedOperation(): Reply {
  return listed(405, 'unsupported operation');
}

export function unsupportedPath(): Reply {
  return listed(404, 'unsupported path');
}

/** A 204, or with warnings the 200 that carries them. */
export function done(warnings: readonly string[] = []): Reply {
  return warnings.length === 0 ? noContent() : secret(null, { warnings });
}
