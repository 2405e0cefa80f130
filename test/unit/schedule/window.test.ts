import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Window } from '../../../src/domain/policy.js';
import { NEVER } from '../../../src/schedule/never.js';
import { nextOpening, roomIn, windowAt } from '../../../src/schedule/window.js';
import { at, crons, HOUR, instants, MINUTE, NIGHTS, OFFICE, short, zones } from './support.js';

function shown(window: Window, instant: string): string {
  const { open, opens, closes } = windowAt(window, at(instant));
  return `${open ? 'open' : 'shut'} ${short(opens)} ${short(closes)}`;
}

const windows = fc.record({
  name: fc.constant('w'),
  cron: crons,
  lasts: fc.integer({ min: 1, max: 50 * 60 }).map((minutes) => minutes * MINUTE),
  timezone: zones,
});

describe('[U] windows', () => {
  it('are open from the firing up to, and not at, their end', () => {
    expect(shown(NIGHTS, '2026-11-23T23:59Z')).to.equal('shut 2026-11-24T00:00Z 2026-11-24T04:00Z');
    expect(shown(NIGHTS, '2026-11-24T00:00Z')).to.equal('open 2026-11-24T00:00Z 2026-11-24T04:00Z');
    expect(shown(NIGHTS, '2026-11-24T03:59Z')).to.equal('open 2026-11-24T00:00Z 2026-11-24T04:00Z');
    expect(shown(NIGHTS, '2026-11-24T04:00Z')).to.equal('shut 2026-11-25T00:00Z 2026-11-25T04:00Z');
  });

  it('wait over the days that they leave out', () => {
    expect(shown(OFFICE, '2026-11-26T17:00Z')).to.equal('shut 2026-11-30T08:00Z 2026-11-30T16:00Z');
  });

  it('last their length in elapsed time on the night on which the clock is moved', () => {
    expect(shown(NIGHTS, '2026-03-29T00:30Z')).to.equal('open 2026-03-29T00:00Z 2026-03-29T04:00Z');
    expect(shown(NIGHTS, '2026-10-25T01:30Z')).to.equal('open 2026-10-24T23:00Z 2026-10-25T03:00Z');
  });

  it('become one where the next opens before the last has closed', () => {
    const hourly: Window = { name: 'hourly', cron: '0 9-12 * * *', lasts: HOUR, timezone: 'UTC' };
    expect(shown(hourly, '2026-11-24T09:30Z')).to.equal('open 2026-11-24T09:00Z 2026-11-24T13:00Z');
    expect(roomIn(hourly, at('2026-11-24T10:55Z'), 2 * HOUR)).to.equal(true);
  });

  it('have room for work that ends by the time they close, to the millisecond', () => {
    expect(roomIn(NIGHTS, at('2026-11-24T03:00Z'), HOUR)).to.equal(true);
    expect(roomIn(NIGHTS, at('2026-11-24T03:00Z'), HOUR + 1)).to.equal(false);
    expect(roomIn(NIGHTS, at('2026-11-24T05:00Z'), 0)).to.equal(false);
  });

  it('open next at or after an instant, also while they are open', () => {
    expect(short(nextOpening(NIGHTS, at('2026-11-24T00:00Z')).opens)).to.equal('2026-11-24T00:00Z');
    expect(short(nextOpening(NIGHTS, at('2026-11-24T01:00Z')).opens)).to.equal('2026-11-25T00:00Z');
  });

  it('that never open are shut, with an end that is still later than their beginning', () => {
    const never: Window = { ...NIGHTS, cron: '0 0 30 2 *' };
    expect(windowAt(never, at('2026-11-24T00:00Z'))).to.deep.equal({ open: false, opens: NEVER, closes: NEVER + 1 });
    expect(nextOpening(never, at('2026-11-24T00:00Z')).opens).to.equal(NEVER);
  });

  it('close after they open, contain the instant exactly if they are open, and do not lie in the past', () => {
    fc.assert(
      fc.property(windows, instants, (window, instant) => {
        const { open, opens, closes } = windowAt(window, instant);
        expect(closes).to.be.greaterThan(opens);
        expect(closes).to.be.greaterThan(instant);
        expect(open).to.equal(opens <= instant);
        const { opens: next } = nextOpening(window, instant);
        expect(next).to.be.at.least(instant);
        if (!open) expect(next).to.equal(opens);
      }),
    );
  });
});
