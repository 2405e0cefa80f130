import { expect } from 'chai';
import * as fc from 'fast-check';

import type { Diagnostic } from '../../../src/domain/diagnostic.js';
import { renderDiagnostics, renderValidation } from '../../../src/views/human/diagnostics.js';
import { characterWidth, textWidth } from '../../../src/views/human/width.js';
import { FORBIDDEN, HOSTILE, PLAIN, uncoloured } from './samples.js';

function at(line: number, column: number, endColumn: number, given: Partial<Diagnostic> = {}): Diagnostic {
  const source = { file: 'a.yaml', line, column, endLine: line, endColumn };
  return { severity: 'error', code: 'KT1001', summary: 'wrong', source, ...given };
}

function rendered(text: string, diagnostic: Diagnostic, width = 100): readonly string[] {
  return renderDiagnostics([diagnostic], new Map([['a.yaml', text]]), { ...PLAIN, width }).split('\n');
}

/** What stands in the columns above the carets. */
function marked(lines: readonly string[]): string {
  const below = lines.findIndex((line) => /\| +\^+/.test(line));
  const [from, to] = [lines[below]!.indexOf('^'), lines[below]!.lastIndexOf('^') + 1];
  let [column, inside] = [0, false];
  let text = '';
  for (const character of lines[below - 1]!) {
    // A combining mark belongs to the character before it.
    if (characterWidth(character) > 0) inside = column >= from && column < to;
    if (inside) text += character;
    column += characterWidth(character);
  }
  return text;
}

describe('[U] diagnostics', () => {
  it('are empty text for an empty list', () => {
    expect(renderDiagnostics([], new Map(), PLAIN)).to.equal('');
  });

  it('underline exactly the range', () => {
    expect(marked(rendered('kind: x\nscheduel: monthly\n', at(2, 1, 9)))).to.equal('scheduel');
  });

  it('underline behind tabs and wide characters', () => {
    expect(marked(rendered('\tlabels: { 团队: x, tier: gold }\n', at(1, 25, 29)))).to.equal('gold');
    expect(marked(rendered('a: { 团队: x }\n', at(1, 6, 8)))).to.equal('团队');
  });

  it('underline one column at the end of a line and of a file', () => {
    expect(marked(rendered('kind: x\n', at(1, 8, 8)))).to.equal('');
    expect(rendered('kind: x\n', at(2, 1, 1)).some((line) => line.endsWith('| ^'))).to.equal(true);
  });

  it('stay with the position where the file is shorter than it', () => {
    const lines = rendered('kind: x\n', at(99, 1, 2));
    expect(lines.slice(0, 3)).to.deep.equal(['error[KT1001]: wrong', '   --> a.yaml:99:1', '']);
  });

  it('cut a long line round the spot', () => {
    const line = `description: ${'x '.repeat(200)}HERE ${'y '.repeat(200)}`;
    const lines = rendered(line, at(1, line.indexOf('HERE') + 1, line.indexOf('HERE') + 5), 60);
    expect(marked(lines)).to.equal('HERE');
    for (const shown of lines) expect(textWidth(shown)).to.be.at.most(60);
  });

  it('count columns without a byte order mark and lines with CRLF as one', () => {
    expect(marked(rendered('\ufeffkind: x\r\nid: ab\r\n', at(2, 5, 7)))).to.equal('ab');
    expect(rendered('\ufeffkind: x\r\nid: ab\r\n', at(1, 1, 5)).join('\n')).not.to.match(/\\r|feff/);
  });

  it('do not show a credential that was pasted into a policy, and still mark its place', () => {
    const value = 'sk-litellm-0123456789abcdef0123456789abcdef';
    const line = `key: "${value}"`;
    const lines = rendered(
      line,
      at(1, 7, 7 + value.length, { summary: `\`${value}\` is written here`, detail: value }),
    );
    expect(lines.join('\n')).not.to.include('0123456789abcdef');
    expect(marked(lines)).to.equal('[looks like a credential]');
    expect(marked(rendered(line, at(1, 10, 12)))).to.equal('[looks like a credential]');
  });

  it('name the secret only where the summary does not', () => {
    const about = { severity: 'error', code: 'KT1001', id: 'a/b' } as const;
    expect(renderDiagnostics([{ ...about, summary: '`a/b` is wrong' }], new Map(), PLAIN)).not.to.include(
      'secret: a/b',
    );
    expect(renderDiagnostics([{ ...about, summary: 'wrong' }], new Map(), PLAIN)).to.include('= secret: a/b');
  });

  it('end with counts in the right number', () => {
    const warning = at(1, 1, 2, { severity: 'warning' });
    expect(renderDiagnostics([at(1, 1, 2)], new Map(), PLAIN)).to.match(/\n\n1 error\.\n$/);
    expect(renderDiagnostics([warning, warning, at(1, 1, 2)], new Map(), PLAIN)).to.match(
      /\n\n1 error, 2 warnings\.\n$/,
    );
  });

  it('tell a person, and no pipeline, where more is to be read', () => {
    const hint = 'keyturn explain KT1001';
    expect(renderDiagnostics([at(1, 1, 2)], new Map(), { ...PLAIN, automation: false })).to.include(hint);
    expect(renderDiagnostics([at(1, 1, 2)], new Map(), PLAIN)).not.to.include(hint);
  });

  it('say the same with colour as without', () => {
    const list = [
      at(1, 1, 5, {
        detail: 'more',
        action: 'keyturn help',
        related: [{ label: 'here', source: at(2, 1, 2).source! }],
      }),
    ];
    const sources = new Map([['a.yaml', 'kind: x\nid: y\n']]);
    const coloured = renderDiagnostics(list, sources, { ...PLAIN, colour: true });
    expect(uncoloured(coloured)).to.equal(renderDiagnostics(list, sources, PLAIN));
    expect(coloured).not.to.equal(uncoloured(coloured));
  });

  it('are safe to show whatever the files and messages hold', () => {
    const related = [{ label: HOSTILE, source: at(1, 1, 2).source! }];
    const list = [at(1, 1, 4, { summary: HOSTILE, detail: HOSTILE, action: HOSTILE, id: HOSTILE, related })];
    const text = renderDiagnostics(list, new Map([['a.yaml', HOSTILE]]), { ...PLAIN, unicode: false });
    expect(text).not.to.match(FORBIDDEN);
    expect(text).to.match(/^[\x20-\x7e\n]*$/);
  });

  it('mark the same characters at any place of any line', () => {
    const unit = fc.constantFrom('a', 'b', ' ', '\t', '团', '🔑', 'ü', 'e\u0301', ':');
    const line = fc.array(unit, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(line, fc.nat(29), fc.nat(29), (units, a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b) + 1];
        const before = units.slice(0, from).join('').length;
        const range = units.slice(from, to).join('');
        fc.pre(range.trim() !== '' && textWidth(range) > 0);
        const lines = rendered(units.join(''), at(1, before + 1, before + range.length + 1), 200);
        expect(marked(lines).trimEnd()).to.equal(range.replaceAll('\t', '    ').trimEnd());
      }),
    );
  }).timeout(20_000);
});

describe('[U] the verdict of validate', () => {
  const counts = { files: 1, secrets: 8 };

  it('is valid where there are only warnings', () => {
    const text = renderValidation([at(1, 1, 2, { severity: 'warning' })], new Map(), counts, PLAIN);
    expect(text).to.match(/1 warning\.\nValid: 8 secrets in 1 file\.\n$/);
  });

  it('is not valid where there is an error', () => {
    expect(renderValidation([at(1, 1, 2)], new Map(), counts, PLAIN)).to.match(/Not valid: 8 secrets in 1 file\.\n$/);
  });
});
