import { expect } from 'chai';

import { parseArguments } from '../../../src/commands/arguments.js';
import { completionScript, isShell, SHELLS } from '../../../src/commands/completion.js';
import { explain } from '../../../src/commands/explain.js';
import { commandsMarkdown } from '../../../src/commands/help-markdown.js';
import { renderHelp } from '../../../src/commands/help.js';
import { camelName, COMMAND_NAMES, commandSpec } from '../../../src/commands/table.js';
import { FLAGS, flagSpec, type FlagName } from '../../../src/commands/table-flags.js';
import { CATALOGUE } from '../../../src/domain/catalogue.js';
import { EXIT_CODES } from '../../../src/domain/exit-codes.js';

const FLAG_NAMES = Object.keys(FLAGS) as readonly FlagName[];

describe('[U] the table of commands', () => {
  it('has no flag that no command has', () => {
    const used = new Set(COMMAND_NAMES.flatMap((name) => commandSpec(name).flags));
    expect(FLAG_NAMES.filter((name) => !used.has(name))).to.deep.equal([]);
  });

  it('gives every flag with a value a name for it, and booleans none', () => {
    for (const name of FLAG_NAMES)
      expect(flagSpec(name).value === undefined, name).to.equal(flagSpec(name).type === 'boolean');
  });

  it('lists no flag, argument or exit code twice, and no optional argument before a required one', () => {
    for (const name of COMMAND_NAMES) {
      const { args, flags, exits } = commandSpec(name);
      for (const list of [flags, exits, args.map((arg) => arg.name)])
        expect(new Set(list).size, name).to.equal(list.length);
      const optional = args.findIndex((arg) => !arg.required);
      expect(
        args.slice(optional === -1 ? args.length : optional).some((arg) => arg.required),
        name,
      ).to.equal(false);
    }
  });

  it('has no two flags of one name in code', () => {
    expect(new Set(FLAG_NAMES.map(camelName)).size).to.equal(FLAG_NAMES.length);
  });

  it('has only examples that the parser accepts', () => {
    for (const name of COMMAND_NAMES) {
      for (const { command } of commandSpec(name).examples) {
        const line = /keyturn ([^)]*)/.exec(command)?.[1] ?? '';
        const digest = line.replace('"$APPROVED"', 'ab'.repeat(32)).replaceAll("'", '');
        expect(parseArguments(digest.split(' ')), command).to.include({ ok: true, command: name });
      }
    }
  });

  it('reaches every exit code but those of the program itself', () => {
    const reached = new Set(COMMAND_NAMES.flatMap((name) => commandSpec(name).exits));
    const rest = Object.keys(EXIT_CODES).filter((reason) => !reached.has(reason as keyof typeof EXIT_CODES));
    expect(rest.sort()).to.deep.equal(['failure', 'usage']);
  });
});

describe('[U] help', () => {
  it('names every command and every exit code', () => {
    const text = renderHelp(undefined, { width: 80 });
    for (const name of COMMAND_NAMES) expect(text).to.match(new RegExp(`^  ${name} `, 'm'));
    for (const { code, meaning } of Object.values(EXIT_CODES)) {
      expect(text.replace(/\n\s+/g, ' ')).to.match(
        new RegExp(`\\b${code} +${meaning.replace(/[()]/g, String.raw`\$&`)}`),
      );
    }
  });

  it('of a command names its arguments, flags, exit codes and examples', () => {
    for (const name of COMMAND_NAMES) {
      const text = renderHelp(name, { width: 80 });
      const spec = commandSpec(name);
      for (const arg of spec.args) expect(text).to.match(new RegExp(`^  ${arg.value} `, 'm'));
      for (const flag of spec.flags) expect(text).to.match(new RegExp(`^  --${flag}\\b`, 'm'));
      for (const reason of spec.exits) expect(text).to.match(new RegExp(`^  ${EXIT_CODES[reason].code} `, 'm'));
      for (const { command } of spec.examples) expect(text).to.include(`\n  ${command}\n`);
    }
  });

  it('keeps to the width but for examples and names', () => {
    for (const width of [60, 80, 120]) {
      for (const name of [undefined, ...COMMAND_NAMES]) {
        const long = renderHelp(name, { width })
          .split('\n')
          .filter((line) => line.length > width && !line.startsWith('  keyturn'));
        expect(long, `${name} at ${width}`).to.deep.equal([]);
      }
    }
  });
});

describe('[U] the reference page of commands', () => {
  it('has a section for every command and a row for every flag', () => {
    const text = commandsMarkdown();
    for (const name of COMMAND_NAMES) expect(text).to.include(`\n### ${name}\n`);
    for (const name of FLAG_NAMES) expect(text).to.include(`| \`--${name}`);
    for (const { code } of Object.values(EXIT_CODES)) expect(text).to.include(`\n| ${code} | `);
  });

  it('has tables whose rows all have as many cells as the heading', () => {
    const rows = commandsMarkdown()
      .split('\n')
      .filter((line) => line.startsWith('|'));
    for (const row of rows) expect(row.replaceAll(String.raw`\|`, '').split('|'), row).to.have.lengthOf(4);
  });
});

describe('[U] explain', () => {
  it('knows every diagnostic, in any case', () => {
    for (const [code, { title }] of Object.entries(CATALOGUE)) {
      const found = explain(code.toLowerCase(), { width: 80 });
      expect(found.ok && found.text).to.match(new RegExp(`^${code}: `));
      expect(found.ok && found.text).to.include(title);
    }
  });

  it('knows every exit code and the commands that end with it', () => {
    for (const { code, meaning } of Object.values(EXIT_CODES)) {
      const found = explain(String(code), { width: 80 });
      expect(found.ok && found.text.split('\n')[0]).to.equal(`exit code ${code}: ${meaning}`);
    }
    const refused = explain('6', { width: 200 });
    expect(refused.ok && refused.text).to.include('Commands that can end with it: plan, apply.');
  });

  it('offers the nearest code where there is none of that name', () => {
    expect(explain('KT30001', { width: 80 })).to.deep.equal({ ok: false, nearest: 'KT3001' });
    expect(explain('nonsense-and-more', { width: 80 })).to.deep.equal({ ok: false });
  });
});

describe('[U] completion scripts', () => {
  for (const shell of SHELLS) {
    it(`for ${shell} know every command, flag and fixed value`, () => {
      const text = completionScript(shell);
      const words = new Set(text.split(/[^a-zA-Z-]+/).map((word) => word.replace(/^--?/, '')));
      for (const name of COMMAND_NAMES) expect(words.has(name), name).to.equal(true);
      for (const name of FLAG_NAMES) expect(words.has(name), name).to.equal(true);
      for (const choice of FLAGS['log-level'].choices) expect(words.has(choice), choice).to.equal(true);
      expect(text.endsWith('\n')).to.equal(true);
    });
  }

  it('exist for these shells and no others', () => {
    expect(isShell('bash')).to.equal(true);
    expect(isShell('powershell')).to.equal(false);
  });
});
