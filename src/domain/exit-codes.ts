/** Exit codes, in the order in which the first that applies wins; help, `explain` and docs are generated from this table. */
export const EXIT_CODES = {
  usage: { code: 64, meaning: 'the command line is wrong' },
  invalid: { code: 65, meaning: 'a policy, a plan file or stored state is invalid' },
  denied: { code: 77, meaning: 'authentication or permission' },
  unreachable: { code: 69, meaning: 'a needed service is unreachable' },
  notApproved: {
    code: 5,
    meaning: 'nothing of the approved plan can run: stale, expired, edited, or not the approved digest',
  },
  refused: { code: 6, meaning: 'a safety threshold refused the plan (it is still printed)' },
  closed: { code: 7, meaning: 'a window or freeze refused everything that was to do' },
  locked: { code: 8, meaning: 'locked by another run, and nothing else ran' },
  partial: { code: 4, meaning: 'apply finished in part: some changes failed, were rolled back, are stuck or locked' },
  changes: { code: 2, meaning: 'the plan holds changes (only with --detailed-exitcode)' },
  drift: { code: 3, meaning: 'drift and nothing else (only with --detailed-exitcode)' },
  waiting: { code: 9, meaning: 'waiting for a person, and nothing else left to do (only with --fail-on-waiting)' },
  done: { code: 0, meaning: 'done, or nothing to do' },
  failure: { code: 1, meaning: 'failure not named elsewhere' },
  interrupted: { code: 130, meaning: 'interrupted by SIGINT, journal intact' },
  terminated: { code: 143, meaning: 'interrupted by SIGTERM, journal intact' },
} as const;

export type ExitReason = keyof typeof EXIT_CODES;
