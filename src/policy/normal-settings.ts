import type { Limits, Settings, VaultAuth, VaultRole } from '../domain/policy.js';
import type { Part } from './part.js';

const SECOND = 1000;

const DEFAULT_LIMITS: Limits = {
  maxChanges: 20,
  maxShare: 0.5,
  overLimit: 'refuse',
  failureBudget: 3,
  parallelism: 8,
  planValidFor: 86_400 * SECOND,
  leaseFor: 60 * SECOND,
  callDeadline: 15 * SECOND,
};

/** The settings of a document, defaults filled in; undefined where it does not name its inventory. */
export function normalSettings(root: Part): Settings | undefined {
  const inventory = root.at('inventory').text;
  if (inventory === undefined) return undefined;
  const address = root.at('vault', 'address').text;
  const auth = authOf(root.at('vault', 'auth'));
  const context = root.at('kubernetes', 'context').text;
  return {
    inventory,
    vault: {
      ...(address === undefined ? {} : { address }),
      ...(auth === undefined ? {} : { auth }),
      state: root.at('vault', 'state').text ?? 'keyturn',
    },
    kubernetes: context === undefined ? {} : { context },
    limits: limitsOf(root.at('limits')),
    source: root.at('kind').place(),
  };
}

export function limitsOf(part: Part): Limits {
  const normal = DEFAULT_LIMITS;
  return {
    maxChanges: part.at('maxChanges').number ?? normal.maxChanges,
    maxShare: shareOf(part.at('maxShare').text) ?? normal.maxShare,
    overLimit: part.at('overLimit').text === 'take' ? 'take' : 'refuse',
    failureBudget: part.at('failureBudget').number ?? normal.failureBudget,
    parallelism: part.at('parallelism').number ?? normal.parallelism,
    planValidFor: part.at('planValidFor').duration ?? normal.planValidFor,
    leaseFor: part.at('leaseFor').duration ?? normal.leaseFor,
    callDeadline: part.at('callDeadline').duration ?? normal.callDeadline,
  };
}

function shareOf(text: string | undefined): number | undefined {
  const share = /^([\d.]+)%$/.exec(text ?? '')?.[1];
  return share === undefined ? undefined : Number(share) / 100;
}

function authOf(part: Part): VaultAuth | undefined {
  const file = part.at('tokenFile').text;
  if (part.at('token').value === true) return { method: 'token' };
  if (file !== undefined) return { method: 'tokenFile', file };
  const [jwt, kubernetes, appRole] = [part.at('jwt'), part.at('kubernetes'), part.at('appRole')];
  if (jwt.isMapping)
    return {
      method: 'jwt',
      mount: mountOf(jwt, 'jwt'),
      tokenEnv: jwt.at('tokenEnv').text ?? 'VAULT_ID_TOKEN',
      roles: rolesOf(jwt),
    };
  if (kubernetes.isMapping)
    return {
      method: 'kubernetes',
      mount: mountOf(kubernetes, 'kubernetes'),
      tokenFile: kubernetes.at('tokenFile').text ?? '/var/run/secrets/kubernetes.io/serviceaccount/token',
      roles: rolesOf(kubernetes),
    };
  return appRole.isMapping ? appRoleOf(appRole) : undefined;
}

function appRoleOf(part: Part): VaultAuth {
  const secretIdFile = part.at('secretIdFile').text;
  const secretIdEnv = part.at('secretIdEnv').text ?? (secretIdFile === undefined ? 'VAULT_SECRET_ID' : undefined);
  return {
    method: 'appRole',
    mount: mountOf(part, 'approle'),
    roleIdEnv: part.at('roleIdEnv').text ?? 'VAULT_ROLE_ID',
    ...(secretIdEnv === undefined ? {} : { secretIdEnv }),
    ...(secretIdFile === undefined ? {} : { secretIdFile }),
  };
}

function mountOf(part: Part, normal: string): string {
  return part.at('mount').text ?? normal;
}

function rolesOf(part: Part): { readonly [role in VaultRole]?: string } {
  const plan = part.at('roles', 'plan').text;
  const apply = part.at('roles', 'apply').text;
  return { ...(plan === undefined ? {} : { plan }), ...(apply === undefined ? {} : { apply }) };
}
