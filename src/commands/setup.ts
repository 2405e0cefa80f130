import { failure } from '../app/failure.js';
import { writeStarter } from '../app/starter.js';
import { schemaText } from '../app/schemas.js';
import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { jsonDocument } from '../views/json/json-text.js';
import { versionOutput } from '../views/json/outputs.js';
import { completionScript, isShell } from './completion.js';
import { explain } from './explain.js';
import { renderHelp } from './help.js';
import { humanOptions, printFailure } from './print.js';
import { isCommand, type Parsed } from './table.js';

/* Commands that touch neither Vault nor a cluster. */

export function helpCommand(runtime: Runtime, { args, flags }: Parsed<'help'>): ExitReason {
  const { width } = humanOptions(runtime, flags, runtime.out);
  const name = args.command;
  runtime.out.write(renderHelp(name !== undefined && isCommand(name) ? name : undefined, { width }));
  return 'done';
}

export function versionCommand(runtime: Runtime, { flags }: Parsed<'version'>): ExitReason {
  const { version, platform, node } = runtime;
  runtime.out.write(flags.json ? jsonDocument(versionOutput({ version, node, platform })) : `keyturn ${version}\n`);
  return 'done';
}

export function explainCommand(runtime: Runtime, { args, flags }: Parsed<'explain'>): ExitReason {
  const { width } = humanOptions(runtime, flags, runtime.out);
  const found = explain(args.code, { width });
  if (found.ok) {
    runtime.out.write(found.text);
    return 'done';
  }
  const action =
    found.nearest === undefined
      ? 'Codes look like KT3001; exit codes are numbers'
      : `Did you mean \`${found.nearest}\`?`;
  return printFailure(
    runtime,
    flags,
    failure('usage', [{ severity: 'error', code: 'KT2123', summary: `there is no code \`${args.code}\``, action }]),
  );
}

export function completionCommand(runtime: Runtime, { args }: Parsed<'completion'>): ExitReason {
  if (isShell(args.shell)) runtime.out.write(completionScript(args.shell));
  return 'done';
}

export function schemaCommand(runtime: Runtime, { args }: Parsed<'schema'>): ExitReason {
  const found = schemaText(args.name);
  if (found.ok) {
    runtime.out.write(found.text);
    return 'done';
  }
  const action = `Names: ${found.names.join(', ')}`;
  return printFailure(
    runtime,
    {},
    failure('usage', [
      { severity: 'error', code: 'KT2124', summary: `there is no schema \`${args.name ?? ''}\``, action },
    ]),
  );
}

export async function initCommand(runtime: Runtime, { args, flags }: Parsed<'init'>): Promise<ExitReason> {
  const folder = args.folder ?? 'policies';
  const written = await writeStarter(runtime, folder);
  if (!written.ok) return printFailure(runtime, flags, written);
  runtime.out.write(
    `${written.files.map((file) => `wrote ${file}`).join('\n')}\nNext: look at them, then: keyturn validate --policies ${folder}\n`,
  );
  return 'done';
}
