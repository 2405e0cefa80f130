import { inspect } from 'node:util';
import { expect } from 'chai';
import { type Diagnostic, sortDiagnostics } from '../../../src/domain/diagnostic.js';
import { formatDuration, parseDuration } from '../../../src/domain/duration.js';
import { Fault, isFault } from '../../../src/domain/fault.js';
import { idOfStateName, rotationId, secretId, stateName } from '../../../src/domain/ids.js';
import { canonicalJson } from '../../../src/domain/json.js';
import { labelKey, labelText, parseLabel } from '../../../src/domain/label.js';
import { Material } from '../../../src/domain/material.js';
import { asciiText, escapeJson, plainText } from '../../../src/domain/plain-text.js';
import { instantOf, isoOf } from '../../../src/domain/time.js';

describe('[U] ids', () => {
  it('are segments of small letters, digits and inner dashes', () => {
    for (const id of ['a', 'a-b', 'ai-gateway/litellm-master-key', '0/1/2', 'x'.repeat(200)])
      expect(secretId(id), id).to.equal(id);
    for (const text of [
      '',
      '/',
      'a/',
      '/a',
      'a//b',
      'A',
      'a_b',
      '-a',
      'a-',
      'a--b',
      'a.b',
      'a b',
      'ä',
      'x'.repeat(201),
    ])
      expect(secretId(text), text).to.equal(undefined);
  });

  it('become one segment of a path and come back from it', () => {
    for (const text of ['a', 'a/b', 'a-b/c/d']) {
      const id = secretId(text);
      if (id === undefined) throw new Error(text);
      expect(stateName(id)).to.not.contain('/');
      expect(idOfStateName(stateName(id))).to.equal(id);
    }
    expect(idOfStateName('Not.An.Id')).to.equal(undefined);
  });

  it('of rotations are 16 hex digits', () => {
    expect(rotationId('0123456789abcdef')).to.equal('0123456789abcdef');
    for (const text of ['0123456789abcde', '0123456789abcdef0', '0123456789ABCDEF', '-'])
      expect(rotationId(text)).to.equal(undefined);
  });
});

describe('[U] material', () => {
  const CANARY = 'canary-0123456789';
  const material = new Material(CANARY);

  it('shows no part of itself, nor its length, in any form of printing', () => {
    const shown = [
      String(material),
      `${String(material)}.`,
      JSON.stringify({ material }),
      inspect({ material }, { depth: 9, showHidden: true }),
      JSON.stringify(Object.entries(material)),
      JSON.stringify(Object.assign({}, material)),
      JSON.stringify(structuredClone({ material })),
      new Error(String(material)).stack ?? '',
    ];
    for (const text of shown) expect(text).to.not.contain('canary');
    expect(inspect(material)).to.equal('[material]');
    expect(JSON.stringify([material, new Material('')])).to.equal('["[material]","[material]"]');
  });

  it('leaves its box at one place', () => {
    expect(material.expose()).to.equal(CANARY);
  });

  it('equals what holds the same characters', () => {
    expect(material.equals(new Material(CANARY))).to.equal(true);
    for (const other of ['', CANARY.slice(1), `${CANARY}0`, CANARY.toUpperCase(), 'canary-0123456788'])
      expect(material.equals(new Material(other)), other).to.equal(false);
    expect(new Material('').equals(new Material(''))).to.equal(true);
    expect(new Material('').equals(new Material('x'))).to.equal(false);
  });
});

describe('[U] labels', () => {
  const label = {
    rotation: '0123456789abcdef',
    birth: '2026-11-24T10:00:00.000Z',
    version: 12,
    specHash: '0123456789ab',
  };

  it('come back as they were written', () => {
    expect(parseLabel(labelText(label))).to.deep.equal(label);
    const { rotation: _rotation, ...adopted } = label;
    expect(labelText(adopted)).to.equal('v1 - 2026-11-24T10:00:00.000Z 12 0123456789ab');
    expect(parseLabel(labelText(adopted))).to.deep.equal(adopted);
    expect(labelKey('key')).to.equal('keyturn-key');
  });

  it('that keyturn does not write are none', () => {
    for (const text of [
      undefined,
      '',
      'v2 - 2026-11-24T10:00:00.000Z 12 0123456789ab',
      'v1 xyz 2026-11-24T10:00:00.000Z 12 0123456789ab',
      `${labelText(label)} `,
      labelText({ ...label, specHash: '' }),
    ])
      expect(parseLabel(text), text ?? 'none').to.equal(undefined);
  });
});

describe('[U] plain data', () => {
  it('has one text, whatever the order of its keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).to.equal('{"a":true,"b":[1,{"c":"x","d":null}]}');
    expect(canonicalJson({ a: true, b: [1, { c: 'x', d: null }] })).to.equal(
      canonicalJson({ b: [1, { d: null, c: 'x' }], a: true }),
    );
  });

  it('leaves out what JSON leaves out', () => {
    expect(canonicalJson({ a: undefined, b: [undefined] })).to.equal('{"b":[null]}');
    expect(canonicalJson(undefined)).to.equal('null');
    expect(canonicalJson(null)).to.equal('null');
  });
});

describe('[U] diagnostics', () => {
  const one = (file: string, line: number, code: Diagnostic['code'], summary = 's'): Diagnostic => ({
    severity: 'error',
    code,
    summary,
    source: { file, line, column: 1, endLine: line, endColumn: 2 },
  });

  it('are sorted by place, then code, then words; those without a place come first', () => {
    const nowhere: Diagnostic = { severity: 'error', code: 'KT5001', summary: 's' };
    const sorted = [
      nowhere,
      one('a', 1, 'KT1001'),
      one('a', 2, 'KT1001'),
      one('a', 10, 'KT1001'),
      one('b', 1, 'KT1001', 'r'),
      one('b', 1, 'KT1001', 's'),
      one('b', 1, 'KT1002'),
    ];
    expect(sortDiagnostics(sorted.toReversed())).to.deep.equal(sorted);
    expect(sortDiagnostics([nowhere, { ...nowhere }])).to.have.length(2);
  });
});

describe('[U] faults', () => {
  const details = { kind: 'timeout', server: 'Vault', call: 'GET x', said: 'no answer', retriable: true } as const;

  it('say whether anything was changed, and the status where there was one', () => {
    expect(new Fault({ ...details, effect: 'none' }).message).to.equal('Vault: GET x: no answer; nothing was changed');
    expect(new Fault({ ...details, effect: 'unknown', status: 504 }).message).to.equal(
      'Vault: GET x: no answer (504); whether it took effect is unknown',
    );
  });

  it('are told from other errors', () => {
    expect(isFault(new Fault({ ...details, effect: 'none' }))).to.equal(true);
    expect(isFault(new Error('x'))).to.equal(false);
  });
});

describe('[U] times and lengths', () => {
  it('are read to the millisecond, whatever digits follow', () => {
    expect(instantOf('2026-11-24T10:00:00.123456789Z')).to.equal(Date.UTC(2026, 10, 24, 10, 0, 0, 123));
    expect(instantOf('2026-11-24T11:00:00+01:00')).to.equal(Date.UTC(2026, 10, 24, 10));
    expect(isoOf(Date.UTC(2026, 10, 24))).to.equal('2026-11-24T00:00:00.000Z');
    for (const text of ['', '2026-11-24', '2026-13-24T10:00:00Z', 'yesterday'])
      expect(instantOf(text), text).to.equal(undefined);
  });

  it('are sums from large to small', () => {
    expect(parseDuration('1w2d3h4m5s')).to.equal(788_645_000);
    expect(parseDuration('0s')).to.equal(0);
    for (const text of ['', '1', '1.5h', '5s4m', '1h 2m', '-1s', '1y', '2h2h'])
      expect(parseDuration(text), text).to.equal(undefined);
    for (const length of [0, 999, -5]) expect(formatDuration(length)).to.equal('0s');
    expect(formatDuration(90_061_000)).to.equal('1d1h1m1s');
  });
});

describe('[U] texts of others', () => {
  it('cannot start a line, move the cursor or reorder', () => {
    expect(plainText('a\nb\tc\rd\u001b[2J\u202e\u200b')).to.equal(String.raw`a\nb\tc\rd\u{1b}[2J\u{202e}\u{200b}`);
    expect(asciiText('ä€😀\n')).to.equal(String.raw`\u{e4}\u{20ac}\u{1f600}\n`);
    expect(plainText('ä€😀')).to.equal('ä€😀');
  });

  it('stay the same JSON value', () => {
    const value = { text: 'a\u202e\u0085\u{e0041}b' };
    const shown = escapeJson(`${JSON.stringify(value, null, 1)}\n`);
    expect(shown).to.match(/^[ -~\n]+$/);
    expect(JSON.parse(shown)).to.deep.equal(value);
  });
});
