import type { Diagnostic } from '../../domain/diagnostic.js';
import { formatDuration } from '../../domain/duration.js';
import { limitsOf } from '../normal-settings.js';
import type { Part } from '../part.js';
import type { World } from '../world.js';
import { parseUrl } from './url.js';

/** Settings that a schema cannot judge. */
export function settingsRules({ settings }: World): readonly Diagnostic[] {
  return settings.flatMap((root) => [...addressRule(root.at('vault', 'address')), ...limitRules(root.at('limits'))]);
}

function addressRule(part: Part): readonly Diagnostic[] {
  if (part.text === undefined || !/^https?:\/\//.test(part.text)) return [];
  const { problem, secure, sameMachine } = parseUrl(part.text);
  if (problem !== undefined) return [part.error('KT1402', `the address ${problem}`)];
  if (part.text.includes('?')) return [part.error('KT1402', 'the address has a query')];
  if (secure || sameMachine) return [];
  return [part.warning('KT1404', 'tokens and values would travel to Vault without TLS', { action: 'Use https' })];
}

function limitRules(part: Part): readonly Diagnostic[] {
  const { leaseFor, callDeadline } = limitsOf(part);
  const lengths = [part.at('planValidFor'), part.at('leaseFor'), part.at('callDeadline')];
  const nothing = lengths.filter(({ duration }) => duration === 0);
  if (nothing.length > 0)
    return nothing.map((length) => length.error('KT1308', `\`${length.name}\` must be more than nothing`));
  if (leaseFor >= 3 * callDeadline) return [];
  const written = part.at('leaseFor').text === undefined ? part.at('callDeadline') : part.at('leaseFor');
  const summary = `leaseFor ${formatDuration(leaseFor)} is less than three times callDeadline ${formatDuration(callDeadline)}`;
  const action = `Set leaseFor to at least ${formatDuration(3 * callDeadline)}, or callDeadline to at most ${formatDuration(Math.floor(leaseFor / 3000) * 1000)}`;
  return [written.error('KT1310', summary, { action })];
}
