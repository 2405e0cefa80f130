import { parseDay } from '../../schedule/civil.js';
import { checkCron, neverFires } from '../../schedule/cron.js';
import { checkTimezone, timezoneNames } from '../../schedule/zone.js';
import type { Diagnostic } from '../../domain/diagnostic.js';
import { suggestion } from '../../domain/nearest.js';
import { suspendedUntil } from '../normal-policy.js';
import { alsoAt, type Part } from '../part.js';
import type { World } from '../world.js';

/** Every single expression, zone, date and length is one that can be. */
export function timeRules({ entries, calendar }: World): readonly Diagnostic[] {
  const schedules = [...calendar.schedules.values(), ...entries.map(({ root }) => root.at('schedule'))];
  return [
    ...schedules.flatMap((part) => [...cronRule(part), ...zoneRule(part), ...notNothing(part.at('every'))]),
    ...[...calendar.windows.values()].flatMap((part) => [
      ...cronRule(part),
      ...zoneRule(part),
      ...notNothing(part.at('lasts')),
    ]),
    ...calendar.freezes.flatMap((part) => [...zoneRule(part), ...freezeRule(part)]),
    ...entries.flatMap(({ root }) => untilRule(root.at('suspend', 'until'))),
  ];
}

function cronRule(part: Part): readonly Diagnostic[] {
  const cron = part.at('cron');
  const problem = cron.text === undefined || cron.text === '' ? undefined : checkCron(cron.text);
  if (problem === undefined || cron.text === undefined) return [];
  return [cron.error(neverFires(cron.text) ? 'KT1302' : 'KT1301', `the cron expression ${problem}`)];
}

function zoneRule(part: Part): readonly Diagnostic[] {
  const zone = part.at('timezone');
  const problem = zone.text === undefined ? undefined : checkTimezone(zone.text);
  if (problem === undefined || zone.text === undefined) return [];
  return [zone.error('KT1303', `\`${zone.text}\` ${problem}`, suggestion(zone.text, timezoneNames(), 'zones'))];
}

function notNothing(part: Part): readonly Diagnostic[] {
  return part.duration === 0 ? [part.error('KT1308', `\`${part.name}\` must be more than nothing`)] : [];
}

function freezeRule(part: Part): readonly Diagnostic[] {
  const wrong = [part.at('from'), part.at('to')].flatMap(dayRule);
  const [from, to] = [part.at('from').text, part.at('to').text];
  if (wrong.length > 0 || from === undefined || to === undefined || from <= to) return wrong;
  return [part.at('to').error('KT1307', 'the freeze ends before it begins', alsoAt('begins here', part.at('from')))];
}

/** A text that is no date at all is not judged here. */
function dayRule(part: Part): readonly Diagnostic[] {
  const { text = '' } = part;
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || parseDay(text) !== undefined) return [];
  return [part.error('KT1307', `the calendar has no \`${text}\``)];
}

function untilRule(part: Part): readonly Diagnostic[] {
  if (part.text === undefined || !/^\d{4}-\d\d-\d\d/.test(part.text) || suspendedUntil(part) !== undefined) return [];
  return [part.error('KT1307', `there is no such time as \`${part.text}\``)];
}
