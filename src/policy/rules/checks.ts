import type { Diagnostic } from '../../domain/diagnostic.js';
import type { Part } from '../part.js';
import type { World } from '../world.js';
import { parseUrl } from './url.js';

const PLACEHOLDER = '{value}';

/** What verify sends is a request that can be sent, keeps the credential to the header, and has an answer that means something. */
export function checkRules({ entries }: World): readonly Diagnostic[] {
  return entries.flatMap(({ root }) => {
    const check = root.at('verify', 'http');
    return [...headerRule(check.at('header')), ...urlRule(check.at('url')), ...statusRule(check)];
  });
}

/** Set by the transport itself, or would change how the request is framed (RFC 9110, RFC 9112). */
const RESERVED =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*)$/i;

function headerRule(part: Part): readonly Diagnostic[] {
  if (part.text === undefined) return [];
  const problem = headerProblem(part.text);
  const action = 'Write it as `Authorization: Bearer {value}`';
  return problem === undefined ? [] : [part.error('KT1401', `the header ${problem}`, { action })];
}

function headerProblem(header: string): string | undefined {
  const match = /^([^:]*):[ \t]*(.*)$/s.exec(header);
  if (match === null) return 'has no colon between name and text';
  const [, name = '', text = ''] = match;
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return 'has a name that HTTP does not allow';
  if (RESERVED.test(name)) return `\`${name}\` belongs to the connection and cannot be set`;
  if (!/^[ -~]*$/.test(text)) return 'has a text that HTTP does not allow: printable ASCII on one line';
  const times = text.split(PLACEHOLDER).length - 1;
  if (times === 1) return undefined;
  return times === 0 ? 'has no `{value}` for the credential' : 'has `{value}` more than once';
}

function urlRule(part: Part): readonly Diagnostic[] {
  if (part.text === undefined || !/^https?:\/\//.test(part.text)) return [];
  if (part.text.includes(PLACEHOLDER))
    return [
      part.error('KT1402', 'the URL holds `{value}`', {
        action: 'Put the credential into the header: URLs are logged on their way',
      }),
    ];
  const parsed = parseUrl(part.text);
  if (parsed.problem !== undefined) return [part.error('KT1402', `the URL ${parsed.problem}`)];
  if (parsed.secure || parsed.sameMachine) return [];
  return [part.warning('KT1404', 'the credential would travel without TLS', { action: 'Use https' })];
}

function statusRule(check: Part): readonly Diagnostic[] {
  const ok = new Set(check.at('ok').value === undefined ? [200] : check.at('ok').items.map(({ number }) => number));
  return check.at('refused').items.flatMap((part) => {
    if (part.number === 408 || part.number === 429)
      return [part.error('KT1403', `${part.number} says nothing about the credential`, { action: 'Remove it' })];
    if (part.number === undefined || !ok.has(part.number)) return [];
    return [
      part.error('KT1403', `${part.number} cannot mean both accepted and refused`, {
        action: 'Remove it from `ok` or from `refused`',
      }),
    ];
  });
}
