import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  type Codecs,
  type Decoded,
  encodeHistory,
  encodeJournal,
  encodePlan,
  LARGEST,
  loadCodecs,
} from '../../../src/formats/codecs.js';
import { CHANGE, HISTORY, JOURNAL, PLAN } from './samples.js';

describe('[U] the codecs', () => {
  let codecs: Codecs;
  before(async () => {
    codecs = await loadCodecs();
  });

  function refusal(decoded: Decoded<unknown>): string {
    if (decoded.ok) return 'accepted';
    return [
      `${decoded.reason}: ${decoded.summary}`,
      ...decoded.problems.map(({ pointer, message }) => `${pointer} ${message}`),
    ].join('\n');
  }

  it('read back what they wrote', () => {
    expect(codecs.decodePlan(encodePlan(PLAN))).to.deep.equal({ ok: true, value: PLAN });
    expect(codecs.decodeJournal(encodeJournal(JOURNAL))).to.deep.equal({ ok: true, value: JOURNAL });
    expect(codecs.decodeHistory(encodeHistory(HISTORY))).to.deep.equal({ ok: true, value: HISTORY });
  });

  it('write a journal as one line and a plan as lines that are safe to show', () => {
    expect(encodeJournal(JOURNAL)).not.to.include('\n');
    const text = encodePlan({ ...PLAN, inventory: 'a\u202eb\u001b[31m' });
    expect(text.at(-1)).to.equal('\n');
    for (const hidden of ['\u202e', '\u001b']) expect(text).not.to.include(hidden);
    expect(codecs.decodePlan(text)).to.have.nested.property('value.inventory', 'a\u202eb\u001b[31m');
  });

  it('name a format that a later keyturn wrote', () => {
    expect(refusal(codecs.decodePlan(encodePlan({ ...PLAN, format: 'keyturn.dev/plan/v2' } as never)))).to.equal(
      'newerFormat: its format is `keyturn.dev/plan/v2`; this keyturn knows `keyturn.dev/plan/v1`',
    );
    expect(refusal(codecs.decodeJournal(JSON.stringify({ format: 2 })))).to.equal(
      'newerFormat: its format is `2`; this keyturn knows `1`',
    );
  });

  it('do not repeat a format that nobody can have written', () => {
    expect(refusal(codecs.decodePlan(JSON.stringify({ ...PLAN, format: 'x\u001b[31m' })))).to.equal(
      'shape: it is not what keyturn writes\n/format must be `keyturn.dev/plan/v1`',
    );
  });

  it('refuse what is no JSON, what is too large and what is too deep, each in its words', () => {
    expect(refusal(codecs.decodePlan('{'))).to.equal('notJson: it is not JSON');
    expect(refusal(codecs.decodePlan(''))).to.equal('notJson: it is not JSON');
    expect(refusal(codecs.decodePlan(' '.repeat(LARGEST + 1)))).to.equal('tooLarge: it is larger than 32 MB');
    expect(refusal(codecs.decodePlan(`${'['.repeat(100_000)}${']'.repeat(100_000)}`))).to.equal(
      'tooDeep: it is nested more than 64 deep',
    );
  });

  it('list every problem with its JSON pointer', () => {
    const { kind: _kind, ...change } = { ...CHANGE, action: 'explode', surplus: 1 };
    expect(refusal(codecs.decodePlan(JSON.stringify({ ...PLAN, at: 'now', changes: [change] })))).to.equal(
      [
        'shape: it is not what keyturn writes',
        '/at must be a time as in RFC 3339',
        '/changes/0 needs `kind`',
        '/changes/0 has an unknown key `surplus`',
        '/changes/0/action must be one of `create`, `rotate`, `reconcile`, `resume`',
      ].join('\n'),
    );
  });

  it('take __proto__ for an unknown key', () => {
    const text = encodePlan(PLAN).replace('{', '{ "__proto__": { "polluted": 1 },');
    expect(refusal(codecs.decodePlan(text))).to.match(/unknown key `__proto__`/);
    expect('polluted' in {}).to.equal(false);
  });

  it('never throw, whatever they are given', () => {
    const near = fc.tuple(fc.nat(4000), fc.nat(40), fc.string({ maxLength: 4 })).map(([from, length, put]) => {
      const text = encodePlan(PLAN);
      return text.slice(0, from) + put + text.slice(from + length);
    });
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), near), (text) => {
        expect(codecs.decodePlan(text).ok).to.be.a('boolean');
        expect(codecs.decodeJournal(text).ok).to.equal(false);
        expect(codecs.decodeHistory(text).ok).to.equal(false);
      }),
    );
  });
});
