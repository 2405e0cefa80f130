import { COMMAND_NAMES, commandSpec, type ArgumentSpec } from './table.js';
import { flagSpec, type FlagName } from './table-flags.js';

/** For zsh, as a file `_keyturn` on fpath or by source. */
export function zshCompletion(): string {
  const commands = COMMAND_NAMES.map(
    (name) => `    ${quoted(`${name}:${commandSpec(name).summary.replaceAll(':', String.raw`\:`)}`)}`,
  );
  const cases = COMMAND_NAMES.flatMap((name) => {
    const { args, flags } = commandSpec(name);
    const specs = [...args.map(argumentSpec), ...flags.map(flagArgument), quoted('--help[help for this command]')];
    return [`    ${name})`, `      _arguments ${specs.join(' \\\n        ')} ;;`];
  });
  return [
    '#compdef keyturn',
    '# zsh completion for keyturn; load it with: source <(keyturn completion zsh)',
    '_keyturn() {',
    '  local -a commands',
    '  commands=(',
    ...commands,
    '  )',
    '  if (( CURRENT == 2 )); then',
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  local command=$words[2]',
    '  shift words',
    '  (( CURRENT-- ))',
    '  case $command in',
    ...cases,
    '  esac',
    '}',
    'if [[ $funcstack[1] == _keyturn ]]; then _keyturn "$@"; else compdef _keyturn keyturn; fi',
    '',
  ].join('\n');
}

/** `'--out=[save the plan]:FILE:_files'`; `*` where it may be given several times. */
function flagArgument(name: FlagName): string {
  const { type, help, value, choices, completes } = flagSpec(name);
  const text = `[${escaped(help)}]`;
  if (type === 'boolean') return quoted(`--${name}${text}`);
  const many = type === 'texts' ? '*' : '';
  return quoted(`${many}--${name}=${text}:${value ?? ''}:${action(choices, completes)}`);
}

function argumentSpec(arg: ArgumentSpec): string {
  const choices = arg.completes === 'command' ? COMMAND_NAMES : arg.choices;
  const completes = arg.completes === 'command' ? undefined : arg.completes;
  return quoted(`${arg.required ? ':' : '::'}${arg.value}:${action(choices, completes)}`);
}

function action(choices: readonly string[] | undefined, completes: 'file' | 'folder' | undefined): string {
  if (choices !== undefined) return `(${choices.join(' ')})`;
  if (completes === undefined) return ' ';
  return completes === 'file' ? '_files' : '_files -/';
}

function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, String.raw`\$&`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
