import { CronExpressionParser, type CronFieldCollection } from 'cron-parser';
import { civilDay, DAY, dayNumber, MINUTE, monthLength, type Wall, weekday } from './civil.js';

/*
 * cron-parser reads the expression; the walk over days is done here, on wall times. Its own next() and prev() walk in the zone and go
 * wrong where clocks are moved: prev() skips a firing or gives up in Cairo, Beirut and Santiago, next() gives up on Lord Howe
 * (cron-parser issue 378).
 */

/** An expression, ready to be walked. */
export interface Cron {
  /** Minutes since midnight at which it fires on each of its days, ascending, at least one. */
  readonly minutes: readonly [number, ...number[]];
  /** It names every hour of the day, so it follows the clock as it runs: skipped times are skipped, repeated ones fire again. */
  readonly running: boolean;
  onDay(day: number): boolean;
}

/** 29 February comes at least every eight years (1896 and 1904, 2096 and 2104); what is rarer than that never fires for us. */
const HORIZON_DAYS = 12 * 366;
/** 2024-01-01, of a leap year: where counting begins that must not depend on today. */
const REFERENCE = dayNumber({ year: 2024, month: 1, day: 1 });
const FIELDS = [
  { name: 'minute', size: 60 },
  { name: 'hour', size: 24 },
  { name: 'day of month', size: 31 },
  { name: 'month', size: 12 },
  { name: 'day of week', size: 7 },
] as const;

const known = new Map<string, Cron | string>();

/** Why an expression cannot be used, as the end of a sentence; undefined: it can. Exactly five fields, each firing on the minute. */
export function checkCron(expression: string): string | undefined {
  const cron = readCron(expression);
  return typeof cron === 'string' ? cron : undefined;
}

/** Undefined for an expression that checkCron refuses. */
export function cronOf(expression: string): Cron | undefined {
  const cron = readCron(expression);
  return typeof cron === 'string' ? undefined : cron;
}

/** Does the expression parse, but name no day of the calendar? */
export function neverFires(expression: string): boolean {
  return checkCron(expression) === NEVER_FIRES;
}

/** The first wall time after the given one at which it fires; undefined: not within twelve years. */
export function nextWall(cron: Cron, after: Wall): Wall | undefined {
  const from = Math.floor(after / MINUTE) + 1;
  const today = Math.floor((from * MINUTE) / DAY);
  const left = cron.minutes.find((minute) => today * 1440 + minute >= from);
  if (left !== undefined && cron.onDay(today)) return (today * 1440 + left) * MINUTE;
  const day = nextDay(cron, today + 1);
  return day === undefined ? undefined : (day * 1440 + cron.minutes[0]) * MINUTE;
}

/** How close together and how far apart its firings are, in milliseconds on the wall, over nine years from a fixed day. */
export function gapsOf(cron: Cron): { readonly shortest: number; readonly longest: number } {
  const [first] = cron.minutes;
  const last = Math.max(...cron.minutes);
  const gaps = cron.minutes.slice(1).map((minute, i) => minute - (cron.minutes[i] ?? first));
  let before: number | undefined;
  for (let day = REFERENCE; day < REFERENCE + 9 * 366; day += 1) {
    if (!cron.onDay(day)) continue;
    if (before !== undefined) gaps.push((day - before) * 1440 - last + first);
    before = day;
  }
  return { shortest: Math.min(...gaps) * MINUTE, longest: Math.max(...gaps) * MINUTE };
}

const NEVER_FIRES = 'never fires: no month of the calendar has such a day';

function nextDay(cron: Cron, from: number): number | undefined {
  for (let day = from; day < from + HORIZON_DAYS; day += 1) if (cron.onDay(day)) return day;
  return undefined;
}

function readCron(expression: string): Cron | string {
  const cached = known.get(expression);
  if (cached !== undefined) return cached;
  const cron = problemOfText(expression) ?? parsed(expression);
  if (known.size > 5000) known.clear();
  known.set(expression, cron);
  return cron;
}

interface Field {
  readonly name: string;
  readonly size: number;
  readonly text: string;
}

function fieldsOf(expression: string): readonly Field[] {
  const texts = expression.split(' ');
  return FIELDS.map((field, i) => ({ ...field, text: texts.at(i) ?? '' }));
}

/** What cron-parser lets pass: missing fields, six fields, nicknames, `?`, random `H`, steps that cannot be taken. */
function problemOfText(expression: string): string | undefined {
  if (expression.startsWith('@')) return 'is a nickname; write its five fields';
  const texts = expression.split(/\s+/).filter((text) => text !== '');
  if (texts.length !== 5)
    return `has ${texts.length === 0 ? 'no' : texts.length} fields; it needs five: ${FIELDS.map(({ name }) => name).join(', ')}`;
  if (expression !== texts.join(' ')) return 'has more than one space between two fields, or space around them';
  return fieldsOf(expression)
    .map(problemOfField)
    .find((problem) => problem !== undefined);
}

function problemOfField({ name, size, text }: Field): string | undefined {
  if (text.replaceAll(/THU/gi, '').includes('H'))
    return `has \`H\` in its ${name}; name the time, or use \`jitter\` to spread`;
  if (text.includes('?')) return `has \`?\` in its ${name}; write \`*\``;
  const step = /\/(\d+)/.exec(text)?.[1];
  if (step !== undefined && Number(step) >= size) return `steps by ${step} in its ${name}, which has ${size} values`;
  return undefined;
}

function parsed(expression: string): Cron | string {
  let fields: CronFieldCollection;
  try {
    fields = CronExpressionParser.parse(`0 ${expression}`, { strict: true, tz: 'UTC', currentDate: 0 }).fields;
  } catch (error) {
    return inWords(String(error), expression);
  }
  const cron = walkable(fields);
  return nextDay(cron, REFERENCE) === undefined ? NEVER_FIRES : cron;
}

function inWords(message: string, expression: string): string {
  const wrong = fieldsOf(expression).find((field, i) => !readable(field.text, i));
  if (wrong !== undefined) return `has no valid ${wrong.name}: \`${wrong.text}\``;
  if (message.includes('explicit day of month')) return NEVER_FIRES;
  if (message.includes('both dayOfMonth and dayOfWeek'))
    return 'names days of the month and days of the week; keep one and write `*` for the other';
  return 'is not a cron expression';
}

function readable(field: string, index: number): boolean {
  const alone = ['*', '*', '*', '*', '*'].with(index, field).join(' ');
  try {
    CronExpressionParser.parse(`0 ${alone}`, { strict: true, tz: 'UTC', currentDate: 0 });
    return true;
  } catch {
    return false;
  }
}

function walkable(fields: CronFieldCollection): Cron {
  const hours: readonly number[] = fields.hour.values;
  const ofHour: readonly number[] = fields.minute.values;
  const minutes = hours.flatMap((hour) => ofHour.map((minute) => hour * 60 + minute)).toSorted((a, b) => a - b);
  const months = new Set<number>(fields.month.values);
  const ofMonth = new Set<number | string>(fields.dayOfMonth.values);
  const onWeekday = weekdayTest(fields.dayOfWeek.values, fields.dayOfWeek.nthDay);
  return {
    // cron-parser refuses an empty field.
    minutes: minutes as [number, ...number[]],
    running: new Set(hours).size === 24,
    onDay: (number) => {
      const { year, month, day } = civilDay(number);
      if (!months.has(month)) return false;
      const length = monthLength(year, month);
      return (ofMonth.has(day) || (ofMonth.has('L') && day === length)) && onWeekday(weekday(number), day, length);
    },
  };
}

type WeekdayTest = (weekday: number, day: number, length: number) => boolean;

/** `2#3`: the third Tuesday; `5L`: the last Friday; 7 is Sunday as 0 is. */
function weekdayTest(values: readonly (number | string)[], nth: number): WeekdayTest {
  const plain = new Set(values.filter((value) => typeof value === 'number').map((value) => value % 7));
  const last = new Set(
    values.filter((value) => typeof value === 'string').map((value) => Number.parseInt(value, 10) % 7),
  );
  return (weekday, day, length) =>
    (plain.has(weekday) && (nth <= 0 || Math.ceil(day / 7) === nth)) || (last.has(weekday) && day + 7 > length);
}
