import { isFault } from '../../domain/fault.js';
import type { Fault } from '../../domain/fault.js';
import type { Duration } from '../../domain/duration.js';
import type { Material } from '../../domain/material.js';
import type { HttpOptions } from '../http/types.js';
import { errorsOf, faultOfReply, malformed, refault } from './faults.js';
import type { Transport } from './transport.js';
import type { Call, Reply } from './call.js';

/** Vault's API with every answer judged: a reply is one that was asked for, everything else is a Fault. */
export interface Api {
  readonly server: string;
  /** Replies with 200 and 204, and with the statuses that the caller knows how to read. */
  ask(call: Call, known?: readonly number[]): Promise<Reply>;
  /** As ask, for requests that no token is needed for: a 403 is the request's own fault. */
  askOpen(call: Call): Promise<Reply>;
  /** The value that the parser found in a reply; undefined makes a Fault of kind `malformed`. */
  parsed<T>(call: Call, reply: Reply, value: T | undefined): T;
}

/** How long a token that the server knew a moment ago is taken for known: a plan without rights asks once, not once per secret. */
const KNOWN_FOR: Duration = 30_000;

/** @param clock judges how old the last look at the token is */
export function createApi(transport: Transport, clock: HttpOptions['clock']): Api {
  const { server } = transport;
  const isKnown = tokenCheck(transport, clock);
  const judge = (call: Call, reply: Reply): Fault => {
    const token = transport.token();
    const secrets = [...(call.secrets ?? []), ...(token === undefined ? [] : [token])];
    return faultOfReply({ server, call, reply, secrets, now: clock.now() });
  };
  const askOpen = async (call: Call, known: readonly number[] = []): Promise<Reply> => {
    const reply = await transport.call(call);
    if (reply.status === 200 || reply.status === 204 || known.includes(reply.status)) return reply;
    throw judge(call, reply);
  };
  return {
    server,
    askOpen,
    async ask(call, known) {
      try {
        return await askOpen(call, known);
      } catch (error) {
        if (!isFault(error) || error.details.kind !== 'denied' || (await isKnown())) throw error;
        const said = transport.token() === undefined ? 'there is no token' : 'the token is not known, or no longer';
        throw refault(error, { kind: 'unauthenticated', said });
      }
    },
    parsed(call, reply, value) {
      if (value !== undefined) return value;
      throw malformed(server, call, 'an answer that is not what the API promises', reply.status);
    },
  };
}

/**
 * Vault answers 403 to a token that it does not know as well as to a known one without the right. lookup-self tells which; a token
 * without even that right is refused by a policy, in other words than an unknown one.
 */
function tokenCheck(transport: Transport, clock: HttpOptions['clock']): () => Promise<boolean> {
  let last:
    | { readonly token: Material | undefined; readonly asked: number; readonly known: Promise<boolean> }
    | undefined;
  return () => {
    const token = transport.token();
    const fresh = last !== undefined && last.token === token && clock.monotonic() - last.asked < KNOWN_FOR;
    if (last === undefined || !fresh) last = { token, asked: clock.monotonic(), known: askWhetherKnown(transport) };
    return last.known;
  };
}

async function askWhetherKnown(transport: Transport): Promise<boolean> {
  try {
    const reply = await transport.call(LOOKUP_SELF);
    return reply.status !== 403 || errorsOf(reply).some((error) => error.startsWith('1 error occurred'));
  } catch {
    // The server answered a moment ago and refused: without a second answer that is what is known.
    return true;
  }
}

export const LOOKUP_SELF: Call = {
  method: 'GET',
  path: 'auth/token/lookup-self',
  changes: false,
  shape: 'auth/token/lookup-self',
};
