import { expect } from 'chai';
import * as fc from 'fast-check';
import { secretId } from '../../../src/domain/ids.js';
import { parseDuration } from '../../../src/domain/duration.js';
import { load, lines, parse, parseTexts, policy, SCHEDULES, SETTINGS } from './support.js';

const FULL = `${SETTINGS}---\n${SCHEDULES}---\n${policy('a', 'schedule: monthly\nverify: { http: { url: https://a.example, header: "x: {value}" } }\n')}`;

describe('[U] hostile files', function () {
  this.timeout(30_000);
  before(load);

  it('of any bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (content) => {
        expect(parse([{ path: 'p.yaml', bytes: content }]).diagnostics).to.be.an('array');
      }),
    );
  });

  it('of any YAML structure never throw, and tell of at least one problem', () => {
    const keys = fc.constantFrom(
      'apiVersion',
      'kind',
      'id',
      'vault',
      'schedule',
      'spec',
      'consumers',
      'windows',
      'freezes',
      'limits',
      '__proto__',
      'x',
    );
    const words = fc.constantFrom('keyturn/v1', 'random', 'Schedules', 'Settings', 'a', '30d', '0 1 * * *', '', 'UTC');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        words,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(keys, value, { maxKeys: 8 }), words, (body, kind) => {
        const text = JSON.stringify({ apiVersion: 'keyturn/v1', kind, ...body });
        const { diagnostics, inventory } = parseTexts({ 'p.yaml': text });
        expect(diagnostics.length > 0 || inventory !== undefined).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it('made of a good one by cutting, repeating and replacing parts never throw', () => {
    const edit = fc.record({
      from: fc.nat(FULL.length),
      length: fc.nat(30),
      text: fc.oneof(
        fc.string({ maxLength: 5 }),
        fc.constantFrom('\n', '  ', ': ', '- ', '{', ']', '"', '---\n', '&a ', '*a'),
      ),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 6 }), (edits) => {
        const text = edits.reduce(
          (now, { from, length, text: put }) => now.slice(0, from) + put + now.slice(from + length),
          FULL,
        );
        const { diagnostics, inventory } = parseTexts({ 'keyturn.yaml': '', 'p.yaml': text });
        expect(inventory === undefined).to.equal(diagnostics.some(({ severity }) => severity === 'error'));
      }),
      { numRuns: 500 },
    );
  });

  it('of bracket and block bombs are refused at once', () => {
    const bombs = [
      '['.repeat(500_000),
      '{'.repeat(500_000),
      ']'.repeat(500_000),
      '[}'.repeat(250_000),
      '{a: '.repeat(200_000),
    ];
    for (const text of bombs)
      expect(lines(parseTexts({ 'p.yaml': text })).join(), text.slice(0, 9)).to.match(/^KT1013 /);
    expect(lines(parseTexts({ 'p.yaml': '- '.repeat(3000) })).join()).to.match(/KT1013/);
  });

  it('with a hundred thousand keys are read in time that grows no faster than they', () => {
    const text = Array.from({ length: 50_000 }, (_, i) => `key${i}: 1`).join('\n');
    const { diagnostics } = parseTexts({ 'p.yaml': `${SETTINGS}${text}\n`, 'keyturn.yaml': '' });
    expect(diagnostics.length).to.equal(200);
  });

  it('with a chain of thousands of dependencies, and one that closes it, are judged', () => {
    const chain = Array.from({ length: 2000 }, (_, i) => policy(`s${i}`, `dependsOn: [s${(i + 1) % 2000}]\n`)).join(
      '---\n',
    );
    const { diagnostics } = parseTexts({ 'p.yaml': chain });
    expect(diagnostics.map(({ code }) => code)).to.deep.equal(['KT1207']);
    expect(diagnostics[0]?.detail).to.match(/^`s0` -> `s1` -> .* -> … 1991 more -> `s1999` -> `s0`$/);
  });
});

describe('[U] the same files', function () {
  this.timeout(30_000);
  before(load);

  it('give the same problems in the same order, whatever the order in which they are read', () => {
    const files = {
      'b.yaml': policy('b', 'schedul: x\n'),
      'a.yaml': policy('a', 'dependsOn: [x, y]\n'),
      'c.yaml': policy('c', 'grace: 1h\nx: 1\n'),
    };
    const turned = Object.fromEntries(Object.entries(files).toReversed());
    expect(lines(parseTexts(files))).to.deep.equal(lines(parseTexts(turned)));
    expect(lines(parseTexts(files)).map((line) => line.slice(7, 8))).to.deep.equal(['a', 'a', 'b', 'c', 'c']);
  });

  it('agree with the domain about ids and durations', () => {
    const idText = fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^[a-z0-9/-]{1,12}$/));
    const length = fc.oneof(fc.string({ maxLength: 8 }), fc.stringMatching(/^(\d{1,3}[wdhms]){0,5}$/));
    fc.assert(
      fc.property(idText, length, (id, duration) => {
        const { documents, diagnostics } = parseTexts({
          'p.yaml': `${JSON.stringify({ apiVersion: 'keyturn/v1', kind: 'random', id, vault: { path: 'secret/a', field: 'f' }, suspend: { reason: 'r' }, verify: { http: { url: 'https://a.example', header: 'x: {value}', timeout: duration } } })}\n`,
        });
        const wrong = diagnostics.filter(({ code }) => code === 'KT1105');
        const places = new Set(wrong.map(({ summary }) => summary.split(' ')[0]));
        expect(places.has('`id`')).to.equal(secretId(id) === undefined);
        expect(places.has('`verify.http.timeout`')).to.equal(parseDuration(duration) === undefined);
        expect(documents).to.have.length(2);
      }),
    );
  });
});
