/** KT2020, KT3008, KT4xxx, KT5xxx, KT6xxx: runs, state and files. Part of the catalogue; a file of its own because files are short here. */
export const RUN = {
  KT1014: {
    title: 'a file or folder cannot be read',
    explanation:
      'A policy that is not read would be a secret that is not rotated, so nothing is done until everything can be read.',
  },
  KT2020: {
    title: 'a server failed the whole command',
    explanation:
      'A call that everything else rests on was refused or got no answer. The message names the server and the call and says whether anything was changed.',
  },
  KT2121: {
    title: 'nobody is there to approve',
    explanation:
      'Without a terminal there is nobody to ask. Have a saved plan approved and apply that, or pass --auto-approve where the pipeline itself is the approval.',
  },
  KT2122: {
    title: 'another run holds the secret',
    explanation:
      'A lease ends by itself when its run dies. To end one at once, name the run that holds it, so that nobody takes it from a run that lives.',
  },
  KT2123: {
    title: 'no such code',
    explanation: 'The codes of diagnostics are KT and four digits; exit codes are numbers.',
  },
  KT2124: { title: 'no such schema', explanation: '`keyturn schema` without a name lists all of them.' },
  KT2125: {
    title: 'both directions at once',
    explanation:
      'A change goes forward, to the new generation, or back, to the old one. Name one direction, or none to go on as it was going.',
  },
  KT3008: {
    title: 'the checkout is older than what was applied last',
    explanation:
      'A journal records the newest revision that it was changed from. An older one, such as that of a retried pipeline, would take back what was merged since.',
  },
  KT4001: {
    title: 'a right that do or undo needs is missing',
    explanation:
      'Before anything is made keyturn asks Vault and Kubernetes whether every step and its way back is allowed. Grant what is named.',
  },
  KT4002: {
    title: 'the login ends before the work would',
    explanation:
      'The Vault token has less time left than the steps may take, and it cannot be renewed that far. Use a token or role with a longer TTL.',
  },
  KT4003: {
    title: 'the live path would lose the old value too early',
    explanation:
      'Undo goes back to the version of the live path that holds the old value. With few max_versions, or with delete_version_after, Vault may remove it before the rotation has ended.',
  },
  KT4004: {
    title: 'the Kubernetes Secret is immutable',
    explanation:
      'An immutable Secret can only be deleted and made anew, which would leave its consumers without a value. Publish to another one.',
  },
  KT4005: {
    title: 'another controller writes the Kubernetes Secret',
    explanation:
      'Its owner would put the old value back. Either keyturn writes the copy or the owner does; name the carrier with `via` where it is the owner.',
  },
  KT4006: {
    title: 'the copy does not hold the live value',
    explanation:
      'If the Kubernetes Secret holds something else than the live path, nobody can tell which of the two the consumers use, and going back would break them.',
  },
  KT4007: {
    title: 'a consumer does not exist',
    explanation: 'The workload that the policy names is not in the cluster. Create it first, or correct the policy.',
  },
  KT4008: {
    title: 'the workload does not roll by itself',
    explanation:
      'A paused Deployment, an OnDelete strategy or a partition keeps pods on the old value although the template changed.',
  },
  KT4009: {
    title: 'no pod would take the value from the copy',
    explanation:
      'The pod template refers to none of the Secrets that the policy publishes for it, so a restart would not bring the new value to anybody.',
  },
  KT4010: {
    title: 'the LiteLLM database would become unreadable',
    explanation:
      'Without LITELLM_SALT_KEY the proxy encrypts what it stores in its database with the master key. Set LITELLM_SALT_KEY to the current master key first (it must never change afterwards), then the master key rotates freely.',
  },
  KT4011: {
    title: 'what stands in the way could not be looked at',
    explanation: 'A read of the pre-flight failed, so nothing was begun. The message names the server and the call.',
  },
  KT5001: {
    title: 'the state mount does not exist',
    explanation:
      'keyturn keeps journals and pending material in a KV v2 mount of its own. Make it with the command shown.',
  },
  KT5002: {
    title: 'stored state was written by a newer keyturn',
    explanation:
      'The journal carries a format version that this keyturn does not know. Use the newer keyturn; nothing was changed.',
  },
  KT5003: {
    title: 'stored state is damaged',
    explanation:
      'A journal or history entry is not what keyturn writes. Nothing is done to this secret until it is repaired from an earlier KV version.',
  },
  KT5004: {
    title: 'the state mount deletes versions by itself',
    explanation:
      'delete_version_after on the state mount would make journals and pending material vanish, and it cannot be overridden per key. Set it to 0s.',
  },
  KT6001: {
    title: 'the plan file cannot be read',
    explanation: 'It is missing, not JSON, or not a plan of a version that this keyturn knows.',
  },
  KT4012: {
    title: 'the value cannot be adopted',
    explanation:
      'Adopting records the live value as the current generation. It needs a value, a settled journal and a birth that is not later than the version.',
  },
  KT6003: {
    title: 'the file cannot be written',
    explanation: 'The folder does not exist, or the rights are missing. Nothing was changed anywhere.',
  },
  KT6004: {
    title: 'the file is there already',
    explanation: '`keyturn init` never writes over a file. Name a folder without it.',
  },
} as const;
