import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PEM files of one throw-away authority and one server certificate from it. */
export interface ServerCertificate {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * Makes an authority and a server certificate for `names` (as in subjectAltName: "DNS:localhost", "IP:127.0.0.1") in
 * `folder`. Elliptic-curve keys, because making RSA ones takes most of a cluster's start.
 */
export async function makeServerCertificate(folder: string, names: readonly string[]): Promise<ServerCertificate> {
  const file = (name: string): string => join(folder, name);
  // prettier-ignore
  await openssl([
    'req', '-x509', ...NEW_KEY, '-keyout', file('ca.key'), '-out', file('ca.crt'), '-days', '2', '-subj', '/CN=keyturn test CA',
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign',
  ]);
  // prettier-ignore
  await openssl([
    'req', '-x509', ...NEW_KEY, '-keyout', file('server.key'), '-out', file('server.crt'), '-days', '1', '-subj', '/CN=keyturn test server',
    '-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-addext', 'basicConstraints=critical,CA:FALSE',
    '-addext', 'extendedKeyUsage=serverAuth', '-addext', `subjectAltName=${names.join(',')}`,
  ]);
  return { caFile: file('ca.crt'), certFile: file('server.crt'), keyFile: file('server.key') };
}

/** Writes an RSA key pair for service account tokens (RS256, as every real cluster signs them); returns both files. */
export async function makeSigningKeys(
  folder: string,
): Promise<{ readonly privateFile: string; readonly publicFile: string }> {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const files = { privateFile: join(folder, 'sa.key'), publicFile: join(folder, 'sa.pub') };
  await writeFile(files.privateFile, pair.privateKey, { mode: 0o600 });
  await writeFile(files.publicFile, pair.publicKey);
  return files;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];

async function openssl(args: readonly string[]): Promise<void> {
  await run('openssl', args);
}
