import { expect } from 'chai';

import { shellWord } from '../../../src/views/human/pen.js';
import { ageText, elapsedText, relativeInstant, withRelative } from '../../../src/views/human/relative.js';
import {
  cutTo,
  padTo,
  proseTokens,
  textWidth,
  withAction,
  wrapText,
  wrapTokens,
} from '../../../src/views/human/width.js';
import { NOW } from './samples.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('[U] relative words', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, 'less than a minute ago'],
    [-59_999, 'less than a minute ago'],
    [-MINUTE, '1 minute ago'],
    [-119 * MINUTE, '119 minutes ago'],
    [-2 * HOUR, '2 hours ago'],
    [-47 * HOUR, '47 hours ago'],
    [-2 * DAY, '2 days ago'],
    [-400 * DAY, '400 days ago'],
    [3 * HOUR, 'in 3 hours'],
    [26 * DAY, 'in 26 days'],
  ];
  for (const [distance, words] of cases) {
    it(`says ${words}`, () => {
      expect(relativeInstant(NOW + distance, NOW)).to.equal(words);
    });
  }

  it('go behind the last time of the evidence', () => {
    const evidence = 'last rotated 2026-10-20 (v7), every 30d -> due 2026-11-19';
    expect(withRelative(evidence, NOW)).to.equal(`${evidence}, 4 days ago`);
  });

  it('stand in brackets where the text goes on', () => {
    expect(withRelative("v9 of 2026-11-20T08:15:30.123Z is not keyturn's", NOW)).to.equal(
      "v9 of 2026-11-20T08:15Z (3 days ago) is not keyturn's",
    );
  });

  it('understand instants with and without seconds and with an offset', () => {
    expect(withRelative('since 2026-11-23T09:00Z', NOW)).to.equal('since 2026-11-23T09:00Z, 2 hours ago');
    expect(withRelative('since 2026-11-23T10:00:00+01:00', NOW)).to.equal('since 2026-11-23T10:00+01:00, 2 hours ago');
  });

  it('count dates in whole days of UTC', () => {
    expect(withRelative('due 2026-11-23', NOW)).to.equal('due 2026-11-23, today');
    expect(withRelative('due 2026-11-24', NOW)).to.equal('due 2026-11-24, in 1 day');
    expect(withRelative('due 2026-11-22', NOW)).to.equal('due 2026-11-22, 1 day ago');
  });

  it('leave text without a time, and impossible dates, alone', () => {
    expect(withRelative('never rotated', NOW)).to.equal('never rotated');
    expect(withRelative('due 2026-13-45', NOW)).to.equal('due 2026-13-45');
    expect(withRelative('release-2026-11-19-rc1', NOW)).to.equal('release-2026-11-19-rc1');
  });
});

describe('[U] lengths of time', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0.0s'],
    [90, '0.1s'],
    [4_212, '4.2s'],
    [59_940, '59.9s'],
    [59_960, '1m00s'],
    [65_210, '1m05s'],
    [3_600_000, '1h00m'],
    [7_392_400, '2h03m'],
    [-5, '0.0s'],
  ];
  for (const [length, text] of cases) {
    it(`${length} ms is ${text}`, () => {
      expect(elapsedText(length)).to.equal(text);
    });
  }

  it('gives ages in one unit', () => {
    expect(ageText('2026-10-20T01:04:00Z', NOW)).to.equal('34d');
    expect(ageText('2026-11-22T11:00:00Z', NOW)).to.equal('24h');
    expect(ageText('2026-11-23T10:59:00Z', NOW)).to.equal('1m');
    expect(ageText('yesterday', NOW)).to.equal('?');
  });
});

describe('[U] columns of text', () => {
  it('count wide characters as two and combining ones as none', () => {
    expect(textWidth('团队: 平台')).to.equal(10);
    expect(textWidth('e\u0301')).to.equal(1);
    expect(textWidth('🔑')).to.equal(2);
    expect(textWidth('schlüssel')).to.equal(9);
  });

  it('pad and cut by columns', () => {
    expect(padTo('团队', 6)).to.equal('团队  ');
    expect(cutTo('团队平台', 6, '…')).to.equal('团队…');
    expect(cutTo('short', 6, '…')).to.equal('short');
  });

  it('wrap at words and never break one', () => {
    expect(wrapText('a long-unbreakable-word is here', 10)).to.deep.equal(['a', 'long-unbreakable-word', 'is here']);
    expect(wrapText('', 10)).to.deep.equal(['']);
  });

  it('keep what stands in backticks together', () => {
    expect(proseTokens('use `keyturn plan --out x` now')).to.deep.equal(['use', '`keyturn plan --out x`', 'now']);
    expect(proseTokens('an odd ` backtick')).to.deep.equal(['an', 'odd', '`', 'backtick']);
  });

  it('keep a command whole, behind two spaces or on a line of its own', () => {
    const tokens = proseTokens(withAction('a person must create the key', 'keyturn intake ai-gateway/openai'));
    expect(wrapTokens(tokens, 80)).to.deep.equal(['a person must create the key:  keyturn intake ai-gateway/openai']);
    expect(wrapTokens(tokens, 40)).to.deep.equal(['a person must create the key:', 'keyturn intake ai-gateway/openai']);
  });

  it('wrap a deed as the sentence that it is', () => {
    expect(withAction('denied', 'grant `patch` on secret/data/x')).to.equal('denied: grant `patch` on secret/data/x');
    expect(withAction('denied', 'keyturn needs more rights.')).to.equal('denied: keyturn needs more rights.');
  });
});

describe('[U] words of a command line', () => {
  it('are quoted only where a shell would read something else', () => {
    expect(shellWord('out/plan.json')).to.equal('out/plan.json');
    expect(shellWord('my plan.json')).to.equal("'my plan.json'");
    expect(shellWord("it's; rm -rf $HOME")).to.equal(String.raw`'it'\''s; rm -rf $HOME'`);
  });
});
