import type { Settings, VaultRole } from '../../domain/policy.js';
import { type Schema, text } from '../schema.js';
import { duration, environmentName, mapping, vaultPath } from './parts.js';

const mount = (example: string): Schema => vaultPath('Where the method is mounted, below `auth/`.', '*', example);

const ROLES = {
  plan: text('Role of commands that only read.', { minLength: 1, maxLength: 200, examples: ['keyturn-plan'] }),
  apply: text('Role of commands that change something.', { minLength: 1, maxLength: 200, examples: ['keyturn-apply'] }),
} satisfies { readonly [role in VaultRole]: Schema };

const roles = mapping('Role of Vault to log in with, by what the command does.', ROLES, {
  minProperties: 1,
  examples: [{ plan: 'keyturn-plan', apply: 'keyturn-apply' }],
});

const AUTH = mapping(
  'How to log in where VAULT_TOKEN is not set. Names of variables and files, never a token itself.',
  {
    token: {
      type: 'boolean',
      const: true,
      description: 'With a token that is given: VAULT_TOKEN, or else ~/.vault-token.',
      examples: [true],
    },
    tokenFile: text('Path of a file that holds the token.', {
      minLength: 1,
      maxLength: 1000,
      examples: ['/run/secrets/vault-token'],
    }),
    jwt: mapping(
      'With an ID token, such as that of a GitLab job.',
      {
        mount: { ...mount('jwt'), default: 'jwt' },
        tokenEnv: environmentName('Variable that holds the ID token.', 'VAULT_ID_TOKEN', { default: 'VAULT_ID_TOKEN' }),
        roles,
      },
      { required: ['roles'] },
    ),
    kubernetes: mapping(
      'With the token of a Kubernetes service account.',
      {
        mount: { ...mount('kubernetes'), default: 'kubernetes' },
        tokenFile: text('Path of the token that is mounted into the pod.', {
          minLength: 1,
          maxLength: 1000,
          default: '/var/run/secrets/kubernetes.io/serviceaccount/token',
          examples: ['/var/run/secrets/kubernetes.io/serviceaccount/token'],
        }),
        roles,
      },
      { required: ['roles'] },
    ),
    appRole: mapping(
      'With an AppRole.',
      {
        mount: { ...mount('approle'), default: 'approle' },
        roleIdEnv: environmentName('Variable that holds the role id.', 'VAULT_ROLE_ID', { default: 'VAULT_ROLE_ID' }),
        secretIdEnv: environmentName(
          'Variable that holds the secret id. Not together with `secretIdFile`.',
          'VAULT_SECRET_ID',
        ),
        secretIdFile: text('Path of a file that holds the secret id. Not together with `secretIdEnv`.', {
          minLength: 1,
          maxLength: 1000,
          examples: ['/run/secrets/vault-secret-id'],
        }),
      },
      { not: { required: ['secretIdEnv', 'secretIdFile'] } },
    ),
  },
  {
    minProperties: 1,
    maxProperties: 1,
    examples: [
      { jwt: { mount: 'jwt', tokenEnv: 'VAULT_ID_TOKEN', roles: { plan: 'keyturn-plan', apply: 'keyturn-apply' } } },
    ],
  },
);

const whole = (description: string, minimum: number, maximum: number, normal: number): Schema => ({
  type: 'integer',
  minimum,
  maximum,
  default: normal,
  description,
  examples: [normal],
});

const LIMITS = {
  maxChanges: whole('A plan with more changes than this is refused.', 1, 100_000, 20),
  maxShare: text(
    'A plan that changes a larger share of the inventory than this is refused. Counts from 5 secrets up; creations do not count.',
    {
      pattern: String.raw`^(?:100|\d{1,2}(?:\.\d{1,3})?)%$`,
      patternErrorMessage: 'must be a share from `0%` to `100%`',
      default: '50%',
      examples: ['50%'],
    },
  ),
  overLimit: text('Over maxChanges: refuse the plan, or take the most overdue secrets and name the rest.', {
    enum: ['refuse', 'take'],
    default: 'refuse',
    examples: ['refuse'],
  }),
  failureBudget: whole('How many changes may fail in one run before no further one is begun.', 0, 100_000, 3),
  parallelism: whole('How many changes run at the same time.', 1, 64, 8),
  planValidFor: duration('How long a saved plan may be applied.', ['24h'], { default: '24h' }),
  leaseFor: duration(
    'After this long without a sign of life the work of a run may be taken over. At least three times callDeadline.',
    ['60s'],
    {
      default: '60s',
    },
  ),
  callDeadline: duration('How long one call to Vault or Kubernetes may take.', ['15s'], { default: '15s' }),
} satisfies { readonly [limit in keyof Settings['limits']]: Schema };

/** policies/keyturn.yaml, without the lines that every document has. */
export const SETTINGS = {
  inventory: text(
    'Name of this set of policies: part of every state path in Vault. Never change it once something was applied.',
    {
      maxLength: 63,
      pattern: '^[a-z0-9]+(?:-[a-z0-9]+)*$',
      patternErrorMessage: 'must hold lower-case letters, digits and single `-` only',
      examples: ['ai-gateway-production'],
    },
  ),
  vault: mapping('The Vault or OpenBao server.', {
    address: text('URL of the server. VAULT_ADDR overrides it.', {
      pattern: '^https?://[!-~]+$',
      patternErrorMessage: 'must be an absolute http or https URL',
      examples: ['https://vault.example.com:8200'],
    }),
    auth: AUTH,
    state: {
      ...vaultPath(
        'Where keyturn keeps journals and pending values: a KV v2 mount of its own, or a path below one.',
        '*',
        'keyturn',
      ),
      default: 'keyturn',
    },
  }),
  kubernetes: mapping('The cluster that copies and consumers are in.', {
    context: text('Context of KUBECONFIG. Leave it out inside the cluster, or for the current context.', {
      minLength: 1,
      maxLength: 300,
      examples: ['production'],
    }),
  }),
  limits: mapping('Thresholds and deadlines.', LIMITS),
} satisfies { readonly [key in Exclude<keyof Settings, 'source'>]: Schema };
