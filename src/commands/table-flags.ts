/** What a flag's text is read as: `duration` gives milliseconds, `instant` milliseconds since 1970, `digest` 64 hex digits. */
export type FlagType = 'boolean' | 'text' | 'texts' | 'choice' | 'count' | 'duration' | 'instant' | 'digest';

export interface FlagSpec {
  readonly type: FlagType;
  /** Stands for the value in help: `DIR`. Absent for booleans. */
  readonly value?: string;
  /** A fragment without a full stop. */
  readonly help: string;
  /** In words; what is used where neither the flag, nor its variable, nor keyturn.yaml says otherwise. */
  readonly default?: string;
  /** Environment variable that stands in for the flag. */
  readonly env?: string;
  readonly choices?: readonly string[];
  /** Decides what is in a plan: refused beside a plan file, which decided that when it was made. */
  readonly planning?: true;
  readonly completes?: 'file' | 'folder';
}

/** Every flag, by its long name. A name means the same on every command that has it. */
export const FLAGS = {
  policies: {
    type: 'text',
    value: 'DIR',
    help: 'folder with keyturn.yaml, schedules.yaml and the policies',
    default: 'policies',
    env: 'KEYTURN_POLICIES',
    completes: 'folder',
  },
  target: {
    type: 'texts',
    value: 'GLOB',
    help: 'only secrets whose id matches; may be given several times',
    planning: true,
  },
  exclude: {
    type: 'texts',
    value: 'GLOB',
    help: 'no secrets whose id matches; may be given several times',
    planning: true,
  },
  out: { type: 'text', value: 'FILE', help: 'save the plan, for review and for apply', completes: 'file' },
  details: {
    type: 'boolean',
    help: 'show everything: the steps of every change, the way back, bindings, the whole digest',
  },
  at: {
    type: 'instant',
    value: 'TIME',
    help: 'judge due dates, windows and freezes at this time (RFC 3339, or a date in UTC) instead of now',
    planning: true,
  },
  'detailed-exitcode': {
    type: 'boolean',
    help: 'exit 2 where there are changes, 3 where there is drift and nothing else',
  },
  'fail-on-waiting': { type: 'boolean', help: 'exit 9 where nothing is left but to wait for a person' },
  digest: {
    type: 'digest',
    value: 'D',
    help: 'refuse to run anything but the plan with this digest, which the approver names',
  },
  'auto-approve': { type: 'boolean', help: 'do not ask before changing anything' },
  'ignore-window': { type: 'boolean', help: 'start scheduled work outside its window too' },
  'ignore-freeze': {
    type: 'text',
    value: 'REASON',
    help: 'start scheduled work in spite of a freeze; the reason is recorded',
  },
  'over-limit': { type: 'boolean', help: 'let this one run exceed maxChanges and maxShare' },
  parallelism: { type: 'count', value: 'N', help: 'so many secrets at a time', default: 'limits.parallelism, 8' },
  'lock-timeout': {
    type: 'duration',
    value: 'D',
    help: 'wait so long (`90s`, `5m`) for a secret that another run holds',
    default: 'leaseFor + 2 x callDeadline, 90s',
  },
  forward: { type: 'boolean', help: 'go on to the new generation instead of back to the old one' },
  back: { type: 'boolean', help: 'go back to the old generation instead of on to the new one' },
  holder: { type: 'text', value: 'RUN', help: 'the run whose lock is meant; refuse to take it from any other' },
  born: { type: 'instant', value: 'TIME', help: 'when the value was made (RFC 3339, or a date in UTC)' },
  json: { type: 'boolean', help: 'print JSON for programs instead of text for people' },
  'no-color': { type: 'boolean', help: 'no colour', env: 'NO_COLOR' },
  'log-level': {
    type: 'choice',
    value: 'LEVEL',
    help: 'what is logged to standard error',
    choices: ['error', 'warn', 'info', 'debug'],
    default: 'warn',
    env: 'KEYTURN_LOG_LEVEL',
  },
  'vault-address': {
    type: 'text',
    value: 'URL',
    help: 'address of Vault',
    default: 'vault.address',
    env: 'VAULT_ADDR',
  },
  kubeconfig: {
    type: 'text',
    value: 'FILE',
    help: 'how to reach Kubernetes',
    default: 'the service account in a pod',
    env: 'KUBECONFIG',
    completes: 'file',
  },
  context: { type: 'text', value: 'NAME', help: 'which context of the kubeconfig', default: 'kubernetes.context' },
} as const satisfies { readonly [name: string]: FlagSpec };

export type FlagName = keyof typeof FLAGS;

/** The same table, typed by what any flag has. */
export function flagSpec(name: FlagName): FlagSpec {
  return FLAGS[name];
}
