import { randomBytes, randomInt, randomUUID } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `length` random letters and digits. */
export function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

/** A service token as OpenBao makes them: `s.` and 24 letters and digits. */
export function serviceToken(): string {
  return `s.${randomText(24)}`;
}

/** A batch token: `b.` and an opaque text. */
export function batchToken(): string {
  return `b.${randomBytes(96).toString('base64url')}`;
}

export function uuid(): string {
  return randomUUID();
}

/** The accessor of a mount: its type and eight hexadecimal digits. */
export function mountAccessor(type: string): string {
  return `${type}_${randomBytes(4).toString('hex')}`;
}
