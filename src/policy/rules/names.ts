import type { DiagnosticCode } from '../../domain/catalogue.js';
import type { Diagnostic } from '../../domain/diagnostic.js';
import { workloadKey } from '../../domain/observation.js';
import { suggestion } from '../../domain/nearest.js';
import { consumerOf } from '../normal-policy.js';
import type { Part } from '../part.js';
import type { World } from '../world.js';
import { claimedTwice } from './twice.js';

/** Whatever is named exists; names that must differ do. */
export function nameRules(world: World): readonly Diagnostic[] {
  return [...unknownNames(world), ...repeatedNames(world)];
}

function unknownNames({ entries, calendar, complete }: World): readonly Diagnostic[] {
  if (!complete) return [];
  const schedules = [...calendar.schedules.keys()];
  const windows = [...calendar.windows.keys()];
  const ids = entries.flatMap(({ id }) => id ?? []);
  const knownIds = new Set(ids);
  const scheduleParts = [...calendar.schedules.values(), ...entries.map(({ root }) => root.at('schedule'))];
  return [
    ...entries.flatMap(({ root }) => unknown(root.at('schedule'), calendar.schedules, schedules, 'schedule', 'KT1204')),
    ...scheduleParts.flatMap((part) => unknown(part.at('window'), calendar.windows, windows, 'window', 'KT1205')),
    ...entries.flatMap(({ root }) =>
      root.at('dependsOn').items.flatMap((item) => unknown(item, knownIds, ids, 'id', 'KT1206')),
    ),
  ];
}

function unknown(
  part: Part,
  known: { has(name: string): boolean },
  names: readonly string[],
  noun: string,
  code: DiagnosticCode,
): readonly Diagnostic[] {
  const { text } = part;
  if (text === undefined || known.has(text)) return [];
  return [part.error(code, `there is no ${noun} \`${text}\``, suggestion(text, names, `${noun}s`))];
}

function repeatedNames({ entries, calendar }: World): readonly Diagnostic[] {
  const freezes = calendar.freezes.flatMap((freeze) => {
    const part = freeze.at('name');
    return part.text === undefined ? [] : [{ key: part.text, part }];
  });
  return [
    ...claimedTwice(freezes, 'KT1212', ({ key }) => `two freezes are called \`${key}\``, 'Give each a name of its own'),
    ...entries.flatMap(({ root }) => {
      const claims = root.at('consumers').items.flatMap((part) => {
        const consumer = consumerOf(part);
        return consumer === undefined ? [] : [{ key: workloadKey(consumer), part }];
      });
      return claimedTwice(claims, 'KT1212', ({ key }) => `the consumer ${key} is named twice`, 'Keep one of the two');
    }),
  ];
}
