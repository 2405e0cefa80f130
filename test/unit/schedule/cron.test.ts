import { expect } from 'chai';
import { CronDate, CronExpressionParser } from 'cron-parser';
import * as fc from 'fast-check';
import { checkCron, cronOf, gapsOf, neverFires, nextWall } from '../../../src/schedule/cron.js';
import { at, crons, DAY, HOUR, instants, MINUTE, short } from './support.js';

function read(expression: string) {
  const cron = cronOf(expression);
  if (cron === undefined) throw new Error(checkCron(expression));
  return cron;
}

/** Every value of a field, written so long that the whole expression is longer than cron-parser reads. */
function padded(count: number, width: number): string {
  return Array.from({ length: count }, (_, i) => String(i).padStart(width, '0')).join(',');
}

describe('[U] cron expressions', function () {
  this.timeout(30_000);

  const accepted = [
    '0 1 * * *',
    '*/15 9-17 * * MON-FRI',
    '0 0 1,15 * *',
    '0 0 L * *',
    '0 3 * * 2#2',
    '0 3 * * 5L',
    '0 0 29 2 *',
    '5 4 * jan,jul *',
    '0 0 * * 7',
    '0 0 * * THU',
  ];
  for (const expression of accepted)
    it(`accepts ${expression}`, () => expect(checkCron(expression)).to.equal(undefined));

  const refused: { readonly [expression: string]: RegExp } = {
    '': /no fields/,
    '* * * *': /4 fields/,
    '0 0 1 * * *': /6 fields/,
    '@daily': /nickname/,
    ' 0 1 * * *': /space/,
    '0  1 * * *': /space/,
    'H H * * *': /`H` in its minute/,
    '0 H(0-5) * * *': /`H` in its hour/,
    '0 1 ? * MON': /`\?` in its day of month/,
    '60 * * * *': /no valid minute: `60`/,
    '0 24 * * *': /no valid hour/,
    '0 0 32 * *': /no valid day of month/,
    '0 0 1 13 *': /no valid month/,
    '0 0 * * 8': /no valid day of week/,
    '0 0 * * MON-': /no valid day of week/,
    '0 22-4 * * *': /no valid hour/,
    '*/90 * * * *': /steps by 90 in its minute/,
    '0 */24 * * *': /steps by 24 in its hour/,
    '*/0 * * * *': /no valid minute/,
    '0 0 1 * MON': /keep one/,
    '0 0 LW * *': /no valid day of month/,
    'a b c d e': /no valid minute/,
    [`${padded(60, 9)} ${padded(24, 20)} * * *`]: /is not a cron expression/,
    '0 0 30 2 *': /never fires/,
    '0 0 31 4,6,9,11 *': /never fires/,
    '0 0 * 2 1#5': /never fires/,
  };
  for (const [expression, problem] of Object.entries(refused))
    it(`refuses ${expression === '' ? 'an empty text' : expression.slice(0, 40)}`, () => {
      expect(checkCron(expression)).to.match(problem);
      expect(cronOf(expression)).to.equal(undefined);
      expect(neverFires(expression)).to.equal(problem.source === 'never fires');
    });

  it('refuses any text that it cannot read, without throwing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        expect(checkCron(text) === undefined).to.equal(cronOf(text) !== undefined);
      }),
    );
  });

  it('fires exactly when cron-parser says so where no clock is ever moved', () => {
    fc.assert(
      fc.property(crons, instants, (expression, from) => {
        const reference = CronExpressionParser.parse(`0 ${expression}`, {
          tz: 'UTC',
          currentDate: new CronDate(from, 'UTC'),
        });
        let wall: number | undefined = from;
        for (let i = 0; i < 5 && wall !== undefined; i += 1) {
          wall = nextWall(read(expression), wall);
          expect(wall).to.equal(reference.next().getTime());
        }
      }),
      { numRuns: 60 },
    );
  });

  it('counts 29 February in leap years only, across a century that is none', () => {
    const walls: string[] = [];
    for (let wall = nextWall(read('0 0 29 2 *'), at('2090-01-01T00:00Z')); wall !== undefined && walls.length < 3; )
      [walls[walls.length], wall] = [short(wall), nextWall(read('0 0 29 2 *'), wall)];
    expect(walls).to.deep.equal(['2092-02-29T00:00Z', '2096-02-29T00:00Z', '2104-02-29T00:00Z']);
  });

  it('knows how close together and how far apart the firings are', () => {
    const gaps = (expression: string) => Object.values(gapsOf(read(expression)));
    expect(gaps('0 1 * * *')).to.deep.equal([DAY, DAY]);
    expect(gaps('*/20 * * * *')).to.deep.equal([20 * MINUTE, 20 * MINUTE]);
    expect(gaps('0 9 * * MON-THU')).to.deep.equal([DAY, 4 * DAY]);
    expect(gaps('0 0 1 * *')).to.deep.equal([28 * DAY, 31 * DAY].toSorted((a, b) => a - b));
    expect(gaps('0 9,17 * * *')).to.deep.equal([8 * HOUR, 16 * HOUR]);
    expect(gaps('* * 1 1 *')).to.deep.equal([MINUTE, 365 * DAY + MINUTE]);
  });
});
