import { expect } from 'chai';
import * as fc from 'fast-check';
import { nextAllowed } from '../../../src/schedule/allowed.js';
import { freezeAt, freezeSpan } from '../../../src/schedule/freeze.js';
import { roomIn } from '../../../src/schedule/window.js';
import { at, freeze, HOUR, instants, NIGHTS, OFFICE, short } from './support.js';

const YEAR_END = freeze('year-end', '2026-12-18', '2027-01-04', 'Europe/Berlin');

describe('[U] freezes', () => {
  it('hold from the first midnight of their zone to the midnight after the last day', () => {
    expect(freezeAt([YEAR_END], at('2026-12-17T22:59Z'))).to.equal(undefined);
    expect(freezeAt([YEAR_END], at('2026-12-17T23:00Z'))?.name).to.equal('year-end');
    expect(freezeAt([YEAR_END], at('2027-01-04T22:59Z'))?.name).to.equal('year-end');
    expect(freezeAt([YEAR_END], at('2027-01-04T23:00Z'))).to.equal(undefined);
  });

  it('of one day last that day', () => {
    const span = freezeSpan(freeze('day', '2026-05-01', '2026-05-01'));
    expect(span && [short(span.from), short(span.until)]).to.deep.equal(['2026-05-01T00:00Z', '2026-05-02T00:00Z']);
  });

  it('begin where the clock lands when their midnight is skipped, and end once when it is repeated', () => {
    const spring = freezeSpan(freeze('cairo', '2026-04-24', '2026-04-24', 'Africa/Cairo'));
    expect(spring && [short(spring.from), short(spring.until)]).to.deep.equal([
      '2026-04-23T22:00Z',
      '2026-04-24T21:00Z',
    ]);
    const autumn = freezeSpan(freeze('cairo', '2026-10-29', '2026-10-29', 'Africa/Cairo'));
    expect(autumn && [short(autumn.from), short(autumn.until)]).to.deep.equal([
      '2026-10-28T21:00Z',
      '2026-10-29T22:00Z',
    ]);
  });

  it('of which several hold are shown by the one that ends last', () => {
    const longer = freeze('longer', '2026-12-20', '2027-01-10', 'Europe/Berlin');
    expect(freezeAt([YEAR_END, longer], at('2026-12-24T00:00Z'))?.name).to.equal('longer');
  });

  it('with a day that no calendar has hold nothing', () => {
    expect(freezeSpan(freeze('x', '2026-02-30', '2026-03-01'))).to.equal(undefined);
    expect(freezeAt([freeze('x', '2026-02-30', '2026-03-01')], at('2026-03-01T12:00Z'))).to.equal(undefined);
  });
});

describe('[U] the next instant at which work may start', () => {
  it('is now, where nothing holds it back', () => {
    expect(nextAllowed(undefined, [], at('2026-11-24T11:00Z'), HOUR)).to.equal(at('2026-11-24T11:00Z'));
    expect(nextAllowed(NIGHTS, [YEAR_END], at('2026-11-24T01:00Z'), HOUR)).to.equal(at('2026-11-24T01:00Z'));
  });

  it('is the next opening, if the work no longer fits into this one', () => {
    expect(short(nextAllowed(NIGHTS, [], at('2026-11-24T03:30Z'), HOUR) ?? 0)).to.equal('2026-11-25T00:00Z');
  });

  it('is the first opening after a freeze, and inside it the first instant after the freeze', () => {
    expect(short(nextAllowed(OFFICE, [YEAR_END], at('2026-12-18T09:00Z'), HOUR) ?? 0)).to.equal('2027-01-05T08:00Z');
    expect(
      short(nextAllowed(NIGHTS, [freeze('utc', '2026-12-01', '2026-12-01')], at('2026-12-01T12:00Z'), HOUR) ?? 0),
    ).to.equal('2026-12-02T00:00Z');
  });

  it('does not exist for work that takes longer than the window is open', () => {
    expect(nextAllowed(NIGHTS, [], at('2026-11-24T11:00Z'), 5 * HOUR)).to.equal(undefined);
  });

  it('is not early, not frozen, and has room', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(undefined, NIGHTS, OFFICE),
        instants,
        fc.integer({ min: 0, max: 4 * HOUR }),
        (window, from, needed) => {
          const next = nextAllowed(window, [YEAR_END], from, needed) ?? 0;
          expect(next).to.be.at.least(from);
          expect(freezeAt([YEAR_END], next)).to.equal(undefined);
          if (window !== undefined) expect(roomIn(window, next, needed)).to.equal(true);
        },
      ),
    );
  });
});
