import { inspect } from 'node:util';
import { expect } from 'chai';
import { assert, integer, property } from 'fast-check';
import { createCrypto, systemCrypto, systemRandom } from '../../../../src/adapters/system/crypto.js';
import { Material } from '../../../../src/domain/material.js';

describe('[U] systemCrypto', () => {
  it('gives lower-case hex of the number of bytes', () => {
    expect(systemCrypto.randomHex(8)).to.match(/^[0-9a-f]{16}$/);
    expect(systemCrypto.randomHex(8)).to.not.equal(systemCrypto.randomHex(8));
  });

  it('makes material of the length and alphabet, after the prefix, and shows none of it', () => {
    const material = systemCrypto.randomMaterial(48, '0123456789abcdef', 'sk-');
    expect(material.expose()).to.match(/^sk-[0-9a-f]{48}$/);
    expect(inspect(material)).to.equal('[material]');
  });

  it('rejects bytes that would make some characters likelier', () => {
    const bytes = [255, 254, 253, 252, 250, 0, 249, 25];
    const crypto = createCrypto((count) => Uint8Array.from(bytes.splice(0, count)));
    expect(crypto.randomMaterial(3, 'abcdefghij', '').expose()).to.equal('ajf');
  });

  it('uses every character equally often when every byte comes equally often', () => {
    assert(
      property(integer({ min: 2, max: 256 }), (size) => {
        const alphabet = Array.from({ length: size }, (_, i) => String.fromCharCode(0x100 + i)).join('');
        let next = 0;
        const crypto = createCrypto((count) => Uint8Array.from({ length: count }, () => next++ % 256));
        const rounds = 256 - (256 % size);
        const counts = new Map<string, number>();
        for (const c of crypto.randomMaterial(rounds, alphabet, '').expose()) counts.set(c, (counts.get(c) ?? 0) + 1);
        expect(new Set(counts.values())).to.deep.equal(new Set([rounds / size]));
        expect(counts.size).to.equal(size);
      }),
    );
  });

  it('refuses an alphabet that cannot be drawn from evenly', () => {
    for (const alphabet of ['', 'a', 'aab', 'x'.repeat(257)]) {
      expect(() => systemCrypto.randomMaterial(4, alphabet, '')).to.throw(RangeError);
    }
  });

  it('hashes as the standards say', () => {
    expect(systemCrypto.sha256('abc')).to.match(/^ba7816bf8f01cfea414140de5dae2223b00361a3/);
    // RFC 4231, test case 2.
    const fingerprint = systemCrypto.fingerprint(new Material('Jefe'), new Material('what do ya want for nothing?'));
    expect(fingerprint).to.equal('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  it('draws numbers in [0, 1) for jitter', () => {
    for (let i = 0; i < 100; i += 1) expect(systemRandom()).to.be.within(0, 1 - 2 ** -53);
  });
});
