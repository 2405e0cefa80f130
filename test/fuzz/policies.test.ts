import { expect } from 'chai';
import * as fc from 'fast-check';
import { CATALOGUE } from '../../src/domain/catalogue.js';
import type { SourceRange } from '../../src/domain/diagnostic.js';
import type { ParsedPolicies } from '../../src/policy/parse.js';
import { figure } from '../support/figures.js';
import { lengthOf, SEED } from '../support/length.js';
import { load, parseTexts, policy, SCHEDULES } from '../unit/policy/support.js';

const RUNS = lengthOf(300, 20_000);
const VALID = `${SCHEDULES}---\n${policy('a/b', 'schedule: monthly\n')}`;

/** Pieces that parsers stumble over, put together in any order. */
const nasty = fc.constantFrom(
  '&a ',
  '*a',
  '!!js/function ',
  '!<tag:x> ',
  '<<: ',
  '{',
  '}',
  '[',
  ']',
  '- ',
  '? ',
  ': ',
  '|\n',
  '>-\n',
  '---\n',
  '...\n',
  '%YAML 9\n',
  '__proto__: {x: 1}\n',
  'constructor: 1\n',
  'id: a\nid: b\n',
  '9'.repeat(400),
  '-.inf',
  '.nan',
  '0x1_0',
  '\0',
  '\u{feff}',
  '\u{202e}',
  '\u{1b}[31m',
  '\u{9b}2J',
  '\t',
  '\r',
  '\n',
  '  ',
  '"',
  "'",
  '\\x',
  '\u{2028}',
  '\u{1f600}',
  'apiVersion: keyturn/v1\n',
  'kind: random\n',
);
const yamlish = fc.array(nasty, { maxLength: 40 }).map((parts) => parts.join(''));
const harmless = fc.constantFrom('\n', '# x\n', '\r\n', '');
const edited = fc
  .array(fc.record({ at: fc.nat(VALID.length), cut: fc.constantFrom(0, 0, 1, 20), piece: fc.oneof(nasty, harmless) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((edits) => edits.reduce((text, { at, cut, piece }) => text.slice(0, at) + piece + text.slice(at + cut), VALID));

function isWithin(source: SourceRange, sources: ReadonlyMap<string, string>): boolean {
  const lines = sources.get(source.file)?.split(/\r?\n/u);
  const line = lines?.[source.line - 1];
  return line !== undefined && source.column >= 1 && source.column <= line.length + 1;
}

/** What is wrong with the diagnostics themselves. */
function faultsOf({ diagnostics, sources, inventory }: ParsedPolicies): readonly string[] {
  return [
    ...diagnostics
      .filter(({ code }) => !Object.hasOwn(CATALOGUE, code))
      .map(({ code }) => `${code} is not in the catalogue`),
    ...diagnostics
      .filter(({ source }) => source !== undefined && sources.has(source.file) && !isWithin(source, sources))
      .map(({ code, source }) => `${code} points out of its text, at ${source?.line}:${source?.column}`),
    ...(inventory === undefined && diagnostics.length === 0 ? ['refused without a word'] : []),
  ];
}

describe('[U] fuzzed policies', function () {
  this.timeout(lengthOf(60_000, 3_600_000));
  before(load);

  for (const [name, texts] of Object.entries({
    'of nasty YAML pieces': yamlish,
    'made from good ones by edits': edited,
  })) {
    it(`${name} give diagnostics of the catalogue that point into their text`, () => {
      let refused = 0;
      fc.assert(
        fc.property(texts, (text) => {
          const parsed = parseTexts({ 'p.yaml': text });
          refused += parsed.inventory === undefined ? 1 : 0;
          expect(faultsOf(parsed)).to.deep.equal([]);
          expect(Object.hasOwn(Object.prototype, 'x'), 'a polluted prototype').to.equal(false);
        }),
        { numRuns: RUNS, seed: SEED },
      );
      figure(`${RUNS} texts ${name}, ${refused} refused (seed ${SEED})`);
      expect(refused, 'texts that were refused').to.be.greaterThan(0);
    });
  }

  it('would be caught with a foreign code, a place out of the text, or no word at all', () => {
    const good = parseTexts({ 'p.yaml': 'id: [' });
    const [first] = good.diagnostics;
    expect(faultsOf(good)).to.deep.equal([]);
    const source = { file: 'p.yaml', line: 99, column: 1, endLine: 99, endColumn: 2 };
    const broken = {
      ...good,
      diagnostics: good.diagnostics.map((item) => ({ ...item, code: 'KT0000' as typeof item.code, source })),
    };
    expect(first, 'a diagnostic').to.not.equal(undefined);
    expect(faultsOf(broken)).to.have.length(2 * good.diagnostics.length);
    expect(faultsOf({ ...good, diagnostics: [] })).to.deep.equal(['refused without a word']);
  });

  it('leave a good one good', () => {
    expect(parseTexts({ 'p.yaml': VALID }).inventory, 'the inventory').to.not.equal(undefined);
  });
});
