import type { Duration } from '../../domain/duration.js';
import { Fault, isFault } from '../../domain/fault.js';
import type { VaultSession } from '../../domain/ports.js';
import type { SystemClock } from '../system/clock.js';
import type { Api } from './api.js';
import { LOOKUP_SELF } from './api.js';
import { errorsOf } from './faults.js';
import { count, field, text, truth } from './guards.js';
import type { Call } from './call.js';

/** The identity behind a token, its time left counted on the monotonic clock from before the answer was asked for. */
export interface Session extends VaultSession {
  /** False: the lifetime could not be read (a token without the right to look itself up), and `remaining` knows no end. */
  readonly lifetimeKnown: boolean;
  /** Renews the token at half of what it has left, until the signal; never rejects. Each failed renewal is told and tried again. */
  keepAlive(signal: AbortSignal, failed?: (fault: Fault) => void): Promise<void>;
  /** Ends the token where keyturn itself made it by a login; a token that was given stays. Never rejects. */
  end(): Promise<void>;
}

/** What a login answered about the token that it made. */
export interface LoginLease {
  readonly displayName: string;
  /** 0: never ends. */
  readonly ttl: Duration;
  readonly renewable: boolean;
}

interface Lease {
  /** On the monotonic clock; undefined: never. */
  readonly end: number | undefined;
  readonly renewable: boolean;
}

/** A token that cannot be renewed any longer is not asked about more often than this. */
const SHORTEST_PAUSE: Duration = 1_000;

/**
 * Looks the token up (`auth/token/lookup-self`). Throws Fault: `unauthenticated` where the server does not know it.
 *
 * @param login what the login said, where keyturn logged in itself
 */
export async function openSession(api: Api, clock: SystemClock, login?: LoginLease): Promise<Session> {
  const asked = clock.monotonic();
  const reply = await api.ask(LOOKUP_SELF, [403]);
  if (reply.status === 403) return withoutLookup(api, clock, login, errorsOf(reply));
  const data = field(reply.body, 'data');
  const ttl = api.parsed(LOOKUP_SELF, reply, count(field(data, 'ttl')));
  const lease = leaseOf(asked, ttl * 1000, truth(field(data, 'renewable')) ?? false);
  const displayName = text(field(data, 'display_name')) ?? '';
  return sessionOf({ api, clock, own: login !== undefined, lifetimeKnown: true, displayName, lease });
}

interface Parts {
  readonly api: Api;
  readonly clock: SystemClock;
  readonly own: boolean;
  readonly lifetimeKnown: boolean;
  readonly displayName: string;
  lease: Lease;
}

/** A known token may lack the right to look itself up (no default policy); the server then refuses by policy, in other words than an unknown one. */
function withoutLookup(
  api: Api,
  clock: SystemClock,
  login: LoginLease | undefined,
  errors: readonly string[],
): Session {
  if (login !== undefined) {
    const lease = leaseOf(clock.monotonic(), login.ttl, login.renewable);
    return sessionOf({ api, clock, own: true, lifetimeKnown: true, displayName: login.displayName, lease });
  }
  if (!errors.some((error) => error.startsWith('1 error occurred'))) throw unknownToken(api);
  const lease = { end: undefined, renewable: false };
  return sessionOf({ api, clock, own: false, lifetimeKnown: false, displayName: 'unknown', lease });
}

function unknownToken(api: Api): Fault {
  return new Fault({
    kind: 'unauthenticated',
    server: api.server,
    call: `${LOOKUP_SELF.method} ${LOOKUP_SELF.path}`,
    said: 'the token is not known, or no longer',
    status: 403,
    retriable: false,
    effect: 'none',
  });
}

function leaseOf(asked: number, ttl: Duration, renewable: boolean): Lease {
  return { end: ttl === 0 ? undefined : asked + ttl, renewable };
}

function sessionOf(parts: Parts): Session {
  const { api } = parts;
  return {
    displayName: parts.displayName,
    lifetimeKnown: parts.lifetimeKnown,
    remaining: () => left(parts),
    keepAlive: (signal, failed) => keepAlive(parts, signal, failed),
    async end() {
      if (!parts.own) return;
      await api.ask(selfCall('revoke-self')).catch(() => undefined);
    },
  };
}

function left({ lease, clock }: Parts): Duration | undefined {
  return lease.end === undefined ? undefined : Math.max(0, lease.end - clock.monotonic());
}

async function keepAlive(parts: Parts, signal: AbortSignal, failed?: (fault: Fault) => void): Promise<void> {
  while (!signal.aborted && parts.lease.renewable) {
    const remaining = left(parts);
    if (remaining === undefined || remaining === 0) return;
    const slept = await parts.clock.sleep(Math.max(SHORTEST_PAUSE, remaining / 2), signal).then(
      () => true,
      () => false,
    );
    if (!slept) return;
    await renew(parts).catch((error: unknown) => {
      if (isFault(error)) failed?.(error);
    });
  }
}

/** A server grants what max_ttl leaves; an answer without a lease duration keeps what was known. */
async function renew(parts: Parts): Promise<void> {
  const asked = parts.clock.monotonic();
  const call = selfCall('renew-self');
  const reply = await parts.api.ask(call);
  const auth = field(reply.body, 'auth');
  const ttl = parts.api.parsed(call, reply, count(field(auth, 'lease_duration')));
  parts.lease = leaseOf(asked, ttl * 1000, truth(field(auth, 'renewable')) ?? false);
}

function selfCall(action: 'renew-self' | 'revoke-self'): Call {
  const path = `auth/token/${action}`;
  return { method: 'POST', path, body: {}, changes: true, shape: path };
}
