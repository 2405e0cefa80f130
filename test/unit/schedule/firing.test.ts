import { expect } from 'chai';
import * as fc from 'fast-check';
import { cronOf } from '../../../src/schedule/cron.js';
import { nextFiring } from '../../../src/schedule/firing.js';
import { NEVER } from '../../../src/schedule/never.js';
import { wallAt } from '../../../src/schedule/zone.js';
import { at, crons, DAY, instants, MINUTE, short, ZONES, zones } from './support.js';

const QUARTER = 15 * MINUTE;

function firings(expression: string, zone: string, from: number, until: number): readonly number[] {
  const found: number[] = [];
  for (let next = nextFiring(expression, zone, from); next < until; next = nextFiring(expression, zone, next))
    found.push(next);
  return found;
}

/**
 * The same by counting quarters of an hour and looking at the clock at each: every time of the calendar that an expression names fires
 * at the first quarter that shows it; a time that no quarter shows fires as much later as the clock jumped.
 */
function counted(expression: string, zone: string, from: number, until: number): readonly number[] {
  const cron = cronOf(expression);
  if (cron === undefined) throw new Error(expression);
  const found = new Set<number>();
  const fires = (wall: number) =>
    cron.onDay(Math.floor(wall / DAY)) && cron.minutes.includes((((wall % DAY) + DAY) % DAY) / MINUTE);
  const shown = new Set<number>();
  let last = wallAt(zone, from - 2 * DAY - QUARTER);
  for (let quarter = from - 2 * DAY; quarter < until; quarter += QUARTER) {
    const wall = wallAt(zone, quarter);
    if (!cron.running)
      for (let skipped = last + QUARTER; skipped < wall; skipped += QUARTER)
        if (fires(skipped)) found.add(quarter + skipped - last - QUARTER);
    if (fires(wall) && (cron.running || !shown.has(wall))) found.add(quarter);
    shown.add(wall);
    last = wall;
  }
  return [...found].filter((instant) => instant > from && instant < until).toSorted((a, b) => a - b);
}

describe('[U] firings', () => {
  const seasons: { readonly [zone: string]: readonly string[] } = {
    'Africa/Cairo': ['2026-04-20T00:00Z', '2026-10-26T00:00Z'],
    'Asia/Beirut': ['2026-03-26T00:00Z', '2026-10-22T00:00Z'],
    'America/Santiago': ['2026-04-01T00:00Z', '2026-09-03T00:00Z'],
    'Australia/Lord_Howe': ['2026-04-02T00:00Z', '2026-10-01T00:00Z'],
    'Europe/Berlin': ['2026-03-26T00:00Z', '2026-10-22T00:00Z'],
    'America/New_York': ['2026-03-05T00:00Z', '2026-10-29T00:00Z'],
    'Africa/Casablanca': ['2026-02-12T00:00Z', '2026-03-20T00:00Z'],
    'Pacific/Apia': ['2011-12-28T00:00Z'],
  };
  for (const [zone, starts] of Object.entries(seasons))
    it(`are those that the clock of ${zone} shows on the days on which it is moved`, () => {
      for (const start of starts)
        for (const expression of [
          '0 0 * * *',
          '15 0 * * *',
          '30 2 * * *',
          '*/15 * * * *',
          '45 1,2,23 * * *',
          '0 */2 * * *',
        ]) {
          const [from, until] = [at(start), at(start) + 5 * DAY];
          expect(firings(expression, zone, from, until).map(short), `${expression} from ${start}`).to.deep.equal(
            counted(expression, zone, from, until).map(short),
          );
        }
    });

  it('come every day of twenty years in every zone, none lost and none twice', () => {
    for (const zone of ZONES) {
      const found = firings('30 0 * * *', zone, at('2020-01-01T12:00Z'), at('2040-01-01T12:00Z'));
      const days = new Set(found.map((instant) => Math.floor(wallAt(zone, instant) / DAY)));
      expect([found.length, days.size], zone).to.deep.equal([7305, 7305]);
    }
  }).timeout(60_000);

  it('fire once for a named time that the clock shows twice, and again for an expression of every hour', () => {
    const night = [at('2026-10-24T22:00Z'), at('2026-10-25T03:00Z')] as const;
    expect(firings('30 2 * * *', 'Europe/Berlin', ...night).map(short)).to.deep.equal(['2026-10-25T00:30Z']);
    expect(firings('30 * * * *', 'Europe/Berlin', ...night).map(short)).to.deep.equal([
      '2026-10-24T22:30Z',
      '2026-10-24T23:30Z',
      '2026-10-25T00:30Z',
      '2026-10-25T01:30Z',
      '2026-10-25T02:30Z',
    ]);
  });

  it('are later than the instant that was asked about, and none lies between', () => {
    fc.assert(
      fc.property(
        crons,
        zones,
        instants,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (expression, zone, from, part) => {
          const next = nextFiring(expression, zone, from);
          expect(next).to.be.greaterThan(from);
          expect(nextFiring(expression, zone, from + Math.floor((next - from) * part))).to.equal(next);
        },
      ),
    );
  });

  it('are never, an instant that can still be written, for what cannot fire', () => {
    expect(nextFiring('0 0 30 2 *', 'UTC', 0)).to.equal(NEVER);
    expect(nextFiring('0 0 * * *', 'UTC', NEVER)).to.equal(NEVER);
    expect(short(NEVER)).to.equal('9999-12-31T00:00Z');
  });
});
