import { expect } from 'chai';
import * as fc from 'fast-check';
import { civilDay, dayNumber, monthLength, parseDay, weekday } from '../../../src/schedule/civil.js';

describe('[U] the calendar', () => {
  it('agrees with the platform on every day it is asked about', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 200_000 }), (number) => {
        const date = new Date(number * 86_400_000);
        const day = civilDay(number);
        expect(day).to.deep.equal({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        });
        expect(dayNumber(day)).to.equal(number);
        expect(weekday(number)).to.equal(date.getUTCDay());
      }),
    );
  });

  it('knows that centuries are leap years only every fourth time', () => {
    expect([1900, 2000, 2024, 2100].map((year) => monthLength(year, 2))).to.deep.equal([28, 29, 29, 28]);
  });

  it('reads a date and refuses days that no month has', () => {
    expect(parseDay('1970-01-02')).to.equal(1);
    expect(parseDay('2024-02-29')).to.equal(dayNumber({ year: 2024, month: 2, day: 29 }));
    for (const text of ['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-4-3', '2026-04-03T00:00:00Z', ''])
      expect(parseDay(text), text).to.equal(undefined);
  });
});
