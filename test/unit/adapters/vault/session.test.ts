import { expect } from 'chai';
import { openSession } from '../../../../src/adapters/vault/session.js';
import type { Session } from '../../../../src/adapters/vault/session.js';
import type { Call, Reply } from '../../../../src/adapters/vault/call.js';
import type { Fault } from '../../../../src/domain/fault.js';
import { errors, fakeVault, faultOf, reply } from './fake-transport.js';
import type { FakeVault } from './fake-transport.js';

const LOOKUP = { ttl: 3600, renewable: true, display_name: 'jwt-job' };
const LOGIN = { displayName: 'jwt-keyturn-apply', ttl: 600_000, renewable: true };

interface Opened extends FakeVault {
  readonly session: Session;
}

const open = async (lookup: Reply, login?: typeof LOGIN, other?: (call: Call) => Reply): Promise<Opened> => {
  const vault = fakeVault((call) => (call.path.endsWith('lookup-self') ? lookup : other?.(call)));
  return { ...vault, session: await openSession(vault.api, vault.clock, login) };
};
const renewed = (lease_duration: number, renewable = true): Reply =>
  reply(200, { auth: { lease_duration, renewable } });

describe('[U] the session with Vault', () => {
  it('knows its name and how long it lasts, counted down', async () => {
    const { session, clock } = await open(reply(200, { data: LOOKUP }));
    expect(session).to.include({ displayName: 'jwt-job', lifetimeKnown: true });
    expect(session.remaining()).to.equal(3_600_000);
    clock.time += 3_000_000;
    expect(session.remaining()).to.equal(600_000);
    clock.time += 3_000_000;
    expect(session.remaining()).to.equal(0);
  });

  it('never ends with a ttl of 0', async () => {
    const { session } = await open(reply(200, { data: { ttl: 0, renewable: false, display_name: 'root' } }));
    expect(session.remaining()).to.equal(undefined);
  });

  it('takes what the login said where the look-up is not allowed', async () => {
    const { session } = await open(errors(403, '1 error occurred:\n\t* permission denied\n\n'), LOGIN);
    expect(session).to.include({ displayName: 'jwt-keyturn-apply', lifetimeKnown: true });
    expect(session.remaining()).to.equal(600_000);
  });

  it('says that the lifetime of a given token is not known where the look-up is not allowed', async () => {
    const { session } = await open(errors(403, '1 error occurred:\n\t* permission denied\n\n'));
    expect(session.lifetimeKnown).to.equal(false);
  });

  it('is none with a token that is not known, or an answer of another shape', async () => {
    expect((await faultOf(open(errors(403, 'permission denied')))).kind).to.equal('unauthenticated');
    expect((await faultOf(open(reply(200, { data: { ttl: '3600' } })))).kind).to.equal('malformed');
  });

  it('ends a token of its own login, never one that was given, whatever the server says', async () => {
    const own = await open(reply(200, { data: LOOKUP }), LOGIN, () => errors(500, 'no'));
    await own.session.end();
    expect(own.asked).to.include('POST auth/token/revoke-self');
    const given = await open(reply(200, { data: LOOKUP }));
    await given.session.end();
    expect(given.asked).to.deep.equal(['GET auth/token/lookup-self']);
  });
});

describe('[U] keeping the session alive', () => {
  /** Aborts before the given sleep, as the end of an apply does. */
  const keepUntil = async (opened: Opened, sleeps: number, failed?: (fault: Fault) => void): Promise<void> => {
    const stop = new AbortController();
    opened.clock.before = () => {
      if (opened.clock.pauses.length < sleeps) return;
      stop.abort();
      throw new Error('interrupted');
    };
    await opened.session.keepAlive(stop.signal, failed);
  };

  it('renews at half of what is left', async () => {
    const opened = await open(reply(200, { data: LOOKUP }), LOGIN, () => renewed(3600));
    await keepUntil(opened, 3);
    expect(opened.clock.pauses).to.deep.equal([1_800_000, 1_800_000, 1_800_000]);
    expect(opened.session.remaining()).to.equal(3_600_000);
    expect(opened.asked.slice(1)).to.deep.equal(['POST auth/token/renew-self', 'POST auth/token/renew-self']);
  });

  it('tries a failed renewal again, sooner each time, and tells each failure', async () => {
    const kinds: string[] = [];
    const opened = await open(reply(200, { data: LOOKUP }), LOGIN, () => errors(500, 'no'));
    await keepUntil(opened, 4, (fault) => kinds.push(fault.details.kind));
    expect(opened.clock.pauses).to.deep.equal([1_800_000, 900_000, 450_000, 225_000]);
    expect(kinds).to.deep.equal(['unavailable', 'unavailable', 'unavailable']);
  });

  it('stops where the token cannot be renewed, never ends, or has ended', async () => {
    for (const data of [
      { ...LOOKUP, renewable: false },
      { ...LOOKUP, ttl: 0 },
    ]) {
      const opened = await open(reply(200, { data }));
      await opened.session.keepAlive(new AbortController().signal);
      expect(opened.clock.pauses).to.deep.equal([]);
    }
    const last = await open(reply(200, { data: { ...LOOKUP, ttl: 2 } }), LOGIN, () => renewed(1, false));
    await last.session.keepAlive(new AbortController().signal);
    expect(last.clock.pauses).to.deep.equal([1_000]);
  });
});
