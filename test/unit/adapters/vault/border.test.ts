import { expect } from 'chai';
import { count, field, goDuration, instant, textMap, texts } from '../../../../src/adapters/vault/guards.js';
import { metadataOf, readOf, subkeysOf, writtenOf } from '../../../../src/adapters/vault/kv-answers.js';
import { isSafePath, safeSegments } from '../../../../src/adapters/vault/paths.js';
import { quotable } from '../../../../src/adapters/vault/said.js';
import { isFault } from '../../../../src/domain/fault.js';
import { Material } from '../../../../src/domain/material.js';
import { NOW } from './fake-transport.js';

describe('[U] paths to Vault', () => {
  it('have safe segments alone', () => {
    expect(safeSegments('secret/ai-gateway/open_ai.v2@x', 'Vault')).to.have.length(3);
    const unsafe = [
      '',
      '/a',
      'a/',
      'a//b',
      'a/./b',
      '../a',
      'a/../../sys/seal',
      'a b',
      'a?b',
      'a%2fb',
      'a#b',
      'ä',
      'a\nb',
    ];
    for (const path of unsafe) {
      expect(isSafePath(path), path).to.equal(false);
      try {
        safeSegments(path, 'Vault');
        expect.fail(`${path} was taken`);
      } catch (error) {
        expect(isFault(error) && error.details).to.include({ kind: 'invalid', effect: 'none' });
      }
    }
  });
});

describe('[U] values of JSON', () => {
  it('are undefined where they are something else', () => {
    expect([1, -1, 1.5, '1', null].map(count)).to.deep.equal([1, undefined, undefined, undefined, undefined]);
    expect(field({ a: 1 }, 'a')).to.equal(1);
    for (const value of [null, [], 'a', undefined]) expect(field(value, 'a')).to.equal(undefined);
    expect(field({}, 'toString')).to.equal(undefined);
    expect([['a'], ['a', 1], {}, null].map(texts)).to.deep.equal([['a'], undefined, undefined, undefined]);
    expect([{ a: 'b' }, null, { a: 1 }, []].map(textMap)).to.deep.equal([{ a: 'b' }, {}, undefined, undefined]);
  });

  it("have instants in RFC 3339 with nanoseconds, and in Go's own form", () => {
    const at = Date.UTC(2026, 10, 24, 2, 22, 36, 76);
    expect(instant('2026-11-24T02:22:36.076566768Z')).to.equal(at);
    expect(instant('2026-11-24 02:22:36.076566768 +0000 UTC')).to.equal(at);
    for (const value of ['', 'now', 0, null]) expect(instant(value)).to.equal(undefined);
  });

  it("have durations in Go's form or in seconds, negative ones meaning never", () => {
    const given = ['0s', '3h25m19s', '1m0.5s', '250ms', '-1s', '0', 90, '', '1d', 'h', null];
    const expected = [0, 12_319_000, 60_500, 250, 0, 0, 90_000, undefined, undefined, undefined, undefined];
    expect(given.map(goDuration)).to.deep.equal(expected);
  });
});

describe('[U] answers of KV version 2', () => {
  const version = { created_time: '2026-11-24T10:00:00Z', deletion_time: '', destroyed: false };
  const metadata = (changed: object = {}): { readonly data: object } => ({
    data: {
      created_time: '2026-11-01T00:00:00Z',
      current_version: 2,
      custom_metadata: null,
      delete_version_after: '0s',
      max_versions: 0,
      versions: { '2': version },
      ...changed,
    },
  });

  it('give metadata of the current version', () => {
    expect(metadataOf(metadata(), NOW)).to.deep.equal({
      currentVersion: 2,
      createdAt: Date.UTC(2026, 10, 24, 10),
      keyCreatedAt: Date.UTC(2026, 10, 1),
      deleted: false,
      maxVersions: 0,
      deleteVersionAfter: 0,
      customMetadata: {},
    });
  });

  it('count a version as deleted from the second in which its deletion time passes', () => {
    const deletedAt = (deletion_time: string): boolean | undefined =>
      metadataOf(metadata({ versions: { '2': { ...version, deletion_time } } }), NOW)?.deleted;
    expect(deletedAt('2026-11-24T10:59:59.9Z')).to.equal(true);
    expect(deletedAt('2026-11-24T11:00:00.9Z')).to.equal(true);
    expect(deletedAt('2026-11-24T11:00:01Z')).to.equal(false);
    expect(metadataOf(metadata({ versions: { '2': { ...version, destroyed: true } } }), NOW)?.deleted).to.equal(true);
  });

  it('are undefined where a part is missing or of another type', () => {
    const broken = [
      { versions: {} },
      { versions: { '2': { ...version, deletion_time: 'soon' } } },
      { versions: { '2': { ...version, destroyed: 'no' } } },
      { current_version: '2' },
      { custom_metadata: { a: 1 } },
      { created_time: null },
      { max_versions: null },
      { delete_version_after: 'never' },
    ];
    for (const part of broken) expect(metadataOf(metadata(part), NOW), JSON.stringify(part)).to.equal(undefined);
    for (const body of [undefined, null, [], '', {}, { data: null }, { data: { data: 'x', metadata: version } }]) {
      expect([metadataOf(body, NOW), readOf(body), writtenOf(body), subkeysOf(body)]).to.deep.equal(
        Array(4).fill(undefined),
      );
    }
  });
});

describe('[U] quoting a server', () => {
  const secret = new Material('sk-litellm-"f00d face"');

  it('joins its messages on one line and cuts them off', () => {
    expect(quotable(['1 error occurred:\n\t* no\n\n', 'more'], [secret])).to.equal('1 error occurred: * no; more');
    expect(quotable(['x'.repeat(400)], [])).to.have.length(243);
    expect(quotable(['', ' \n'], [])).to.equal(undefined);
  });

  it('withholds a message that repeats a part of a secret, in any coding', () => {
    const value = secret.expose();
    const bytes = Buffer.from(value);
    const echoes = [
      value,
      value.slice(3, 9),
      JSON.stringify({ value }),
      encodeURIComponent(value),
      bytes.toString('base64'),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      value.replace(' ', '\n\t '),
    ];
    for (const echo of echoes) {
      expect(quotable([`no such key: ${echo}`], [secret]), echo).to.match(/^its message repeats/);
    }
    expect(quotable(['no such key: sk-lit'], [secret])).to.match(/^its message repeats/);
    expect(quotable(['no such key: sk-li'], [secret])).to.equal('no such key: sk-li');
  });

  it('withholds short secrets as a whole, and takes any text for a secret', () => {
    expect(quotable(['got abc'], [new Material('abc')])).to.match(/^its message repeats/);
    expect(quotable(['got abc'], [new Material('')])).to.equal('got abc');
    expect(quotable(['got abc'], [new Material('\ud800 lone surrogate')])).to.equal('got abc');
  });
});
