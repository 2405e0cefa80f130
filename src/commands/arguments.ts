import type { Diagnostic } from '../domain/diagnostic.js';
import { secretId } from '../domain/ids.js';
import { nearest } from '../domain/nearest.js';
import { tokensOf, type Token } from './arguments-tokens.js';
import { absentValue, choice, flagValue, type FlagValue } from './arguments-values.js';
import {
  camelName,
  COMMAND_NAMES,
  COMMANDS,
  commandSpec,
  isCommand,
  type ArgumentSpec,
  type CommandName,
  type ParsedCommand,
} from './table.js';
import { FLAGS, flagSpec, type FlagName } from './table-flags.js';

export type ParseResult =
  | ({ readonly ok: true } & ParsedCommand)
  | {
      readonly ok: false;
      /** Everything that is wrong, at once; the exit code is 64. */
      readonly diagnostics: readonly Diagnostic[];
      /** `--json` was there: whoever reads the output expects JSON. */
      readonly json: boolean;
    };

/**
 * Reads a command line (without the program's own name). `--help` anywhere gives the command `help`, `--version` without a command gives `version`. Environment
 * variables are not looked at: which of them stand in for a flag is in the table.
 */
export function parseArguments(argv: readonly string[]): ParseResult {
  const tokens = tokensOf(argv);
  const words = tokens.flatMap((token) => (token.type === 'word' ? [token.text] : []));
  const json = tokens.some((token) => token.type === 'flag' && token.name === 'json' && token.value !== 'false');
  const called = calledCommand(tokens, words);
  if (!called.ok) return { ok: false, diagnostics: [called.diagnostic], json };
  const { command, args } = called;
  if (called.help)
    return { ok: true, command: 'help', args: { command }, flags: { noColor: hasFlag(tokens, 'no-color') } };
  const given = givenFlags(command, tokens);
  const named = namedArguments(command, args);
  const diagnostics = [
    ...named.diagnostics,
    ...given.diagnostics,
    ...ruleDiagnostics(command, named.args, given.flags),
  ];
  if (diagnostics.length > 0) return { ok: false, diagnostics, json };
  return { ok: true, command, args: named.args, flags: given.flags } as ParseResult;
}

type Called =
  | { readonly ok: true; readonly command: CommandName; readonly args: readonly string[]; readonly help: boolean }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

function calledCommand(tokens: readonly Token[], words: readonly string[]): Called {
  const [name, ...args] = words;
  const help = tokens.some((token) => token.type === 'help');
  if (name === undefined) {
    const version = tokens.some((token) => token.type === 'version');
    if (help || version) return { ok: true, command: help ? 'help' : 'version', args: [], help: false };
    return { ok: false, diagnostic: problem('KT2101', 'no command is given', 'keyturn help') };
  }
  if (isCommand(name)) return { ok: true, command: name, args, help };
  return { ok: false, diagnostic: unknownCommand(name) };
}

function unknownCommand(name: string): Diagnostic {
  const near = nearest(name, COMMAND_NAMES);
  return problem('KT2101', `no command \`${name}\``, near === undefined ? 'keyturn help' : `did you mean \`${near}\`?`);
}

function hasFlag(tokens: readonly Token[], name: FlagName): boolean {
  return tokens.some((token) => token.type === 'flag' && token.name === name && token.value !== 'false');
}

interface Given {
  /** Only those that the command has. */
  readonly flags: { readonly [camelName: string]: FlagValue };
  readonly diagnostics: readonly Diagnostic[];
}

function givenFlags(command: CommandName, tokens: readonly Token[]): Given {
  const spec = commandSpec(command);
  const flags: { [camelName: string]: FlagValue } = {};
  const diagnostics = tokens.flatMap((token) => strayFlag(command, token));
  for (const name of spec.flags) {
    const texts = tokens.flatMap((token) => (token.type === 'flag' && token.name === name ? [token.value] : []));
    const result = texts.length === 0 ? ({ ok: true, value: absentValue(name) } as const) : flagValue(name, texts);
    if (result.ok) flags[camelName(name)] = result.value;
    else diagnostics.push(result.diagnostic);
  }
  return { flags, diagnostics };
}

/** A flag that the command does not have: known elsewhere, or nowhere. */
function strayFlag(command: CommandName, token: Token): readonly Diagnostic[] {
  const { flags } = commandSpec(command);
  if (token.type === 'flag' && !flags.includes(token.name)) {
    const owners = COMMAND_NAMES.filter((name) => commandSpec(name).flags.includes(token.name));
    return [
      {
        ...problem('KT2102', `\`${command}\` has no flag \`--${token.name}\``, `keyturn help ${command}`),
        detail: `It belongs to ${owners.join(', ')}.`,
      },
    ];
  }
  if (token.type === 'version' && command !== 'version')
    return [problem('KT2102', `\`${command}\` has no flag \`--version\``, 'keyturn --version')];
  if (token.type !== 'unknown') return [];
  const near = nearest(token.name, flags) ?? nearest(token.name, Object.keys(FLAGS));
  return [
    problem(
      'KT2102',
      `no flag \`--${token.name}\``,
      near === undefined ? `keyturn help ${command}` : `did you mean \`--${near}\`?`,
    ),
  ];
}

interface NamedArguments {
  readonly args: { readonly [name: string]: string | undefined };
  readonly diagnostics: readonly Diagnostic[];
}

function namedArguments(command: CommandName, words: readonly string[]): NamedArguments {
  const { args: specs } = commandSpec(command);
  const args: { [name: string]: string | undefined } = {};
  const diagnostics: Diagnostic[] = [];
  for (const [i, spec] of specs.entries()) {
    args[spec.name] = words[i];
    diagnostics.push(...argumentProblems(command, spec, words[i]));
  }
  for (const text of words.slice(specs.length)) {
    diagnostics.push(problem('KT2106', `\`${command}\` has no use for \`${text}\``, `keyturn help ${command}`));
  }
  return { args, diagnostics };
}

function argumentProblems(command: CommandName, spec: ArgumentSpec, text: string | undefined): readonly Diagnostic[] {
  if (text === undefined) {
    return spec.required
      ? [problem('KT2105', `\`${command}\` needs ${spec.value}: ${spec.help}`, `keyturn help ${command}`)]
      : [];
  }
  if (text === '') return [problem('KT2110', `${spec.value} is empty`)];
  if (spec.name === 'id' && secretId(text) === undefined) {
    return [problem('KT2120', `\`${text}\` is not the id of a secret`, 'keyturn status')];
  }
  const result = spec.choices === undefined ? undefined : choice(spec.value, text, spec.choices);
  return result === undefined || result.ok ? [] : [result.diagnostic];
}

/** What no single flag or argument shows. */
function ruleDiagnostics(
  command: CommandName,
  args: NamedArguments['args'],
  flags: Given['flags'],
): readonly Diagnostic[] {
  const saved = command === 'apply' && args['planfile'] !== undefined;
  return [
    ...(saved ? COMMANDS.apply.flags.flatMap((name) => planningFlag(name, flags)) : []),
    ...(saved ? [] : unapproved(command, flags)),
    ...(command === 'help' ? unknownTopic(args['command']) : []),
  ];
}

/** Whoever reads JSON answers no prompt. */
function unapproved(command: CommandName, flags: Given['flags']): readonly Diagnostic[] {
  if (flags['json'] !== true || flags['autoApprove'] !== false) return [];
  const action = command === 'apply' ? 'name a plan file, or add --auto-approve' : 'add --auto-approve';
  return [problem('KT2109', `\`${command} --json\` cannot ask before it changes anything`, action)];
}

function unknownTopic(name: string | undefined): readonly Diagnostic[] {
  return name === undefined || isCommand(name) ? [] : [unknownCommand(name)];
}

function planningFlag(name: FlagName, flags: Given['flags']): readonly Diagnostic[] {
  const value = flags[camelName(name)];
  const given = value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
  if (!given || flagSpec(name).planning !== true) return [];
  return [problem('KT2107', `\`--${name}\` stands beside a plan file`, `leave it out, or make a new plan with it`)];
}

function problem(code: Diagnostic['code'], summary: string, action?: string): Diagnostic {
  return { severity: 'error', code, summary, ...(action !== undefined && { action }) };
}
