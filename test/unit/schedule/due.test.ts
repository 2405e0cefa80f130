import { expect } from 'chai';
import * as fc from 'fast-check';
import { dueOf, jitterOf, overdueAt, ruleOf } from '../../../src/schedule/due.js';
import { nextFiring } from '../../../src/schedule/firing.js';
import { NEVER } from '../../../src/schedule/never.js';
import { spread } from '../../../src/schedule/spread.js';
import { windowAt } from '../../../src/schedule/window.js';
import { at, cron, crons, DAY, every, HOUR, idOf, instants, MINUTE, NIGHTS, OFFICE, short, zones } from './support.js';

const ID = idOf('ai-gateway/litellm-master-key');

describe('[U] due', function () {
  this.timeout(30_000);

  it('counts from the last rotation to the millisecond where there is no window', () => {
    const { due, base, explanation } = dueOf(every(30 * DAY), at('2026-10-20T14:03Z') + 1, ID);
    expect([short(due - 1), base]).to.deep.equal(['2026-11-19T14:03Z', due]);
    expect(explanation).to.equal('every 30d');
  });

  it('moves on to the next opening of the window, and says so', () => {
    const { due, base, explanation } = dueOf(every(30 * DAY, { window: NIGHTS }), at('2026-10-20T14:03Z'), ID);
    expect([short(base), short(due)]).to.deep.equal(['2026-11-19T14:03Z', '2026-11-20T00:00Z']);
    expect(explanation).to.equal('every 30d, window nights');
  });

  it('stays where it is inside an open window, so that a weekly window keeps a weekly rhythm', () => {
    const { due, explanation } = dueOf(every(7 * DAY, { window: OFFICE }), at('2026-11-16T08:10Z'), ID);
    expect([short(due), explanation]).to.deep.equal(['2026-11-23T08:10Z', 'every 7d']);
  });

  it('is the first firing of a cron after the last rotation, however many were missed', () => {
    const { due, rule } = dueOf(cron('0 3 * * MON', 'Europe/Berlin'), at('2026-08-20T00:00Z'), ID);
    expect([short(due), rule]).to.deep.equal(['2026-08-24T01:00Z', 'cron 0 3 * * MON (Europe/Berlin)']);
    expect(short(dueOf(cron('0 3 * * MON', 'Europe/Berlin'), due, ID).due)).to.equal('2026-08-31T01:00Z');
  });

  it('comes earlier by the jitter of the id and is then moved into the window', () => {
    const early = jitterOf(every(90 * DAY, { jitter: 2 * DAY }), ID);
    const { due, base, explanation } = dueOf(
      every(90 * DAY, { jitter: 2 * DAY, window: NIGHTS }),
      at('2026-08-20T12:00Z'),
      ID,
    );
    expect(short(base)).to.equal('2026-11-18T12:00Z');
    expect(due).to.equal(windowAt(NIGHTS, base - early).opens);
    expect(explanation).to.match(/^every 90d, \d.* earlier by jitter, window nights$/);
  });

  it('does not come twice for one firing of a cron with jitter', () => {
    fc.assert(
      fc.property(crons, zones, instants, fc.integer({ min: 0, max: 20 }), (expression, zone, birth, hours) => {
        const schedule = cron(expression, zone, { jitter: hours * HOUR });
        const first = dueOf(schedule, birth, ID);
        expect(first.due).to.be.greaterThan(birth);
        expect(dueOf(schedule, first.due, ID).base).to.be.greaterThan(first.base);
      }),
    );
  });

  it('is never before birth, never outside a window, and later for a later birth', () => {
    const schedules = fc.oneof(
      fc
        .record({ length: fc.integer({ min: 1, max: 500 }), jitter: fc.integer({ min: 0, max: 600 }) })
        .map(({ length, jitter }) => every(length * HOUR, { jitter: jitter * HOUR })),
      fc.tuple(crons, zones).map(([expression, zone]) => cron(expression, zone)),
    );
    fc.assert(
      fc.property(
        schedules,
        fc.constantFrom(undefined, NIGHTS, OFFICE),
        instants,
        fc.nat(400 * DAY),
        (plain, window, birth, later) => {
          const schedule = window === undefined ? plain : { ...plain, window };
          const { due } = dueOf(schedule, birth, ID);
          expect(due).to.be.at.least(birth);
          expect(dueOf(schedule, birth + later, ID).due).to.be.at.least(due);
          if (window !== undefined) expect(windowAt(window, due).open).to.equal(true);
          expect(overdueAt(schedule, due)).to.be.greaterThan(due);
        },
      ),
    );
  });

  it('is an instant that can be written even for absurd lengths', () => {
    expect(dueOf(every(Number.MAX_SAFE_INTEGER), at('2026-11-24T00:00Z'), ID).due).to.equal(NEVER);
    expect(overdueAt(every(1), NEVER)).to.equal(NEVER);
    expect(dueOf(cron('0 0 30 2 *', 'UTC'), 0, ID).due).to.equal(NEVER);
  });
});

describe('[U] overdue', () => {
  it('is a day after due without a window', () => {
    expect(overdueAt(every(DAY), at('2026-11-19T14:03Z'))).to.equal(at('2026-11-20T14:03Z'));
  });

  it('is where the window that opens at due closes', () => {
    expect(short(overdueAt(every(DAY, { window: NIGHTS }), at('2026-11-20T00:00Z')))).to.equal('2026-11-20T04:00Z');
  });

  it('gives a secret that is due within a window the whole next one', () => {
    expect(short(overdueAt(every(DAY, { window: NIGHTS }), at('2026-11-20T03:59Z')))).to.equal('2026-11-21T04:00Z');
  });
});

describe('[U] jitter', () => {
  it('is whole minutes, the same for an id at all times, and below its limit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{1,20}(\/[a-z0-9]{1,20})?$/), fc.nat(100 * DAY), (id, limit) => {
        const schedule = every(200 * DAY, { jitter: limit });
        const early = jitterOf(schedule, idOf(id));
        expect(early % MINUTE).to.equal(0);
        expect(early).to.be.within(0, limit);
        expect(jitterOf(schedule, idOf(id))).to.equal(early);
      }),
    );
  });

  it('spreads ids that differ in their last letter evenly', () => {
    const buckets = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 5000; i += 1) buckets[Math.floor(spread(`ai-gateway/secret-${i}`) * 10)]! += 1;
    expect(Math.min(...buckets)).to.be.greaterThan(400);
    expect(Math.max(...buckets)).to.be.lessThan(600);
  });

  it('never reaches back before the last rotation', () => {
    const { due } = dueOf(every(HOUR, { jitter: 90 * DAY }), at('2026-11-24T00:00Z'), ID);
    expect(due).to.be.within(at('2026-11-24T00:00Z'), at('2026-11-24T01:00Z'));
  });
});

describe('[U] the words of a schedule', () => {
  it('are those of the policy', () => {
    expect(ruleOf(every(90 * DAY + 12 * HOUR))).to.equal('every 90d12h');
    expect(nextFiring('0 4 1 */3 *', 'UTC', at('2026-11-24T00:00Z'))).to.equal(at('2027-01-01T04:00Z'));
  });
});
