import { COMMAND_NAMES, commandSpec, type ArgumentSpec, type CommandName } from './table.js';
import { flagSpec, type FlagName } from './table-flags.js';

/** For fish: `keyturn completion fish | source`. */
export function fishCompletion(): string {
  const commands = COMMAND_NAMES.map(
    (name) => `complete -c keyturn -n __fish_use_subcommand -a ${name} -d ${quoted(commandSpec(name).summary)}`,
  );
  const details = COMMAND_NAMES.flatMap((name) => {
    const { args, flags } = commandSpec(name);
    return [...args.flatMap((arg) => argumentLines(name, arg)), ...flags.map((flag) => flagLine(name, flag))];
  });
  return [
    '# fish completion for keyturn; load it with: keyturn completion fish | source',
    'complete -c keyturn -f',
    "complete -c keyturn -n __fish_use_subcommand -l version -d 'print the version'",
    "complete -c keyturn -l help -s h -d 'print help'",
    ...commands,
    ...details,
    '',
  ].join('\n');
}

function when(name: CommandName): string {
  return `complete -c keyturn -n '__fish_seen_subcommand_from ${name}'`;
}

function flagLine(name: CommandName, flag: FlagName): string {
  const { type, help, choices, completes } = flagSpec(flag);
  const value = type === 'boolean' ? '' : ` ${valueOf(choices, completes)}`;
  return `${when(name)} -l ${flag}${value} -d ${quoted(help)}`;
}

function argumentLines(name: CommandName, arg: ArgumentSpec): readonly string[] {
  if (arg.completes === 'command') return [`${when(name)} -a ${quoted(COMMAND_NAMES.join(' '))}`];
  if (arg.choices !== undefined) return [`${when(name)} -a ${quoted(arg.choices.join(' '))}`];
  if (arg.completes === undefined) return [];
  return [`${when(name)} ${arg.completes === 'file' ? '-F' : "-a '(__fish_complete_directories)'"}`];
}

/** -x: takes a value, and files are none of the choices. */
function valueOf(choices: readonly string[] | undefined, completes: 'file' | 'folder' | undefined): string {
  if (choices !== undefined) return `-x -a ${quoted(choices.join(' '))}`;
  if (completes === undefined) return '-x';
  return completes === 'file' ? '-r -F' : "-x -a '(__fish_complete_directories)'";
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
}
