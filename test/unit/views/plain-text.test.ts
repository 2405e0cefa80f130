import { expect } from 'chai';
import * as fc from 'fast-check';

import { asciiText, escapeJson, plainText } from '../../../src/domain/plain-text.js';
import { FORBIDDEN, HOSTILE } from './samples.js';

describe('[U] plainText', () => {
  it('leaves ordinary text of any language alone', () => {
    for (const text of ['ai-gateway/openai', 'Schlüssel für das Gateway', '平台安全', 'a "quoted" \\ text', '🔑']) {
      expect(plainText(text)).to.equal(text);
    }
  });

  it('shows line feeds, carriage returns and tabs by their short escapes, so that no text makes a line of its own', () => {
    expect(plainText('a\nPlan: 0 to rotate\r\tb')).to.equal(String.raw`a\nPlan: 0 to rotate\r\tb`);
  });

  it('shows escape sequences as text', () => {
    expect(plainText('\u001b[2J\u009b31m\u0007')).to.equal(String.raw`\u{1b}[2J\u{9b}31m\u{7}`);
  });

  it('shows bidi overrides, isolates and marks as text', () => {
    expect(plainText('\u202egnp.exe\u202c')).to.equal(String.raw`\u{202e}gnp.exe\u{202c}`);
    expect(plainText('\u2066a\u2069\u200f\u061c')).to.equal(String.raw`\u{2066}a\u{2069}\u{200f}\u{61c}`);
  });

  it('shows what is invisible: zero width, soft hyphen, fillers, tags, variation supplements, lone surrogates', () => {
    expect(plainText('\u200b\u00ad\u3164\u{e0041}\u{e0101}\ud800\u034f')).to.equal(
      String.raw`\u{200b}\u{ad}\u{3164}\u{e0041}\u{e0101}\u{d800}\u{34f}`,
    );
  });

  it('leaves nothing of a hostile text raw', () => {
    expect(HOSTILE).to.match(FORBIDDEN);
    expect(plainText(HOSTILE)).not.to.match(FORBIDDEN);
  });

  it('gives one line without control characters for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plainText(text)).not.to.match(FORBIDDEN);
        expect(plainText(text)).not.to.include('\n');
      }),
    );
  }).timeout(20_000);
});

describe('[U] asciiText', () => {
  it('escapes what is outside ASCII as well', () => {
    expect(asciiText('Schlüssel 🔑\n')).to.equal(String.raw`Schl\u{fc}ssel \u{1f511}\n`);
  });

  it('gives printable ASCII for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(asciiText(text)).to.match(/^[\x20-\x7e]*$/);
      }),
    );
  }).timeout(20_000);
});

describe('[U] escapeJson', () => {
  it('writes what JSON leaves raw as escapes', () => {
    expect(escapeJson(JSON.stringify('\u202e\u2028\u009b\u007f\u{e0041}'))).to.equal(
      String.raw`"\u202e\u2028\u009b\u007f\udb40\udc41"`,
    );
  });

  it('parses back to the same value, and shows nothing raw, for any value', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ text: fc.string({ unit: 'binary' }) })), (value) => {
        const json = escapeJson(JSON.stringify(value, undefined, 2));
        expect(JSON.parse(json)).to.deep.equal(value);
        expect(json).not.to.match(FORBIDDEN);
      }),
    );
  }).timeout(20_000);
});
