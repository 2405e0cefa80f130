import { listOf, type Schema, text } from '../schema.js';
import { duration, mapping, namespace, objectName, oneKeyOf, secretIdOf, vaultPath } from './parts.js';
import { SCHEDULE_OR_NAME } from './schedule.js';

function workload(kind: string): Schema {
  return mapping(
    `A ${kind} whose pods use the secret.`,
    {
      namespace: namespace(),
      name: objectName(`Name of the ${kind}.`, 'litellm'),
      timeout: duration('How long its pods may take to come up with the new value.', ['300s', '10m'], {
        default: '300s',
      }),
    },
    { required: ['namespace', 'name'], examples: [{ namespace: 'ai-gateway', name: 'litellm', timeout: '300s' }] },
  );
}

const CONSUMER = mapping(
  'A workload that is restarted after the value changed, and waited for.',
  {
    deployment: workload('Deployment'),
    statefulSet: workload('StatefulSet'),
    daemonSet: workload('DaemonSet'),
    via: mapping(
      'How the workload gets the value where no copy of `publish` carries it.',
      {
        readAtStart: {
          type: 'boolean',
          const: true,
          description: 'Its pods read the live path themselves when they start.',
          examples: [true],
        },
      },
      { required: ['readAtStart'], examples: [{ readAtStart: true }] },
    ),
  },
  oneKeyOf(['deployment', 'statefulSet', 'daemonSet']),
);

const COPY = mapping(
  'A place that keyturn also writes the value to.',
  {
    kubernetesSecret: mapping(
      'One key of a Kubernetes Secret; the Secret is created with type Opaque if it is absent. Its other keys are left alone.',
      {
        namespace: namespace(),
        name: objectName('Name of the Secret.', 'litellm-master-key'),
        key: text('Key of the Secret.', {
          maxLength: 253,
          pattern: String.raw`^(?!\.{1,2}$|\.\.)[-._a-zA-Z0-9]+$`,
          patternErrorMessage: 'must be a key of a Secret: letters, digits, `-`, `_` and `.`',
          examples: ['key', 'password'],
        }),
      },
      {
        required: ['namespace', 'name', 'key'],
        examples: [{ namespace: 'ai-gateway', name: 'litellm-master-key', key: 'key' }],
      },
    ),
  },
  { required: ['kubernetesSecret'] },
);

const STATUS = { type: 'integer', description: 'An HTTP status.' } as const;

const HTTP_CHECK = mapping(
  'One request with the credential in a header. Redirects are not followed.',
  {
    method: text('Method of the request.', { enum: ['GET', 'HEAD', 'POST'], default: 'GET', examples: ['GET'] }),
    url: text('Where to send it. Choose a call that costs nothing and needs the credential.', {
      maxLength: 2000,
      pattern: '^https?://[!-~]+$',
      patternErrorMessage: 'must be an absolute http or https URL',
      examples: ['https://litellm.internal:4000/v1/models'],
    }),
    header: text('Name and text of the header; `{value}` stands once for the credential.', {
      maxLength: 500,
      examples: ['Authorization: Bearer {value}', 'x-api-key: {value}'],
    }),
    ok: listOf({ ...STATUS, minimum: 200, maximum: 499 }, 'Statuses that mean: this credential is accepted.', {
      minItems: 1,
      uniqueItems: true,
      default: [200],
      examples: [[200]],
    }),
    refused: listOf(
      { ...STATUS, minimum: 400, maximum: 499 },
      'Statuses that mean: this credential is refused. An empty list says that the check does not tell old from new.',
      { uniqueItems: true, default: [401, 403], examples: [[401, 403]] },
    ),
    timeout: duration('How long an answer that is neither is asked for again.', ['30s'], { default: '30s' }),
  },
  {
    required: ['url', 'header'],
    examples: [{ url: 'https://litellm.internal:4000/v1/models', header: 'Authorization: Bearer {value}' }],
  },
);

/** What every policy may say, whatever its kind. */
export const POLICY = {
  id: secretIdOf('Name of the secret, unique in its inventory. Rename it only together with `movedFrom`.', [
    'ai-gateway/litellm-master-key',
  ]),
  description: text('What the secret is for, in a sentence.', {
    maxLength: 500,
    examples: ['Admin key of the LiteLLM proxy'],
  }),
  owner: text('Team or person to ask.', { minLength: 1, maxLength: 200, examples: ['platform-security'] }),
  labels: {
    type: 'object',
    description: 'Free labels for selecting and reporting.',
    examples: [{ tier: 'gateway' }],
    maxProperties: 50,
    propertyNames: {
      maxLength: 63,
      pattern: '^[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?$',
      patternErrorMessage:
        'must begin and end with a letter or digit and hold letters, digits, `.`, `_`, `/` and `-` only',
    },
    additionalProperties: { type: 'string', maxLength: 200, description: 'Text of the label; quote numbers.' },
  },
  schedule: SCHEDULE_OR_NAME,
  grace: duration(
    'How long the old value stays valid after the last consumer has the new one. Anything but 0s needs a kind that can revoke.',
    ['0s', '24h'],
    { default: '0s' },
  ),
  dependsOn: listOf(
    secretIdOf('Id of another policy.', ['ai-gateway/database-password']),
    'Secrets that must be settled first, where both change in one run.',
    {
      uniqueItems: true,
      default: [],
      examples: [['ai-gateway/database-password']],
    },
  ),
  suspend: mapping(
    'Leaves the secret alone for a while: no scheduled rotation starts.',
    {
      until: text(
        'First day, or instant, on which it is looked after again. Leave it out to wait for the line to be removed.',
        {
          pattern: String.raw`^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$`,
          patternErrorMessage:
            'must be a date such as `2026-12-01`, or a time with its zone such as `2026-12-01T08:00:00Z`',
          examples: ['2026-12-01'],
        },
      ),
      reason: text('Why; shown in every plan.', { minLength: 1, maxLength: 200, examples: ['vendor outage'] }),
    },
    { required: ['reason'], examples: [{ until: '2026-12-01', reason: 'vendor outage' }] },
  ),
  movedFrom: secretIdOf(
    'The id that this secret had before. Its age and generation are kept; its finished changes stay under the former id.',
    ['gateway/master-key'],
  ),
  vault: mapping(
    'Where the live value is: one field of a KV v2 path. Other fields of the path are left alone.',
    {
      path: vaultPath(
        'Mount and path as `vault kv get` takes them, without `data/`.',
        '+',
        'secret/ai-gateway/litellm/master-key',
      ),
      field: text('Field of the path.', {
        maxLength: 100,
        pattern: '^[A-Za-z0-9_.-]+$',
        patternErrorMessage: 'must hold letters, digits, `-`, `_` and `.` only',
        examples: ['key', 'password'],
      }),
    },
    { required: ['path', 'field'], examples: [{ path: 'secret/ai-gateway/litellm/master-key', field: 'key' }] },
  ),
  publish: listOf(COPY, 'Copies of the value that keyturn writes.', {
    default: [],
    maxItems: 100,
    examples: [[{ kubernetesSecret: { namespace: 'ai-gateway', name: 'litellm-master-key', key: 'key' } }]],
  }),
  consumers: listOf(CONSUMER, 'Workloads that must pick the new value up, and are waited for.', {
    default: [],
    maxItems: 100,
    examples: [[{ deployment: { namespace: 'ai-gateway', name: 'litellm', timeout: '300s' } }]],
  }),
  verify: mapping(
    'What proves that the new value works, and that the old one does not.',
    { http: HTTP_CHECK },
    {
      required: ['http'],
      examples: [{ http: { url: 'https://litellm.internal:4000/v1/models', header: 'Authorization: Bearer {value}' } }],
    },
  ),
} as const;
