import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  checkTimezone,
  instantOfWall,
  instantsOf,
  offsetAt,
  timezoneNames,
  wallAt,
} from '../../../src/schedule/zone.js';
import { at, HOUR, instants, MINUTE, short, zones } from './support.js';

/** What a clock shows, as milliseconds. */
const wall = (text: string) => at(`${text}Z`);

describe('[U] time zones', () => {
  it('accepts names of the IANA database, links and fixed offsets of Etc included', () => {
    for (const name of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'CET'])
      expect(checkTimezone(name), name).to.equal(undefined);
  });

  it('refuses bare offsets, abbreviations that mean several zones, and misspelled names', () => {
    for (const name of ['+02:00', 'GMT+2', 'CEST', 'Europe/Berlim', 'Europe/', '', ' UTC', 'UTC; DROP'])
      expect(checkTimezone(name), name).to.be.a('string');
  });

  it('suggests from names that it accepts itself', () => {
    expect(timezoneNames()).to.include.members(['UTC', 'Europe/Berlin']);
    expect(timezoneNames().filter((name) => checkTimezone(name) !== undefined)).to.deep.equal([]);
  });

  it('knows the offset before and after a clock is moved, also by half an hour', () => {
    expect(offsetAt('Europe/Berlin', at('2026-03-29T00:59Z'))).to.equal(HOUR);
    expect(offsetAt('Europe/Berlin', at('2026-03-29T01:00Z'))).to.equal(2 * HOUR);
    expect(offsetAt('Australia/Lord_Howe', at('2026-10-03T15:29Z'))).to.equal(10.5 * HOUR);
    expect(offsetAt('Australia/Lord_Howe', at('2026-10-03T15:30Z'))).to.equal(11 * HOUR);
    expect(offsetAt('America/St_Johns', at('2026-01-01T00:00Z'))).to.equal(-3.5 * HOUR);
  });

  it('agrees with the clock that Intl shows, in every zone, also where clocks are moved', () => {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    fc.assert(
      fc.property(fc.constantFrom(...timezoneNames()), instants, (zone, some) => {
        const minute = Math.floor(some / MINUTE) * MINUTE;
        const shown = new Intl.DateTimeFormat('en-US', { ...parts, timeZone: zone, hourCycle: 'h23' });
        const of = Object.fromEntries(shown.formatToParts(minute).map(({ type, value }) => [type, Number(value)]));
        const clock = Date.UTC(of['year'] ?? 0, (of['month'] ?? 0) - 1, of['day'], of['hour'], of['minute']);
        expect(Math.floor(wallAt(zone, minute) / MINUTE)).to.equal(clock / MINUTE);
      }),
    );
  });

  it('finds no instant for a time that is skipped and two for one that is repeated', () => {
    expect(instantsOf('Europe/Berlin', wall('2026-03-29T02:30')).map(short)).to.deep.equal([]);
    expect(instantsOf('Europe/Berlin', wall('2026-10-25T02:30')).map(short)).to.deep.equal([
      '2026-10-25T00:30Z',
      '2026-10-25T01:30Z',
    ]);
    expect(instantsOf('Europe/Berlin', wall('2026-10-25T03:00')).map(short)).to.deep.equal(['2026-10-25T02:00Z']);
  });

  it('takes the first of two instants, and moves a skipped time on by the length of the jump', () => {
    expect(short(instantOfWall('Europe/Berlin', wall('2026-10-25T02:30')))).to.equal('2026-10-25T00:30Z');
    expect(short(instantOfWall('Europe/Berlin', wall('2026-03-29T02:30')))).to.equal('2026-03-29T01:30Z');
    expect(short(instantOfWall('Africa/Cairo', wall('2026-04-24T00:15')))).to.equal('2026-04-23T22:15Z');
    expect(short(instantOfWall('Australia/Lord_Howe', wall('2026-10-04T02:10')))).to.equal('2026-10-03T15:40Z');
  });

  it('survives the day that Samoa left out', () => {
    expect(instantsOf('Pacific/Apia', wall('2011-12-30T12:00')).map(short)).to.deep.equal([]);
    expect(short(instantOfWall('Pacific/Apia', wall('2011-12-30T12:00')))).to.equal('2011-12-30T22:00Z');
    expect(wallAt('Pacific/Apia', at('2011-12-30T22:00Z'))).to.equal(wall('2011-12-31T12:00'));
  });

  it('finds every instant again from what the clock shows at it', () => {
    fc.assert(
      fc.property(zones, instants, (zone, instant) => {
        const minute = Math.floor(instant / MINUTE) * MINUTE;
        expect(instantsOf(zone, wallAt(zone, minute))).to.include(minute);
      }),
    );
  });
});
