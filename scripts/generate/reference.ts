import { commandsMarkdown } from '../../src/commands/help-markdown.js';
import { COMMAND_NAMES, commandSpec } from '../../src/commands/table.js';
import { CATALOGUE, type DiagnosticCode } from '../../src/domain/catalogue.js';
import { EXIT_CODES, type ExitReason } from '../../src/domain/exit-codes.js';
import { registryOf } from '../../src/formats/registry.js';
import type { JsonObject } from '../../src/domain/json.js';
import { keysTable } from './keys.js';
import { allRotators, kindsMarkdown } from './kinds.js';
import { page, sentence, table } from './markdown.js';

/** Page -> what it is and how it is made. */
const PAGES: { readonly [name: string]: { readonly about: string; readonly make: () => string } } = {
  commands: { about: 'every command with its flags, exit codes and examples', make: commandsMarkdown },
  'exit-codes': { about: 'what each exit code means and who ends with it', make: exitCodes },
  diagnostics: { about: 'every KT code: why it is a problem and what to do', make: diagnostics },
  policy: { about: 'the keys of a policy, whatever its kind', make: () => file(POLICY) },
  kinds: { about: 'what each kind can do, its own keys, its steps', make: kindsMarkdown },
  schedules: { about: 'the keys of schedules.yaml', make: () => file(SCHEDULES) },
  settings: { about: 'the keys of keyturn.yaml', make: () => file(SETTINGS) },
};

/** All pages of docs/reference, made from the tables, schemas and rotators of the program. */
export const reference = {
  folder: 'docs/reference',
  ending: '.md',
  files: (): ReadonlyMap<string, string> =>
    new Map([
      ['docs/reference/README.md', contents()],
      ...Object.entries(PAGES).map(([name, { make }]) => [`docs/reference/${name}.md`, make()] as const),
    ]),
};

function contents(): string {
  const lines = Object.entries(PAGES).map(([name, { about }]) => `- [${name}](${name}.md): ${about}`);
  return page(
    '# Reference',
    'Made by `npm run generate` from the program itself, and checked unchanged by `npm run check`. Do not edit these pages.',
    lines.join('\n'),
    'JSON Schemas of every file and JSON output are in [schemas](../../schemas); `keyturn schema NAME` prints them.',
  );
}

function exitCodes(): string {
  const reasons = Object.keys(EXIT_CODES) as ExitReason[];
  const rows = reasons.map((reason) => [
    String(EXIT_CODES[reason].code),
    sentence(EXIT_CODES[reason].meaning),
    enders(reason),
  ]);
  return page(
    '# Exit codes',
    'The first that applies, in this order. `keyturn explain 4` tells about one.',
    table(['Code', 'Meaning', 'Commands'], rows),
  );
}

function enders(reason: ExitReason): string {
  if (reason === 'usage' || reason === 'failure') return 'all';
  const names = COMMAND_NAMES.filter((name) => commandSpec(name).exits.includes(reason));
  return names.length === COMMAND_NAMES.length ? 'all' : names.join(', ');
}

const GROUPS: { readonly [digit: string]: string } = {
  1: 'Policies, settings and other files in git',
  2: 'The command line, settings of a run, login, servers',
  3: 'Plan and approval',
  4: 'Pre-flight: what keeps a change from being begun',
  5: 'State in Vault',
  6: 'Saved plan files and outputs',
};

function diagnostics(): string {
  const codes = (Object.keys(CATALOGUE) as DiagnosticCode[]).toSorted();
  const sections = Object.entries(GROUPS).flatMap(([digit, title]) => [
    `## ${title}`,
    ...codes
      .filter((known) => known.startsWith(`KT${digit}`))
      .map((known) => `### ${known}\n\n**${sentence(CATALOGUE[known].title)}** ${CATALOGUE[known].explanation}`),
  ]);
  return page('# Diagnostics', 'Codes are stable. `keyturn explain KT3001` tells about one.', ...sections);
}

interface File {
  readonly schema: string;
  readonly title: string;
  readonly about: string;
}

const POLICY: File = {
  schema: 'policy-common',
  title: 'Policies',
  about:
    'One YAML document describes one secret; a file may hold several. Keys below `spec` belong to the kind: see [kinds.md](kinds.md).',
};
const SCHEDULES: File = {
  schema: 'schedules',
  title: 'Schedules',
  about: 'Schedules, windows and freezes of an inventory, usually in `schedules.yaml`.',
};
const SETTINGS: File = {
  schema: 'settings',
  title: 'Settings',
  about: 'Settings of an inventory, in `keyturn.yaml`. Flags and environment variables override them.',
};

const UNITS =
  'A duration is a sum of whole `w d h m s`, from large to small: `90d`, `1w2d`, `300s`. Unknown keys are errors. *Required* counts inside the mapping that the key belongs to.';

function file({ schema, title, about }: File): string {
  const make = registryOf(allRotators()).get(schema);
  const found: JsonObject = make === undefined ? {} : make();
  return page(`# ${title}`, about, UNITS, keysTable(found));
}
