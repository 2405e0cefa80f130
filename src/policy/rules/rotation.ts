import { cronOf, gapsOf } from '../../schedule/cron.js';
import type { Diagnostic } from '../../domain/diagnostic.js';
import { type Duration, formatDuration } from '../../domain/duration.js';
import type { Window } from '../../domain/policy.js';
import { schedulePart } from '../calendar.js';
import { alsoAt } from '../part.js';
import type { Entry, World } from '../world.js';
import { rhythmOf } from './rhythm.js';

/** A rotation ends before the next begins, and its kind can do what is asked. */
export function rotationRules(world: World): readonly Diagnostic[] {
  return world.entries.flatMap((entry) => [
    ...pressRule(entry, world),
    ...roomRule(entry, world),
    ...graceRule(entry),
    ...kindLimits(entry),
  ]);
}

function pressRule({ root, policy }: Entry, { calendar }: World): readonly Diagnostic[] {
  const part = schedulePart(root, calendar);
  const rhythm = part === undefined ? undefined : rhythmOf(part);
  if (policy === undefined || rhythm === undefined) return [];
  const waits = policy.consumers.reduce((sum, { timeout }) => sum + timeout, 0);
  if (rhythm.shortest > policy.grace + waits) return [];
  const summary = `a rotation every ${formatDuration(rhythm.shortest)} leaves no room for ${needs(policy.grace, waits)}`;
  const where = alsoAt('the schedule', rhythm.part.document === root.document ? undefined : rhythm.part, 'key');
  const action = 'Rotate less often, or shorten grace and time-outs';
  return [root.at('schedule').error('KT1304', summary, { action, ...where })];
}

function needs(grace: Duration, waits: Duration): string {
  const parts = [
    ...(grace > 0 ? [`${formatDuration(grace)} of grace`] : []),
    ...(waits > 0 ? [`${formatDuration(waits)} of its consumers' time-outs`] : []),
  ];
  return parts.join(' and ');
}

/** Work starts only where the window still has room for all of its time-outs: in a shorter window it would never start. */
function roomRule({ root, policy }: Entry, { calendar }: World): readonly Diagnostic[] {
  const window = policy?.schedule?.window;
  if (policy === undefined || window === undefined || isSeamless(window)) return [];
  const needed = policy.consumers.reduce((sum, { timeout }) => sum + timeout, policy.verify?.timeout ?? 0);
  if (window.lasts >= needed) return [];
  const summary = `window \`${window.name}\` is open for ${formatDuration(window.lasts)}, and the work may take ${formatDuration(needed)}`;
  const where = alsoAt('the window', calendar.windows.get(window.name)?.at('lasts'));
  const action = 'Open the window for longer, or shorten the time-outs of consumers and check';
  return [root.at('schedule').error('KT1311', summary, { action, ...where })];
}

/** It opens again before it has closed; also one that is wrong by itself, which is said elsewhere. */
function isSeamless({ cron, lasts }: Window): boolean {
  const parsed = cronOf(cron);
  return parsed === undefined || lasts === 0 || gapsOf(parsed).longest <= lasts;
}

function graceRule({ root, info }: Entry): readonly Diagnostic[] {
  const grace = root.at('grace');
  if (info === undefined || info.capabilities.revoke || (grace.duration ?? 0) === 0) return [];
  const action = 'Write `grace: 0s`, or leave it out';
  return [grace.error('KT1309', `\`${info.kind}\` cannot revoke, so it has no grace period`, { action })];
}

/** Of documents whose shape is right only: a kind may rely on its own schema. */
function kindLimits({ clean, policy, info }: Entry): readonly Diagnostic[] {
  return clean && policy !== undefined && info !== undefined ? info.limits(policy) : [];
}
