const OUTPUT = ['json', 'no-color'] as const;
const INVENTORY = ['policies', ...OUTPUT] as const;
const SERVERS = ['vault-address', 'kubeconfig', 'context', 'log-level'] as const;
const LOOK = ['invalid', 'denied', 'unreachable'] as const;
const SECRET = { name: 'id', value: 'ID', required: true, help: 'the id of the secret' } as const;

/** Commands that write nothing outside, apart from logins and a file that was asked for. */
export const LOOKING_COMMANDS = {
  validate: {
    group: 'look',
    summary: 'check policies, schedules and settings',
    description: 'Reads the policies folder and reports every problem with its place. Needs no network.',
    args: [],
    flags: INVENTORY,
    exits: ['done', 'invalid'],
    examples: [{ command: 'keyturn validate --policies policies/production', says: 'check one environment' }],
  },
  plan: {
    group: 'look',
    summary: 'show what apply would do, and why',
    description:
      'Compares what the policies demand with what Vault and Kubernetes report. No value of a secret is read; metadata suffices.',
    args: [],
    flags: [
      ...INVENTORY,
      'target',
      'exclude',
      'out',
      'details',
      'at',
      'detailed-exitcode',
      'fail-on-waiting',
      'ignore-window',
      'ignore-freeze',
      'over-limit',
      'parallelism',
      ...SERVERS,
    ],
    exits: ['done', 'changes', 'drift', 'refused', 'closed', 'waiting', ...LOOK],
    examples: [
      { command: 'keyturn plan --out plan.json', says: 'save the plan, so that what was approved is what runs' },
      { command: "keyturn plan --target 'ai-gateway/*' --details", says: 'everything about a part of the inventory' },
      { command: 'keyturn plan --at 2026-12-24', says: 'what would be due on that day' },
    ],
  },
  show: {
    group: 'look',
    summary: 'show a saved plan',
    description: 'Prints a plan file as plan printed it, from the file alone. Needs no network.',
    args: [
      { name: 'planfile', value: 'PLANFILE', required: true, help: 'made by keyturn plan --out', completes: 'file' },
    ],
    flags: ['details', ...OUTPUT],
    exits: ['done', 'invalid'],
    examples: [{ command: 'keyturn show plan.json --details', says: 'with the whole digest, for an approver' }],
  },
  status: {
    group: 'look',
    summary: 'a line per secret: generation, age, due, and what it waits for',
    description: 'Shows every secret, also those with nothing to do.',
    args: [],
    flags: [...INVENTORY, 'target', 'exclude', 'at', 'parallelism', ...SERVERS],
    exits: ['done', ...LOOK],
    examples: [{ command: 'keyturn status --json', says: 'for a dashboard' }],
  },
  drift: {
    group: 'look',
    summary: 'only what nobody asked for',
    description:
      'Shows observed state that no policy asked for and keyturn did not make. What is merely due is not drift.',
    args: [],
    flags: [...INVENTORY, 'target', 'exclude', 'at', 'detailed-exitcode', 'parallelism', ...SERVERS],
    exits: ['done', 'drift', ...LOOK],
    examples: [{ command: 'keyturn drift --detailed-exitcode', says: 'exit 3 where there is drift' }],
  },
  why: {
    group: 'look',
    summary: 'the arithmetic of one secret',
    description: 'Shows how its due date was reckoned, what window, freeze or limit touches it, and what follows.',
    args: [SECRET],
    flags: [...INVENTORY, 'at', ...SERVERS],
    exits: ['done', ...LOOK],
    examples: [{ command: 'keyturn why ai-gateway/litellm-master-key', says: 'why it is, or is not, rotated now' }],
  },
  history: {
    group: 'look',
    summary: 'finished changes, newest first',
    description:
      'Reads the history that apply keeps in Vault: outcome, reason, how long it took, and the measured gap.',
    args: [{ name: 'id', value: 'ID', required: false, help: 'of one secret only' }],
    flags: [...INVENTORY, 'details', 'vault-address', 'log-level'],
    exits: ['done', ...LOOK],
    examples: [{ command: 'keyturn history ai-gateway/openai --details', says: 'with the steps of each change' }],
  },
} as const;

/** Commands that touch neither Vault nor a cluster. */
export const SETUP_COMMANDS = {
  init: {
    group: 'setup',
    summary: 'write a first keyturn.yaml, schedules.yaml and policy',
    description: 'Writes the three files into a folder, and never over a file that is there.',
    args: [
      { name: 'folder', value: 'DIR', required: false, help: 'policies, where none is named', completes: 'folder' },
    ],
    flags: ['no-color'],
    exits: ['done'],
    examples: [{ command: 'keyturn init policies/staging', says: 'begin an environment' }],
  },
  explain: {
    group: 'setup',
    summary: 'more about a diagnostic or an exit code',
    description: 'Tells why something is a problem and what to do about it.',
    args: [{ name: 'code', value: 'CODE', required: true, help: 'such as KT3001, or an exit code such as 5' }],
    flags: ['no-color'],
    exits: ['done'],
    examples: [{ command: 'keyturn explain KT3001', says: 'about a diagnostic' }],
  },
  schema: {
    group: 'setup',
    summary: 'print a JSON Schema',
    description: 'Prints the schema of a file or of a JSON output, or the names of all where none is given.',
    args: [{ name: 'name', value: 'NAME', required: false, help: 'which one' }],
    flags: [],
    exits: ['done'],
    examples: [{ command: 'keyturn schema policy', says: 'for an editor that checks policies' }],
  },
  sandbox: {
    group: 'setup',
    summary: 'an embedded Vault and Kubernetes to try keyturn in',
    description:
      'Starts the embedded world on this machine, prints how to reach it, and runs until it is interrupted. Nothing of it is kept.',
    args: [],
    flags: ['no-color'],
    exits: ['done', 'interrupted', 'terminated'],
    examples: [{ command: 'keyturn sandbox', says: 'then plan and apply in a second terminal' }],
  },
  completion: {
    group: 'setup',
    summary: 'print a completion script for a shell',
    description: 'The script knows every command, flag and fixed value.',
    args: [
      { name: 'shell', value: 'SHELL', required: true, help: 'bash, zsh or fish', choices: ['bash', 'zsh', 'fish'] },
    ],
    flags: [],
    exits: ['done'],
    examples: [{ command: 'source <(keyturn completion bash)', says: 'for this shell' }],
  },
  version: {
    group: 'setup',
    summary: 'print the version',
    description: 'Also as --version.',
    args: [],
    flags: ['json'],
    exits: ['done'],
    examples: [{ command: 'keyturn version --json', says: 'with the runtime and the platform' }],
  },
  help: {
    group: 'setup',
    summary: 'print help',
    description: 'Also as --help or -h, alone or after a command.',
    args: [{ name: 'command', value: 'COMMAND', required: false, help: 'about this command', completes: 'command' }],
    flags: ['no-color'],
    exits: ['done'],
    examples: [{ command: 'keyturn help apply', says: 'about one command' }],
  },
} as const;
