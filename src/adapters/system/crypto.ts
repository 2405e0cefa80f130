import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';
import { Material } from '../../domain/material.js';
import type { Crypto } from '../../domain/ports.js';

/** Cryptographic randomness and hashes of the machine. */
export const systemCrypto: Crypto = createCrypto(randomBytes);

/** A number in [0, 1) with 48 random bits, for the jitter of back-off. */
export function systemRandom(): number {
  return randomInt(2 ** 48 - 1) / 2 ** 48;
}

/**
 * Crypto over a source of random bytes; the source is a parameter so that a test can give the bytes.
 * Throws RangeError for an alphabet that has fewer than 2 or more than 256 characters, or one of them twice: the choice would not be uniform.
 */
export function createCrypto(bytes: (count: number) => Uint8Array): Crypto {
  return {
    randomHex: (count) => Buffer.from(bytes(count)).toString('hex'),
    randomMaterial: (length, alphabet, prefix) => new Material(prefix + uniformText(bytes, length, alphabet)),
    sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
    fingerprint: (key, value) => createHmac('sha256', key.expose()).update(value.expose(), 'utf8').digest('hex'),
  };
}

/**
 * Rejection sampling: a byte is used only below the largest multiple of the alphabet's size, so that every character is
 * equally likely; taking the remainder of every byte would favour the first ones.
 */
function uniformText(bytes: (count: number) => Uint8Array, length: number, alphabet: string): string {
  const size = alphabet.length;
  if (size < 2 || size > 256 || new Set(alphabet).size !== size) {
    throw new RangeError('an alphabet has 2 to 256 different characters');
  }
  const limit = 256 - (256 % size);
  let text = '';
  while (text.length < length) {
    for (const byte of bytes(length - text.length)) if (byte < limit) text += alphabet.charAt(byte % size);
  }
  return text;
}
