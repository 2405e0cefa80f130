const INVENTORY = ['policies', 'json', 'no-color'] as const;
const SERVERS = ['vault-address', 'kubeconfig', 'context', 'log-level'] as const;
const SECRET = { name: 'id', value: 'ID', required: true, help: 'the id of the secret' } as const;
const LOOK = ['invalid', 'denied', 'unreachable'] as const;
const RUN = [...LOOK, 'locked', 'partial', 'interrupted', 'terminated'] as const;

/** Commands that change secrets or what is recorded about them. */
export const CHANGING_COMMANDS = {
  apply: {
    group: 'change',
    summary: 'carry out a plan, step by step',
    description:
      'Plans again and carries out the changes; with a plan file, what the fresh plan and the approved one have in common: less is fine, other never happens. ' +
      'A run that was killed is finished by the next one.',
    args: [
      { name: 'planfile', value: 'PLANFILE', required: false, help: 'made by keyturn plan --out', completes: 'file' },
    ],
    flags: [
      ...INVENTORY,
      'target',
      'exclude',
      'digest',
      'auto-approve',
      'details',
      'fail-on-waiting',
      'ignore-window',
      'ignore-freeze',
      'over-limit',
      'parallelism',
      'lock-timeout',
      ...SERVERS,
    ],
    exits: [
      'done',
      'partial',
      'notApproved',
      'refused',
      'closed',
      'locked',
      'waiting',
      ...LOOK,
      'interrupted',
      'terminated',
    ],
    examples: [
      { command: 'keyturn apply plan.json', says: 'what was approved; the file is the approval' },
      {
        command: 'keyturn apply plan.json --digest "$APPROVED"',
        says: 'the approver named the digest: another file is refused',
      },
      { command: 'keyturn apply --auto-approve', says: 'plan and apply in one go' },
    ],
  },
  rotate: {
    group: 'change',
    summary: 'rotate one secret now, due or not',
    description: 'Plan and apply of that one, forced, with a prompt.',
    args: [SECRET],
    flags: [
      ...INVENTORY,
      'digest',
      'auto-approve',
      'details',
      'ignore-window',
      'ignore-freeze',
      'lock-timeout',
      ...SERVERS,
    ],
    exits: ['done', 'notApproved', 'closed', ...RUN],
    examples: [{ command: 'keyturn rotate ai-gateway/litellm-master-key', says: 'asks before it begins' }],
  },
  recover: {
    group: 'change',
    summary: 'finish what a journal holds',
    description:
      'Goes on with the open change of a secret: where a run was killed it is finished, where an attempt failed it is tried again without waiting out the back-off. ' +
      "What only looks (time-outs, the check) is taken from today's policy, so a check that was wrong can be corrected while a change is open.",
    args: [SECRET],
    flags: [...INVENTORY, 'forward', 'back', 'auto-approve', 'lock-timeout', ...SERVERS],
    exits: ['done', ...RUN],
    examples: [
      { command: 'keyturn recover ai-gateway/openai', says: 'go on, whichever way it was going' },
      { command: 'keyturn recover ai-gateway/openai --forward', says: 'a stuck one: to the new generation' },
      { command: 'keyturn recover ai-gateway/openai --back', says: 'give up: back to the old generation' },
    ],
  },
  adopt: {
    group: 'change',
    summary: 'take over a value that keyturn did not make',
    description: 'Records the live version as the current generation and when it was born. The value stays as it is.',
    args: [SECRET],
    flags: [...INVENTORY, 'born', 'auto-approve', 'vault-address', 'log-level'],
    exits: ['done', 'locked', ...LOOK],
    examples: [{ command: 'keyturn adopt ai-gateway/database --born 2026-08-01', says: 'its age is known' }],
  },
  unlock: {
    group: 'change',
    summary: 'end the lock of a run that is dead',
    description:
      'Locks end by themselves when their run dies. This is for a run that is known to be dead and must not be waited for.',
    args: [SECRET],
    flags: [...INVENTORY, 'holder', 'auto-approve', 'vault-address', 'log-level'],
    exits: ['done', 'locked', ...LOOK],
    examples: [
      { command: 'keyturn unlock ai-gateway/openai --holder 8f2a61c09d3be574', says: 'and from no other run' },
    ],
  },
} as const;
