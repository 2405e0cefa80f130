import { listOf, type Schema, text, when } from '../schema.js';
import { cron, day, duration, mapping, NAME, oneKeyOf, timezone } from './parts.js';

const PROPERTIES = {
  every: duration(
    'Rotate when the live value is this old. Counts from the last rotation, whatever caused it. Not together with `cron`.',
    ['30d', '90d', '1w'],
  ),
  cron: cron(
    'Rotate at the first firing after the last rotation: minute, hour, day of month, month, day of week. Missed firings do not add up. Not together with `every`.',
    ['0 3 * * MON', '0 4 1 */3 *'],
  ),
  timezone: timezone('Zone in which `cron` is read.'),
  window: text('Name of the window in which the work may start. Without one it may start at any time.', {
    ...NAME,
    examples: ['nights'],
  }),
  warnBefore: duration('How long before it is due a secret is announced.', ['14d'], { default: '0s' }),
  jitter: duration(
    'Makes secrets due earlier by a part of this, always the same part for an id, so that they are not all due at once.',
    ['2d'],
    { default: '0s' },
  ),
};

const CHOICE = { ...oneKeyOf(['every', 'cron']), dependentRequired: { timezone: ['cron'] } };

const SCHEDULE = mapping('When a secret is due.', PROPERTIES, CHOICE);

/** In a policy: a name of schedules.yaml, or a schedule written in place. */
export const SCHEDULE_OR_NAME: Schema = {
  type: ['string', 'object'],
  description:
    'When the secret is rotated: the name of a schedule in schedules.yaml, or a schedule in place. Leave it out for a secret that is only rotated when forced.',
  examples: ['monthly', { every: '30d' }, { cron: '0 3 * * MON', timezone: 'Europe/Berlin' }],
  ...when(
    { type: 'string' },
    NAME,
    when({ type: 'object' }, { properties: PROPERTIES, additionalProperties: false, ...CHOICE }),
  ),
};

const WINDOW = mapping(
  'A stretch of time that opens again and again and in which scheduled work may start.',
  {
    cron: cron('Each firing opens the window: minute, hour, day of month, month, day of week.', [
      '0 1 * * *',
      '0 9 * * MON-THU',
    ]),
    lasts: duration('How long it stays open, in elapsed time.', ['4h', '8h']),
    timezone: timezone('Zone in which `cron` is read.'),
  },
  { required: ['cron', 'lasts'] },
);

export const FREEZE = mapping(
  'Days on which no scheduled work starts.',
  {
    name: text('Name that messages use.', { ...NAME, examples: ['year-end'] }),
    from: day('First day, inclusive.', '2026-12-18'),
    to: day('Last day, inclusive.', '2027-01-04'),
    timezone: timezone('Zone whose midnights begin and end the days.'),
    reason: text('Why; shown wherever it holds something back.', {
      minLength: 1,
      maxLength: 200,
      examples: ['no changes over the holidays'],
    }),
    except: listOf(
      { type: 'string', enum: ['emergency'], description: 'Work that goes on all the same.' },
      'Work that the freeze does not hold back.',
      { uniqueItems: true, default: [], examples: [['emergency']] },
    ),
  },
  { required: ['name', 'from', 'to', 'reason'] },
);

/** policies/schedules.yaml, without the lines that every document has. */
export const SCHEDULES = {
  schedules: {
    type: 'object',
    description: 'Schedules by name, for policies to refer to.',
    examples: [{ monthly: { every: '30d', window: 'nights' } }],
    propertyNames: NAME,
    additionalProperties: SCHEDULE,
  },
  windows: {
    type: 'object',
    description: 'Windows by name, for schedules to refer to.',
    examples: [{ nights: { cron: '0 1 * * *', lasts: '4h', timezone: 'Europe/Berlin' } }],
    propertyNames: NAME,
    additionalProperties: WINDOW,
  },
  freezes: listOf(FREEZE, 'Days on which no scheduled work starts.', {
    examples: [[{ name: 'year-end', from: '2026-12-18', to: '2027-01-04', reason: 'no changes over the holidays' }]],
  }),
} as const;
