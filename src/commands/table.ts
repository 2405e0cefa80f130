import type { ExitReason } from '../domain/exit-codes.js';
import { LOOKING_COMMANDS, SETUP_COMMANDS } from './table-looking.js';
import { CHANGING_COMMANDS } from './table-changing.js';
import type { FlagName, FLAGS } from './table-flags.js';

export interface ArgumentSpec {
  /** Name in the parsed result. */
  readonly name: string;
  /** Stands for it in help: `PLANFILE`. */
  readonly value: string;
  readonly required: boolean;
  readonly help: string;
  readonly choices?: readonly string[];
  readonly completes?: 'file' | 'folder' | 'command';
}

export interface CommandSpec {
  readonly group: 'look' | 'change' | 'setup';
  /** A fragment without a full stop: one line of the list of commands. */
  readonly summary: string;
  /** Sentences. */
  readonly description: string;
  readonly args: readonly ArgumentSpec[];
  readonly flags: readonly FlagName[];
  /** Exit codes that it can end with; `usage` and `failure` belong to every command and are not listed. */
  readonly exits: readonly ExitReason[];
  readonly examples: readonly { readonly command: string; readonly says: string }[];
}

/**
 * Every command that is built. The parser, help, completion and docs/reference/commands.md are made from this one table; a command or flag that is not
 * in it does not exist.
 */
export const COMMANDS = { ...LOOKING_COMMANDS, ...CHANGING_COMMANDS, ...SETUP_COMMANDS } as const satisfies {
  readonly [name: string]: CommandSpec;
};

export type CommandName = keyof typeof COMMANDS;
export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

/** The same table, typed by what any command has. */
export function commandSpec(name: CommandName): CommandSpec {
  return COMMANDS[name];
}

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

export const GROUPS: { readonly [group in CommandSpec['group']]: string } = {
  look: 'Look, and change nothing',
  change: 'Change secrets',
  setup: 'Set up and get help',
};

interface Values {
  readonly boolean: boolean;
  readonly text: string | undefined;
  readonly texts: readonly string[];
  readonly choice: string | undefined;
  readonly count: number | undefined;
  readonly duration: number | undefined;
  readonly instant: number | undefined;
  readonly digest: string | undefined;
}

type Camel<Name extends string> = Name extends `${infer Head}-${infer Rest}`
  ? `${Head}${Capitalize<Camel<Rest>>}`
  : Name;

/** The flags of a command, by camelCase name: `flags.detailedExitcode`. */
export type FlagsOf<Command extends CommandName> = {
  readonly [Name in (typeof COMMANDS)[Command]['flags'][number] as Camel<Name>]: Values[(typeof FLAGS)[Name]['type']];
};

type Named<Args extends readonly ArgumentSpec[]> = {
  readonly [Arg in Args[number] as Arg['name']]: Arg['required'] extends true ? string : string | undefined;
};
export type ArgsOf<Command extends CommandName> = Named<(typeof COMMANDS)[Command]['args']>;

/** A command line that was understood; `command` tells which arguments and flags there are. */
export type ParsedCommand = {
  readonly [Command in CommandName]: {
    readonly command: Command;
    readonly args: ArgsOf<Command>;
    readonly flags: FlagsOf<Command>;
  };
}[CommandName];

/** The parsed form of one command, for its body. */
export type Parsed<Command extends CommandName> = Extract<ParsedCommand, { readonly command: Command }>;

/** `detailedExitcode` for `detailed-exitcode`. */
export function camelName(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
