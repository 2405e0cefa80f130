import { expect } from 'chai';
import { CATALOGUE } from '../../../src/domain/catalogue.js';
import { POLICY_CATALOGUE } from '../../../src/domain/catalogue-policies.js';
import { CASES } from './cases.js';
import { bytes, lines, load, parse, parseTexts, policy } from './support.js';

describe('[U] the rules of policies', () => {
  before(load);

  for (const { name, files, problems } of CASES)
    it(`tell of ${name}`, () => {
      expect(lines(parseTexts(files))).to.deep.equal(problems);
    });

  it('have a case here for every code of the catalogue', () => {
    const told = new Set(CASES.flatMap(({ problems }) => problems.map((line) => /KT\d{4}/.exec(line)?.[0])));
    const elsewhere = new Set(['KT1002', 'KT1003', 'KT1004']);
    expect(Object.keys(POLICY_CATALOGUE).filter((code) => !told.has(code) && !elsewhere.has(code))).to.deep.equal([]);
  });

  it('name the secret that they are about', () => {
    const text = `${policy('a', 'grace: 1h\nx: 1\n')}---\n${policy('b').replace('id: b', 'id: B')}`;
    expect(parseTexts({ 'p.yaml': text }).diagnostics.map(({ id }) => id)).to.deep.equal(['a', 'a', undefined]);
  });

  it('say something that can be read and, of the catalogue, more', () => {
    for (const { name, files } of CASES)
      for (const { summary, code, action } of parseTexts(files).diagnostics) {
        expect(summary, name).to.match(/^[^.].*[^.]$/);
        expect(CATALOGUE[code].explanation.length, code).to.be.greaterThan(40);
        expect(action ?? 'x', name).to.match(/^[A-Z`x]/);
      }
  });
});

describe('[U] a cycle of dependencies', () => {
  before(load);

  it('is shown all the way round, from its smallest id', () => {
    const text = [policy('b', 'dependsOn: [c]\n'), policy('a', 'dependsOn: [b]\n'), policy('c', 'dependsOn: [a]\n')];
    const { diagnostics } = parseTexts({ 'p.yaml': text.join('---\n') });
    expect(diagnostics.map(({ detail }) => detail)).to.deep.equal(['`a` -> `b` -> `c` -> `a`']);
  });
});

describe('[U] files that cannot be read', () => {
  before(load);

  const problemsOf = (file: Parameters<typeof parse>[0][number]) => lines(parse([file])).join('\n');

  it('are named with the place of the first byte that is not UTF-8', () => {
    const text = bytes('apiVersion: keyturn/v1\nkind: caf');
    expect(problemsOf({ path: 'l1.yaml', bytes: Uint8Array.from([...text, 0xe9, 0x0a]) })).to.match(
      /^KT1002 l1.yaml:2:10/,
    );
    expect(problemsOf({ path: 'u16.yaml', bytes: Uint8Array.from([0xff, 0xfe, 0x61, 0x00]) })).to.match(
      /^KT1002 u16.yaml:1:1/,
    );
  });

  it('are refused by their size, whether or not they were read', () => {
    expect(problemsOf({ path: 'big.yaml', bytes: new Uint8Array(0), size: 1024 * 1024 + 1 })).to.match(
      /^KT1003 big.yaml:1:1/,
    );
    expect(problemsOf({ path: 'big.yaml', bytes: new Uint8Array(1024 * 1024 + 1).fill(0x20) })).to.match(
      /^KT1003 big.yaml:1:1/,
    );
    expect(problemsOf({ path: 'full.yaml', bytes: new Uint8Array(1024 * 1024).fill(0x20) })).to.equal('KT1209 -');
  });

  it('are refused where a link leads out of the folder', () => {
    expect(problemsOf({ path: 'link.yaml', bytes: new Uint8Array(0), escapes: true })).to.match(
      /^KT1004 link.yaml:1:1/,
    );
  });

  it('keep the rest from being called unknown', () => {
    const files = {
      'p.yaml': policy('a', 'schedule: monthly\ndependsOn: [b]\n'),
      's.yaml': 'kind: [\n',
      'keyturn.yaml': 'x: "\n',
    };
    expect(lines(parseTexts(files)).filter((line) => !line.includes('KT1001'))).to.deep.equal([]);
  });
});
