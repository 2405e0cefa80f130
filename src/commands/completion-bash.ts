import { COMMAND_NAMES, commandSpec, type ArgumentSpec } from './table.js';
import { FLAGS, flagSpec, type FlagName, type FlagSpec } from './table-flags.js';

const FLAG_NAMES = Object.keys(FLAGS) as readonly FlagName[];

const HEAD = String.raw`# bash completion for keyturn; load it with: source <(keyturn completion bash)
_keyturn() {
  local cur="${'${COMP_WORDS[COMP_CWORD]}'}" prev="${'${COMP_WORDS[COMP_CWORD-1]}'}" command="" words="" flags="" i
  # bash splits --flag=value into three words
  if [[ $cur == "=" ]]; then
    cur=""
  elif [[ $prev == "=" && $COMP_CWORD -gt 1 ]]; then
    prev="${'${COMP_WORDS[COMP_CWORD-2]}'}"
  fi
  local IFS=$'\n'
  case "$prev" in`;

const MIDDLE = String.raw`  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${'${COMP_WORDS[i-1]}'}" in @VALUE_FLAGS@) continue ;; esac
    case "${'${COMP_WORDS[i]}'}" in
      -*|=) ;;
      *) if [[ -z $command ]]; then command="${'${COMP_WORDS[i]}'}"; fi ;;
    esac
  done
  case "$command" in`;

const TAIL = String.raw`  esac
  if [[ $cur == -* ]]; then words="$flags"; fi
  IFS=$' \n'
  COMPREPLY=( $(compgen -W "$words" -- "$cur") )
}
complete -F _keyturn keyturn
`;

/** For bash 3.2 and later. */
export function bashCompletion(): string {
  const values = FLAG_NAMES.flatMap((name) => valueCase(name, flagSpec(name)));
  const commands = COMMAND_NAMES.map((name) => {
    const { args, flags } = commandSpec(name);
    return `    ${name}) words="${argumentWords(args)}"; flags="${flagWords(flags)}"${argumentFiles(args)} ;;`;
  });
  const none = `    "") words="${COMMAND_NAMES.join(' ')}"; flags="--help --version" ;;`;
  const valueFlags = FLAG_NAMES.flatMap((name) => (flagSpec(name).type === 'boolean' ? [] : [`--${name}`, `-${name}`]));
  const middle = MIDDLE.replace('@VALUE_FLAGS@', ['=', ...valueFlags].join('|'));
  return [HEAD, ...values, middle, none, ...commands, TAIL].join('\n');
}

/** What follows a flag that takes a value. */
function valueCase(name: FlagName, spec: FlagSpec): readonly string[] {
  if (spec.type === 'boolean') return [];
  return [`    --${name}|-${name}) ${valueWords(spec)}return ;;`];
}

function valueWords(spec: FlagSpec): string {
  if (spec.choices !== undefined)
    return `IFS=$' \\n'; COMPREPLY=( $(compgen -W "${spec.choices.join(' ')}" -- "$cur") ); `;
  return spec.completes === undefined ? '' : `${files(spec.completes)}; `;
}

function files(what: 'file' | 'folder'): string {
  return `compopt -o filenames 2>/dev/null; COMPREPLY=( $(compgen -${what === 'file' ? 'f' : 'd'} -- "$cur") )`;
}

function argumentWords(args: readonly ArgumentSpec[]): string {
  const [arg] = args;
  if (arg?.completes === 'command') return COMMAND_NAMES.join(' ');
  return arg?.choices?.join(' ') ?? '';
}

function argumentFiles(args: readonly ArgumentSpec[]): string {
  const what = args[0]?.completes;
  if (what !== 'file' && what !== 'folder') return '';
  return `; if [[ $cur != -* ]]; then ${files(what)}; return; fi`;
}

function flagWords(flags: readonly FlagName[]): string {
  return [...flags.map((flag) => `--${flag}`), '--help'].join(' ');
}
