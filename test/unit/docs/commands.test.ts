import { expect } from 'chai';
import { parseArguments } from '../../../src/commands/arguments.js';
import { COMMAND_NAMES } from '../../../src/commands/table.js';
import { blocksOf, inlineCode, type Page, pages } from './pages.js';

/** What stands for a value in prose. */
const PLACEHOLDERS: { readonly [name: string]: string } = { ID: 'some/id', SHELL: 'bash', COMMAND: 'plan' };

/** Command lines of keyturn in blocks of shell and in code inside the text. */
function commandLines(page: Page): readonly string[] {
  const inBlocks = blocksOf(page)
    .filter(({ language }) => ['sh', 'text'].includes(language))
    .flatMap(({ language, text }) => text.split('\n').map((line) => (language === 'sh' ? `$ ${line}` : line)))
    .flatMap((line) => /^\$ (?:[A-Z_]+=\S+ )*(?:source <\()?(keyturn [^|>)]*)/.exec(line)?.[1] ?? []);
  const inText = inlineCode(page).filter((code) => /^keyturn [a-z-]/.test(code));
  // How a command is used, with brackets round what may be left out, is no command line.
  return [...inBlocks, ...inText].filter((line) => !/\[[A-Z]+\]/.test(line));
}

/** Words as a shell makes them, comments left out; quotes keep words together. */
function wordsOf(line: string): readonly string[] {
  const words = line.replace(/\s#.*$/, '').match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  return words
    .map((word) => word.replace(/^(['"])(.*)\1$/, '$2'))
    .map((word) => PLACEHOLDERS[word] ?? word)
    .map((word) => (word.startsWith('$') ? 'ab'.repeat(32) : word));
}

function refused(line: string): readonly string[] {
  const parsed = parseArguments(wordsOf(line).slice(1));
  return parsed.ok ? [] : [`${line}: ${parsed.diagnostics.map(({ summary }) => summary).join('; ')}`];
}

describe('[U] command lines in documents', () => {
  for (const page of pages()) {
    it(`of ${page.path} are understood`, () => {
      expect(commandLines(page).flatMap(refused)).to.deep.equal([]);
    });
  }

  it('are seen by this test at all, and a wrong one is refused', () => {
    const found = new Set(
      pages()
        .flatMap(commandLines)
        .map((line) => wordsOf(line)[1]),
    );
    expect(COMMAND_NAMES.filter((name) => !found.has(name))).to.deep.equal([]);
    expect(refused('keyturn plan --no-such-flag')).to.have.length(1);
  });
});
