import { EXIT_CODES, type ExitReason } from '../domain/exit-codes.js';
import { wrapText } from '../views/human/width.js';
import { COMMAND_NAMES, commandSpec, GROUPS, type ArgumentSpec, type CommandName, type CommandSpec } from './table.js';
import { flagSpec, type FlagName } from './table-flags.js';

export interface HelpOptions {
  /** Columns. */
  readonly width: number;
}

const ABOUT =
  'keyturn keeps secrets rotated the way a declarative tool keeps infrastructure in shape: policies in git say what should be, plan shows what differs, apply carries it out.';

/** Help for the program or for one command. Made from the table alone; plain text that ends with a line feed. */
export function renderHelp(command: CommandName | undefined, options: HelpOptions): string {
  const sections = command === undefined ? programSections(options) : commandSections(command, options);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

type Section = readonly string[];

function programSections({ width }: HelpOptions): readonly Section[] {
  const groups = (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => [
    `${GROUPS[group]}:`,
    ...listed(
      COMMAND_NAMES.filter((name) => commandSpec(name).group === group).map((name) => [
        name,
        commandSpec(name).summary,
      ]),
      width,
    ),
  ]);
  return [
    ['Usage: keyturn COMMAND [ARGUMENT] [FLAGS]'],
    wrapped(ABOUT, width, 0),
    ...groups,
    ['Exit codes:', ...listed(exitItems(Object.keys(EXIT_CODES) as ExitReason[]), width)],
    wrapped(
      'keyturn help COMMAND tells more about one. Flags may be written with one dash, as in -out=plan.json.',
      width,
      0,
    ),
  ];
}

function commandSections(name: CommandName, { width }: HelpOptions): readonly Section[] {
  const spec = commandSpec(name);
  const args = spec.args.map((arg): Item => [arg.value, arg.help]);
  const flags = spec.flags.map((flag): Item => [flagUsage(flag), flagHelp(flag)]);
  const examples = spec.examples.flatMap(({ command, says }) => [`  ${command}`, ...wrapped(says, width, 6)]);
  return [
    [usageLine(name, spec)],
    wrapped(`${sentence(spec.summary)} ${spec.description}`, width, 0),
    ...(args.length === 0 ? [] : [['Arguments:', ...listed(args, width)]]),
    ...(flags.length === 0 ? [] : [['Flags:', ...listed(flags, width)]]),
    ['Exit codes:', ...listed(exitItems(exitsOf(spec)), width)],
    ['Examples:', ...examples],
  ];
}

/** `Usage: keyturn apply [PLANFILE] [FLAGS]`. */
export function usageLine(name: CommandName, spec: CommandSpec): string {
  const args = spec.args.map((arg: ArgumentSpec) => (arg.required ? ` ${arg.value}` : ` [${arg.value}]`)).join('');
  return `Usage: keyturn ${name}${args}${spec.flags.length === 0 ? '' : ' [FLAGS]'}`;
}

/** `--out FILE`. */
export function flagUsage(name: FlagName): string {
  const { value } = flagSpec(name);
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** The help of a flag with its choices, its variable and its default. */
export function flagHelp(name: FlagName): string {
  const { help, choices, env, default: fallback } = flagSpec(name);
  const notes = [
    ...(choices === undefined ? [] : [choices.join(', ')]),
    ...(env === undefined ? [] : [`or ${env}`]),
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
  ];
  return notes.length === 0 ? help : `${help} (${notes.join('; ')})`;
}

/** The codes of a command in the order of the table, with those that every command has. */
export function exitsOf(spec: CommandSpec): readonly ExitReason[] {
  const all = Object.keys(EXIT_CODES) as ExitReason[];
  return all.filter((reason) => reason === 'usage' || reason === 'failure' || spec.exits.includes(reason));
}

/** A fragment as a sentence. */
export function sentence(fragment: string): string {
  return `${fragment.slice(0, 1).toUpperCase()}${fragment.slice(1)}.`;
}

type Item = readonly [term: string, text: string];

function exitItems(reasons: readonly ExitReason[]): readonly Item[] {
  return reasons
    .map((reason): Item => [String(EXIT_CODES[reason].code), EXIT_CODES[reason].meaning])
    .sort(([a], [b]) => Number(a) - Number(b));
}

/** Longer terms stand on a line of their own. */
const LONGEST_TERM = 24;

function listed(items: readonly Item[], width: number): readonly string[] {
  const column = Math.max(...items.map(([term]) => (term.length > LONGEST_TERM ? 0 : term.length))) + 4;
  return items.flatMap(([term, text]) => {
    const [first = '', ...rest] = wrapped(text, width, column);
    if (term.length > LONGEST_TERM) return [`  ${term}`, first, ...rest];
    return [`  ${term.padEnd(column - 2)}${first.trimStart()}`, ...rest];
  });
}

function wrapped(text: string, width: number, indent: number): readonly string[] {
  return wrapText(text, Math.max(24, width - indent)).map((line) => ' '.repeat(indent) + line);
}
