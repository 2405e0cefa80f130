import { expect } from 'chai';
import { againOf, faultOfReply } from '../../../../src/adapters/vault/faults.js';
import type { Reply } from '../../../../src/adapters/vault/call.js';
import type { FaultDetails } from '../../../../src/domain/fault.js';
import { NOW, errors, page, reply } from './fake-transport.js';

describe('[U] faults of answers', () => {
  const judged = (answer: Reply, changes = true): FaultDetails =>
    faultOfReply({
      server: 'Vault test',
      call: { method: changes ? 'POST' : 'GET', path: 'secret/data/a', changes },
      reply: answer,
      secrets: [],
      now: NOW,
    }).details;

  it('name server, method and path, and the status', () => {
    expect(judged(errors(400, 'no'))).to.deep.include({
      server: 'Vault test',
      call: 'POST secret/data/a',
      status: 400,
      said: 'no',
    });
  });

  it('tell what happened by status and message, and whether a write may have been done', () => {
    const rows: readonly (readonly [Reply, string, boolean, string])[] = [
      [errors(400, 'check-and-set parameter did not match the current version'), 'conflict', false, 'none'],
      [errors(400, 'Upgrading from non-versioned to versioned data. This'), 'unavailable', true, 'none'],
      [errors(400, 'something else'), 'invalid', false, 'none'],
      [errors(403, '1 error occurred:\n\t* permission denied\n\n'), 'denied', false, 'none'],
      [errors(404), 'absent', false, 'none'],
      [errors(404, 'no handler for route "x". route entry not found.'), 'absent', false, 'none'],
      [errors(405, 'unsupported operation'), 'invalid', false, 'none'],
      [errors(412, 'required index state not present'), 'unavailable', true, 'none'],
      [errors(413, 'request body too large'), 'invalid', false, 'none'],
      [errors(429, 'rate limit quota exceeded'), 'rateLimited', true, 'none'],
      [page(429), 'rateLimited', true, 'none'],
      [errors(500, 'internal error'), 'unavailable', true, 'unknown'],
      [errors(500, 'local node not active but active cluster node not found'), 'unavailable', true, 'none'],
      [errors(503, 'Vault is sealed'), 'unavailable', true, 'none'],
      [page(502), 'unavailable', true, 'unknown'],
      [reply(503), 'unavailable', true, 'unknown'],
      [reply(307), 'unavailable', false, 'none'],
      [page(403), 'malformed', false, 'unknown'],
      [page(404), 'malformed', false, 'unknown'],
      [reply(404), 'malformed', false, 'unknown'],
      [reply(202, {}), 'malformed', false, 'unknown'],
    ];
    for (const [answer, kind, retriable, effect] of rows) {
      const label = `${answer.status} ${JSON.stringify(answer.body)}`;
      expect(judged(answer), label).to.include({ kind, retriable, effect });
      expect(judged(answer, false), label).to.include({ kind, retriable, effect: 'none' });
    }
  });

  it('carry how long the server asked to wait', () => {
    expect(judged(reply(429, {}, { 'retry-after': '7' })).retryAfter).to.equal(7_000);
  });

  it('give the reason of a denial only where there is one', () => {
    expect(judged(errors(403, 'permission denied')).said).to.equal('permission denied');
    expect(judged(errors(403, '2 errors occurred:\n\t* permission denied\n\t* invalid token')).said).to.equal(
      'permission denied',
    );
    expect(judged(errors(403, 'namespace not authorized')).said).to.equal('namespace not authorized');
  });
});

describe('[U] answers that are worth asking again for', () => {
  const again = (changes: boolean, status: number, text = ''): boolean =>
    againOf({ changes })({ status, text, headers: {} });

  it('changed nothing, and may be another next time', () => {
    for (const changes of [true, false]) {
      expect(again(changes, 412)).to.equal(true);
      expect(again(changes, 429)).to.equal(true);
      expect(again(changes, 400, 'Upgrading from non-versioned to versioned data')).to.equal(true);
      for (const status of [200, 204, 307, 400, 403, 404, 405, 501]) expect(again(changes, status)).to.equal(false);
    }
  });

  it('are 5xx for reads alone, and not while somebody must unseal', () => {
    expect([500, 502, 503, 504].map((status) => again(false, status))).to.deep.equal([true, true, true, true]);
    expect([500, 502, 503, 504].map((status) => again(true, status))).to.deep.equal([false, false, false, false]);
    expect(again(false, 503, '{"errors":["Vault is sealed"]}')).to.equal(false);
  });

  it('are none where the question is how the server is', () => {
    const health = againOf({ changes: false, aboutServer: true });
    expect([429, 503].map((status) => health({ status, text: '', headers: {} }))).to.deep.equal([false, false]);
  });
});
