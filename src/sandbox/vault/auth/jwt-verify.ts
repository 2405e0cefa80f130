import { createPublicKey, verify, constants, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../../../domain/json.js';
import { plainText } from '../fields.js';

/** A token that is refused; the message is the server's own, after `error validating token: `. */
export class JwtError extends Error {}

interface Algorithm {
  readonly hash: string | null;
  readonly key: 'rsa' | 'ec' | 'ed25519';
  readonly pss?: boolean;
}

const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { hash: 'sha256', key: 'rsa' },
  RS384: { hash: 'sha384', key: 'rsa' },
  RS512: { hash: 'sha512', key: 'rsa' },
  PS256: { hash: 'sha256', key: 'rsa', pss: true },
  PS384: { hash: 'sha384', key: 'rsa', pss: true },
  PS512: { hash: 'sha512', key: 'rsa', pss: true },
  ES256: { hash: 'sha256', key: 'ec' },
  ES384: { hash: 'sha384', key: 'ec' },
  ES512: { hash: 'sha512', key: 'ec' },
  EdDSA: { hash: null, key: 'ed25519' },
};

/** The public keys in PEM texts; undefined where one cannot be read. */
export function readPublicKeys(pems: readonly string[]): readonly KeyObject[] | undefined {
  try {
    return pems.map((pem) => createPublicKey(pem));
  } catch {
    return undefined;
  }
}

function fits(algorithm: Algorithm, key: KeyObject, signed: Buffer, signature: Buffer): boolean {
  if (key.asymmetricKeyType !== algorithm.key) return false;
  const padding = algorithm.pss === true ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const options = algorithm.key === 'rsa' ? { key, padding } : { key, dsaEncoding: 'ieee-p1363' as const };
  return verify(algorithm.hash, signed, options, signature);
}

function decode(text: string): JsonObject {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as JsonObject;
  } catch {
    throw new JwtError('error verifying token signature: illegal base64 data at input byte 0');
  }
}

/** The claims of a compact JWS (RFC 7515) that one of the keys has signed. Throws JwtError. */
export function verifiedClaims(token: string, keys: readonly KeyObject[]): JsonObject {
  const [head, body, signature, ...rest] = token.split('.');
  if (head === undefined || body === undefined || signature === undefined || rest.length > 0) {
    throw new JwtError('error verifying token signature: go-jose/go-jose: compact JWS format must have three parts');
  }
  const algorithm = ALGORITHMS[plainText(decode(head)['alg'] ?? null)];
  const signed = Buffer.from(`${head}.${body}`);
  // Re-encoding catches what a lenient base64 decoder would drop.
  const bytes = Buffer.from(signature, 'base64url');
  const intact = bytes.toString('base64url') === signature;
  const valid = intact && algorithm !== undefined && keys.some((key) => fits(algorithm, key, signed, bytes));
  if (!valid) {
    throw new JwtError('error verifying token signature: no known key successfully validated the token signature');
  }
  return decode(body);
}

export interface Expected {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Seconds; 0: 60 and 150 and 150; below 0: none. */
  readonly clockSkew: number;
  readonly expirationLeeway: number;
  readonly notBeforeLeeway: number;
}

function leeway(given: number, usual: number): number {
  if (given < 0) return 0;
  return given === 0 ? usual : given;
}

function instant(claims: JsonObject, name: string): number {
  const value = claims[name];
  return typeof value === 'number' ? value : 0;
}

/** exp, nbf and iat, where missing ones are derived from the others (RFC 7519 §4.1.4 to 4.1.6, with leeway). */
function checkTimes(claims: JsonObject, expected: Expected, now: number): void {
  const issuedAt = instant(claims, 'iat');
  const sentExpiry = instant(claims, 'exp');
  const sentNotBefore = instant(claims, 'nbf');
  if (issuedAt === 0 && sentExpiry === 0 && sentNotBefore === 0) {
    throw new JwtError('no issued at (iat), not before (nbf), or expiration time (exp) claims in token');
  }
  const latest = Math.max(issuedAt, sentNotBefore);
  const expiry = sentExpiry === 0 ? latest + leeway(expected.expirationLeeway, 150) : sentExpiry;
  const derived = issuedAt === 0 ? expiry - leeway(expected.notBeforeLeeway, 150) : issuedAt;
  const notBefore = sentNotBefore === 0 ? derived : sentNotBefore;
  const skew = leeway(expected.clockSkew, 60);
  if (now > expiry + skew) throw new JwtError('invalid expiration time (exp) claim: token is expired');
  if (now < notBefore - skew) throw new JwtError('invalid not before (nbf) claim: token not yet valid');
  if (now < issuedAt - skew) throw new JwtError('invalid issued at (iat) claim: token issued in the future');
}

/** The `aud` claim as a list. */
export function audiences(claims: JsonObject): readonly string[] {
  const aud = claims['aud'];
  if (typeof aud === 'string') return [aud];
  return Array.isArray(aud) ? aud.map(String) : [];
}

/** Judges the registered claims (RFC 7519 §4.1). `now` in seconds since 1970. Throws JwtError. */
export function checkClaims(claims: JsonObject, expected: Expected, now: number): void {
  if (claims['sub'] !== undefined && typeof claims['sub'] !== 'string') {
    const kind = Array.isArray(claims['sub']) ? 'array' : typeof claims['sub'];
    throw new JwtError(`json: cannot unmarshal ${kind} into Go struct field Claims.sub of type string`);
  }
  if (expected.issuer !== '' && claims['iss'] !== expected.issuer) throw new JwtError('invalid issuer (iss) claim');
  if (expected.subject !== '' && claims['sub'] !== expected.subject) throw new JwtError('invalid subject (sub) claim');
  const sent = audiences(claims);
  if (expected.audiences.length > 0 && !sent.some((aud) => expected.audiences.includes(aud))) {
    throw new JwtError('invalid audience (aud) claim: audience claim does not match any expected audience');
  }
  checkTimes(claims, expected, now);
}
