import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import type { CommandName, Parsed, ParsedCommand } from './table.js';

type Body<Name extends CommandName> = (runtime: Runtime, parsed: Parsed<Name>) => Promise<ExitReason> | ExitReason;

/** Command -> how its body is loaded: a command pays for nothing but itself when it starts. */
const BODIES: { readonly [Name in CommandName]: () => Promise<Body<Name>> } = {
  validate: async () => (await import('./validate.js')).validateCommand,
  plan: async () => (await import('./plan.js')).planCommand,
  show: async () => (await import('./show.js')).showCommand,
  status: async () => (await import('./status.js')).statusCommand,
  drift: async () => (await import('./drift.js')).driftCommand,
  why: async () => (await import('./why.js')).whyCommand,
  history: async () => (await import('./history.js')).historyCommand,
  apply: async () => (await import('./apply.js')).applyCommand,
  rotate: async () => (await import('./rotate.js')).rotateCommand,
  recover: async () => (await import('./recover.js')).recoverCommand,
  adopt: async () => (await import('./adopt.js')).adoptCommand,
  unlock: async () => (await import('./unlock.js')).unlockCommand,
  init: async () => (await import('./setup.js')).initCommand,
  explain: async () => (await import('./setup.js')).explainCommand,
  schema: async () => (await import('./setup.js')).schemaCommand,
  completion: async () => (await import('./setup.js')).completionCommand,
  version: async () => (await import('./setup.js')).versionCommand,
  help: async () => (await import('./setup.js')).helpCommand,
  sandbox: async () => (await import('./sandbox.js')).sandboxCommand,
};

/** Runs the command that was parsed. */
export async function dispatch(runtime: Runtime, parsed: ParsedCommand): Promise<ExitReason> {
  // The table is keyed by the command's own name, so the body fits the parsed form; the compiler cannot see that two unions agree.
  const body = (await BODIES[parsed.command]()) as Body<CommandName>;
  return body(runtime, parsed);
}
