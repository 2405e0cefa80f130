import { cronOf, gapsOf } from '../../schedule/cron.js';
import { freezeSpan } from '../../schedule/freeze.js';
import { checkTimezone } from '../../schedule/zone.js';
import type { Diagnostic } from '../../domain/diagnostic.js';
import { type Duration, formatDuration } from '../../domain/duration.js';
import { dueOf, freezeOf } from '../calendar.js';
import { alsoAt, type Part } from '../part.js';
import type { World } from '../world.js';

/** How far apart the rotations of a schedule are. */
export interface Rhythm {
  readonly part: Part;
  readonly shortest: Duration;
  readonly longest: Duration;
}

/** So many of the schedules that a freeze swallows are shown. */
const SHOWN = 5;

/** A schedule leaves room for what belongs to it: window, freezes, jitter, warning. */
export function rhythmRules(world: World): readonly Diagnostic[] {
  const { calendar, entries } = world;
  const parts = [...calendar.schedules.values(), ...entries.map(({ root }) => root.at('schedule'))];
  const rhythms = parts.flatMap((part) => rhythmOf(part) ?? []);
  return [
    ...rhythms.flatMap((rhythm) => [...windowRule(rhythm, world), ...lengthRules(rhythm)]),
    ...calendar.freezes.flatMap((freeze) => freezeRule(freeze, rhythms)),
  ];
}

/** Undefined where the schedule cannot be read. */
export function rhythmOf(part: Part): Rhythm | undefined {
  const due = dueOf(part);
  if (due?.type === 'every') return due.every === 0 ? undefined : { part, shortest: due.every, longest: due.every };
  const cron = due === undefined ? undefined : cronOf(due.cron);
  return cron === undefined ? undefined : { part, ...gapsOf(cron) };
}

function windowRule({ part, longest }: Rhythm, { calendar }: World): readonly Diagnostic[] {
  const named = part.at('window');
  const cronPart = calendar.windows.get(named.text ?? '')?.at('cron');
  const gaps = gapsIn(cronPart);
  if (cronPart === undefined || gaps === undefined || gaps.longest <= longest) return [];
  const fact = `window \`${named.text ?? ''}\` opens up to ${formatDuration(gaps.longest)} apart`;
  const wanted = `a rotation every ${formatDuration(longest)}`;
  const where = alsoAt('the window', cronPart);
  if (gaps.shortest <= longest && gaps.longest < 2 * longest)
    return [named.warning('KT1305', `${fact}, so some will be later than ${wanted}`, where)];
  const action = 'Open the window more often, or rotate less often';
  return [named.error('KT1305', `${fact}, too rarely for ${wanted}`, { action, ...where })];
}

function gapsIn(part: Part | undefined): Pick<Rhythm, 'shortest' | 'longest'> | undefined {
  const cron = cronOf(part?.text ?? '');
  return cron === undefined ? undefined : gapsOf(cron);
}

function lengthRules({ part, shortest }: Rhythm): readonly Diagnostic[] {
  return [part.at('jitter'), part.at('warnBefore')].flatMap((length) =>
    length.duration !== undefined && length.duration >= shortest
      ? [
          length.error(
            'KT1308',
            `\`${length.path.at(-1) ?? ''}\` must be shorter than the ${formatDuration(shortest)} between two rotations`,
          ),
        ]
      : [],
  );
}

/** One diagnostic per freeze, with every schedule that it swallows. */
function freezeRule(part: Part, rhythms: readonly Rhythm[]): readonly Diagnostic[] {
  const freeze = freezeOf(part);
  const span = freeze === undefined || checkTimezone(freeze.timezone) !== undefined ? undefined : freezeSpan(freeze);
  if (freeze === undefined || span === undefined) return [];
  const length = span.until - span.from;
  const swallowed = rhythms.filter(({ longest }) => length > longest);
  if (swallowed.length === 0) return [];
  const related = swallowed.slice(0, SHOWN).map((rhythm) => ({
    label: `rotates every ${formatDuration(rhythm.longest)}`,
    source: rhythm.part.place('key'),
  }));
  const summary = `the freeze \`${freeze.name}\` lasts ${formatDuration(length)}, longer than a schedule`;
  const action = 'Shorten the freeze, or rotate less often';
  return [part.at('name').error('KT1306', summary, { action, related })];
}
