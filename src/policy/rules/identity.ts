import type { Diagnostic } from '../../domain/diagnostic.js';
import { alsoAt } from '../part.js';
import type { World } from '../world.js';
import { claimedTwice } from './twice.js';

/** Ids are unique; a renamed secret leaves its old id behind. */
export function identityRules({ entries }: World): readonly Diagnostic[] {
  const claims = entries.flatMap(({ id, root }) => (id === undefined ? [] : [{ key: id, part: root.at('id') }]));
  const ids = new Map(claims.map(({ key, part }) => [key, part]));
  const moves = entries.flatMap(({ root }) => {
    const part = root.at('movedFrom');
    return part.text === undefined ? [] : [{ key: part.text, part }];
  });
  return [
    ...claimedTwice(claims, 'KT1201', ({ key }) => `the id \`${key}\` is taken`, 'Give each policy an id of its own'),
    ...claimedTwice(
      moves,
      'KT1208',
      ({ key }) => `two policies continue \`${key}\``,
      'Only one of them can take journal and history over',
    ),
    ...moves.flatMap(({ key, part }) => {
      const taken = ids.get(key);
      if (taken === undefined) return [];
      const where = alsoAt('still here', taken);
      return [
        part.error('KT1208', `\`movedFrom\` names \`${key}\`, which is still there`, {
          action: 'Remove `movedFrom`, or the old policy',
          ...where,
        }),
      ];
    }),
  ];
}

/** One Settings document, at most one Schedules document. */
export function singletonRules({ settings, calendars, complete }: World): readonly Diagnostic[] {
  const missing: readonly Diagnostic[] =
    settings.length > 0 || !complete
      ? []
      : [
          {
            severity: 'error',
            code: 'KT1209',
            summary: 'the policies folder has no Settings document',
            action: 'Create keyturn.yaml with `apiVersion: keyturn/v1`, `kind: Settings` and `inventory: <name>`',
          },
        ];
  const kinds = (parts: World['settings'], key: string) => parts.map((part) => ({ key, part: part.at('kind') }));
  return [
    ...missing,
    ...claimedTwice(
      kinds(settings, 'Settings'),
      'KT1209',
      () => 'there is more than one Settings document',
      'Keep one; each environment has a folder of its own',
    ),
    ...claimedTwice(
      kinds(calendars, 'Schedules'),
      'KT1210',
      () => 'there is more than one Schedules document',
      'Move everything into one of them',
    ),
  ];
}
