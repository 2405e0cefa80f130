import type { Diagnostic } from '../../domain/diagnostic.js';
import { alsoAt, type Part } from '../part.js';
import type { Entry, World } from '../world.js';
import { type Claim, claimedTwice } from './twice.js';

/** Nobody writes where somebody else writes. */
export function writeRules(world: World): readonly Diagnostic[] {
  return [
    ...claimedTwice(
      world.entries.flatMap(vaultClaim),
      'KT1202',
      ({ key }, first) => `\`${first.id ?? 'another policy'}\` writes field ${key} already`,
      'Choose another path or field',
    ),
    ...claimedTwice(
      world.entries.flatMap(copyClaims),
      'KT1203',
      ({ key }, first) => `\`${first.id ?? 'another policy'}\` writes \`${key}\` already`,
      'Choose another Secret or key',
    ),
    ...world.entries.flatMap(({ root }) => [...stateRule(root, world), ...apiPathRule(root)]),
  ];
}

function vaultClaim({ root, id }: Entry): readonly Claim[] {
  const vault = root.at('vault');
  const [path, field] = [vault.at('path').text, vault.at('field').text];
  if (path === undefined || field === undefined) return [];
  return [{ key: `\`${field}\` of \`${path}\``, part: vault.at('path'), ...named(id) }];
}

function copyClaims({ root, id }: Entry): readonly Claim[] {
  return root.at('publish').items.flatMap((item) => {
    const secret = item.at('kubernetesSecret');
    const [namespace, name, key] = [secret.at('namespace').text, secret.at('name').text, secret.at('key').text];
    if (namespace === undefined || name === undefined || key === undefined) return [];
    return [{ key: `${namespace}/Secret ${name}:${key}`, part: secret.at('key'), ...named(id) }];
  });
}

function named(id: string | undefined): { readonly id?: string } {
  return id === undefined ? {} : { id };
}

/** A live path inside the state mount would mix journals with values that consumers read. */
function stateRule(root: Part, { normalSettings, settings }: World): readonly Diagnostic[] {
  const part = root.at('vault', 'path');
  const state = normalSettings?.vault.state;
  if (part.text === undefined || state === undefined) return [];
  if (part.text !== state && !part.text.startsWith(`${state}/`)) return [];
  const where = alsoAt('the state is kept here', settings[0]?.at('vault', 'state'));
  const action = 'Choose another path for the value, or another mount for the state';
  return [part.error('KT1211', `\`${part.text}\` lies where keyturn keeps its state`, { action, ...where })];
}

function apiPathRule(root: Part): readonly Diagnostic[] {
  const part = root.at('vault', 'path');
  const match = /^([^/]+)\/(data|metadata)\/(.+)$/.exec(part.text ?? '');
  if (match === null) return [];
  const [, mount = '', word = '', rest = ''] = match;
  const action = `If you copied it from the HTTP API, write \`${mount}/${rest}\``;
  return [part.warning('KT1407', `the path has \`${word}/\` behind its mount`, { action })];
}
