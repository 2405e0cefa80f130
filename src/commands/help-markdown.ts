import { EXIT_CODES, type ExitReason } from '../domain/exit-codes.js';
import { exitsOf, flagHelp, flagUsage, sentence, usageLine } from './help.js';
import { COMMAND_NAMES, commandSpec, GROUPS, type CommandName } from './table.js';

/** docs/reference/commands.md: every command with its arguments, flags, exit codes and examples, made from the table alone. */
export function commandsMarkdown(): string {
  const groups = (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).flatMap((group) => [
    `## ${GROUPS[group]}`,
    ...COMMAND_NAMES.filter((name) => commandSpec(name).group === group).flatMap(commandSection),
  ]);
  const parts = [
    '# Commands',
    'Made from the table that the parser and `keyturn help` use. Flags may be written with one dash, as in `-out=plan.json`.',
    ...groups,
    '## Exit codes',
    'The first that applies, in this order:',
    exitTable(Object.keys(EXIT_CODES) as ExitReason[]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function commandSection(name: CommandName): readonly string[] {
  const spec = commandSpec(name);
  const examples = spec.examples.map(({ command, says }) => `# ${says}\n${command}`).join('\n');
  const args = spec.args.map((arg) => [`\`${arg.value}\``, arg.help]);
  const flags = spec.flags.map((flag) => [`\`${flagUsage(flag)}\``, flagHelp(flag)]);
  return [
    `### ${name}`,
    `${sentence(spec.summary)} ${spec.description}`,
    `\`${usageLine(name, spec).replace('Usage: ', '')}\``,
    ...(args.length === 0 ? [] : [table(['Argument', 'Meaning'], args)]),
    ...(flags.length === 0 ? [] : [table(['Flag', 'Meaning'], flags)]),
    `Exit codes: ${exitsOf(spec)
      .map((reason) => EXIT_CODES[reason].code)
      .sort((a, b) => a - b)
      .join(', ')}.`,
    `\`\`\`sh\n${examples}\n\`\`\``,
  ];
}

function exitTable(reasons: readonly ExitReason[]): string {
  return table(
    ['Code', 'Meaning'],
    reasons.map((reason) => [String(EXIT_CODES[reason].code), EXIT_CODES[reason].meaning]),
  );
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}
