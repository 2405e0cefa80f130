import type { Freeze, Schedule, Window } from '../domain/policy.js';
import type { PolicyDocument } from './document.js';
import { Part } from './part.js';

/** The Schedules document, read: what policies refer to by name. */
export interface Calendar {
  readonly schedules: ReadonlyMap<string, Part>;
  readonly windows: ReadonlyMap<string, Part>;
  readonly freezes: readonly Part[];
}

/** Of several documents, which is an error of its own, all are read, so that their names are known. */
export function calendarOf(documents: readonly PolicyDocument[]): Calendar {
  const roots = documents.map((document) => new Part(document));
  return {
    schedules: new Map(roots.flatMap((root) => root.at('schedules').entries)),
    windows: new Map(roots.flatMap((root) => root.at('windows').entries)),
    freezes: roots.flatMap((root) => root.at('freezes').items),
  };
}

/** Where the schedule of a policy is written: in place, or under its name; undefined: nowhere. */
export function schedulePart(policy: Part, calendar: Calendar): Part | undefined {
  const own = policy.at('schedule');
  if (own.isMapping) return own;
  return own.text === undefined ? undefined : calendar.schedules.get(own.text);
}

/** @param name the schedule's name, where it has one. */
export function scheduleOf(part: Part, name: string | undefined, calendar: Calendar): Schedule | undefined {
  const due = dueOf(part);
  if (due === undefined) return undefined;
  const windowName = part.at('window').text;
  const windowPart = windowName === undefined ? undefined : calendar.windows.get(windowName);
  const window = windowName === undefined || windowPart === undefined ? undefined : windowOf(windowName, windowPart);
  return {
    ...(name === undefined ? {} : { name }),
    due,
    ...(window === undefined ? {} : { window }),
    warnBefore: part.at('warnBefore').duration ?? 0,
    jitter: part.at('jitter').duration ?? 0,
  };
}

export function dueOf(part: Part): Schedule['due'] | undefined {
  const every = part.at('every').duration;
  if (every !== undefined) return { type: 'every', every };
  const cron = part.at('cron').text;
  return cron === undefined ? undefined : { type: 'cron', cron, timezone: zoneOf(part) };
}

function windowOf(name: string, part: Part): Window | undefined {
  const cron = part.at('cron').text;
  const lasts = part.at('lasts').duration;
  return cron === undefined || lasts === undefined ? undefined : { name, cron, lasts, timezone: zoneOf(part) };
}

export function freezeOf(part: Part): Freeze | undefined {
  const [name, from, to] = [part.at('name').text, part.at('from').text, part.at('to').text];
  if (name === undefined || from === undefined || to === undefined) return undefined;
  return {
    name,
    from,
    to,
    timezone: zoneOf(part),
    reason: part.at('reason').text ?? '',
    except: part.at('except').texts.filter((word) => word === 'emergency'),
    source: part.at('name').place(),
  };
}

/** UTC unless something else is written: nothing then depends on where a run happens. */
function zoneOf(part: Part): string {
  return part.at('timezone').text ?? 'UTC';
}
