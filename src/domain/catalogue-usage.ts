/** KT21xx: the command line is wrong. Part of the catalogue; a file of its own because files are short here. */
export const USAGE_CATALOGUE = {
  KT2101: {
    title: 'no such command',
    explanation:
      'The first word that is not a flag names the command. `keyturn help` lists all of them; a command that is not listed does not exist in this version.',
  },
  KT2102: {
    title: 'no such flag',
    explanation:
      'Either no command has this flag, or not the one that was called. `keyturn help COMMAND` lists the flags of one. Two dashes or one are accepted: `--out` and `-out`.',
  },
  KT2103: {
    title: 'a flag lacks its value',
    explanation:
      'Write it behind a space or an equals sign: `--out plan.json` or `-out=plan.json`. A value that begins with a dash needs the equals sign.',
  },
  KT2104: {
    title: 'the value of a flag or argument is not understood',
    explanation:
      'Durations are sums such as `90s` or `1h30m`, times are RFC 3339 or a date, counts are whole numbers from 1, digests have all of their 64 hex digits.',
  },
  KT2105: {
    title: 'an argument is missing',
    explanation: 'The command works on something that has to be named. `keyturn help COMMAND` shows its arguments.',
  },
  KT2106: {
    title: 'too many arguments',
    explanation:
      'Something stands on the command line that the command has no use for. To name several secrets use `--target`, several times or with a pattern in quotes.',
  },
  KT2107: {
    title: 'a flag that decides the plan stands beside a plan file',
    explanation:
      'A saved plan is what was approved: what is in it was decided when it was made. Make a new plan with this flag, or leave the flag out.',
  },
  KT2108: {
    title: 'a flag is given more than once',
    explanation: 'Which one counts would be a guess. Only `--target` and `--exclude` may be given several times.',
  },
  KT2109: {
    title: 'JSON output needs an approval beforehand',
    explanation: 'With --json nobody is asked. Name a plan file, which is the approval, or give --auto-approve.',
  },
  KT2110: {
    title: 'an empty value',
    explanation: 'An empty text is most often a variable that is not set. Set it, or leave the flag or argument out.',
  },
  KT2120: {
    title: 'not the id of a secret',
    explanation:
      'Ids are segments of a-z, 0-9 and inner dashes, joined by "/", at most 200 characters, such as `ai-gateway/openai`. `keyturn status` lists them.',
  },
} as const;
