import { Fault } from '../../domain/fault.js';
import type { FaultDetails, FaultKind } from '../../domain/fault.js';
import type { Material } from '../../domain/material.js';
import type { Instant } from '../../domain/time.js';
import { retryAfter } from '../http/retry.js';
import type { HttpAnswer } from '../http/types.js';
import { field, texts } from './guards.js';
import { quotable } from './said.js';
import type { Call, Reply } from './call.js';

/** Texts by which Vault and OpenBao tell apart what shares a status. */
const SEALED = 'Vault is sealed';
const CAS_MISMATCH = 'check-and-set parameter did not match the current version';
const UPGRADING = 'Upgrading from non-versioned to versioned data';
const NO_ACTIVE_NODE = 'local node not active but active cluster node not found';
const NO_MOUNT = 'no handler for route';

export interface Judged {
  readonly server: string;
  readonly call: Pick<Call, 'method' | 'path' | 'changes'>;
  readonly reply: Reply;
  /** Everything that the request carried and no message may repeat. */
  readonly secrets: readonly Material[];
  readonly now: Instant;
}

interface Verdict {
  readonly kind: FaultKind;
  readonly said: string;
  readonly retriable: boolean;
  /** Might a request that changes something have taken effect all the same? */
  readonly unsure: boolean;
}

/** The fault of an answer that is not the one asked for. A 403 is `denied` here; whether the token is known at all is for the caller to find out. */
export function faultOfReply({ server, call, reply, secrets, now }: Judged): Fault {
  const { unsure, ...verdict } = verdictOf(reply, secrets);
  const wait = retryAfter(reply.headers, now);
  return new Fault({
    ...verdict,
    server,
    call: `${call.method} ${call.path}`,
    status: reply.status,
    effect: call.changes && unsure ? 'unknown' : 'none',
    ...(wait === undefined ? {} : { retryAfter: wait }),
  });
}

/** An answer that is not what the API promises. A write may have been carried out. */
export function malformed(
  server: string,
  call: Pick<Call, 'method' | 'path' | 'changes'>,
  said: string,
  status?: number,
): Fault {
  return new Fault({
    kind: 'malformed',
    server,
    call: `${call.method} ${call.path}`,
    said,
    retriable: false,
    effect: call.changes ? 'unknown' : 'none',
    ...(status === undefined ? {} : { status }),
  });
}

/** A copy of a fault with parts changed. */
export function refault(fault: Fault, changed: Partial<FaultDetails>): Fault {
  return new Fault({ ...fault.details, ...changed });
}

/** Vault's messages of an answer. */
export function errorsOf(reply: Reply): readonly string[] {
  return texts(field(reply.body, 'errors')) ?? [];
}

/** Nothing answers at this path: no engine or auth method is mounted there. */
export function saysNoMount(reply: Reply): boolean {
  return reply.status === 404 && mentions(reply, NO_MOUNT);
}

/**
 * Which answers are worth asking again for on the spot. 412 (this node has not caught up yet), 429 and a mount that is being upgraded
 * changed nothing; 5xx is repeated for reads alone, and not where a person must unseal or initialise first.
 */
export function againOf(call: Pick<Call, 'changes' | 'aboutServer'>): (answer: HttpAnswer) => boolean {
  return ({ status, text }) => {
    if (call.aboutServer === true) return false;
    if (status === 412 || status === 429) return true;
    if (status === 400) return text.includes(UPGRADING);
    return !call.changes && status >= 500 && status !== 501 && !text.includes(SEALED);
  };
}

function mentions(reply: Reply, message: string): boolean {
  return errorsOf(reply).some((error) => error.includes(message));
}

function verdictOf(reply: Reply, secrets: readonly Material[]): Verdict {
  const { status } = reply;
  if (status < 300) return NOT_VAULT;
  if (status < 400) return REDIRECT;
  if (status === 429) return { kind: 'rateLimited', said: 'too many requests', retriable: true, unsure: false };
  if (status >= 500 || STANDBY.has(status)) return unavailable(reply, secrets);
  return reply.json === 'yes' ? refused(reply, secrets) : NOT_VAULT;
}

/** Replication secondaries and standbys of Vault Enterprise answer sys/health so. */
const STANDBY = new Set([472, 473, 474]);

const NOT_VAULT: Verdict = {
  kind: 'malformed',
  said: 'an answer that Vault does not give: something in between gave it, or the address is wrong',
  retriable: false,
  unsure: true,
};

const REDIRECT: Verdict = {
  kind: 'unavailable',
  said: 'it sends requests on to another address (a standby that does not forward?), and keyturn follows none: use the address of the active node',
  retriable: false,
  unsure: false,
};

function unavailable(reply: Reply, secrets: readonly Material[]): Verdict {
  if (mentions(reply, SEALED)) return { kind: 'unavailable', said: SEALED, retriable: true, unsure: false };
  const said = quotable(errorsOf(reply), secrets) ?? 'it cannot serve requests now';
  return { kind: 'unavailable', said, retriable: true, unsure: !mentions(reply, NO_ACTIVE_NODE) };
}

/** By policy, and for a token that is not known. Logins give reasons instead. */
const PLAIN_DENIAL = /^(?:\d errors? occurred: \* )?permission denied/;

/** A refusal by Vault itself: it refuses before it changes anything. */
function refused(reply: Reply, secrets: readonly Material[]): Verdict {
  const quoted = quotable(errorsOf(reply), secrets);
  const verdict = (kind: FaultKind, said: string, retriable = false): Verdict => ({
    kind,
    said,
    retriable,
    unsure: false,
  });
  if (mentions(reply, CAS_MISMATCH)) return verdict('conflict', 'somebody else wrote in between');
  if (mentions(reply, UPGRADING)) return verdict('unavailable', 'the mount is being upgraded to KV version 2', true);
  switch (reply.status) {
    case 403:
      return verdict('denied', quoted === undefined || PLAIN_DENIAL.test(quoted) ? 'permission denied' : quoted);
    case 404:
      return verdict('absent', saysNoMount(reply) ? 'nothing is mounted there' : 'there is nothing at this path');
    case 412:
      return verdict('unavailable', 'this node has not caught up yet', true);
    default:
      return verdict('invalid', quoted ?? 'it refused the request without a reason');
  }
}
