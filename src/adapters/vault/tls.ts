import type { Diagnostic } from '../../domain/diagnostic.js';
import { Material } from '../../domain/material.js';
import type { Tls } from '../http/types.js';
import type { Environment } from '../system/environment.js';
import { filesIn, readSmallFile } from '../system/files.js';
import { problem, warning } from './problems.js';
import type { Failed, Problem } from './problems.js';
import { variable } from './variables.js';

type Texts = { readonly texts: readonly string[] } | Failed;

/** TLS by Vault's variables; every file is read and looked at before the first connection. */
export async function tlsOf(
  env: Environment,
): Promise<{ readonly tls: Tls; readonly warnings: readonly Diagnostic[] } | Failed> {
  const ca = await authorities(env);
  if ('problem' in ca) return ca;
  const pair = await clientPair(env);
  if ('problem' in pair) return pair;
  const servername = variable(env, 'TLS_SERVER_NAME')?.value;
  const { verify, warnings } = verification(env);
  const tls = {
    verify,
    ...(ca.texts.length === 0 ? {} : { ca: ca.texts }),
    ...pair,
    ...(servername === undefined ? {} : { servername }),
  };
  return { tls, warnings };
}

/** VAULT_CACERT, else every certificate of VAULT_CAPATH. */
async function authorities(env: Environment): Promise<Texts> {
  const file = await pemFile(env, 'CACERT');
  const folder = variable(env, 'CAPATH');
  if ('problem' in file || file.texts.length > 0 || folder === undefined) return file;
  const names = (await filesIn(folder.value, ['.pem', '.crt', '.cer'])) ?? [];
  if (names.length === 0) return { problem: badFile(folder.name, folder.value, 'it holds no .pem, .crt or .cer file') };
  const texts: string[] = [];
  for (const name of names) {
    const pem = await readPem(folder.name, name);
    if ('problem' in pem) return pem;
    texts.push(...pem.texts);
  }
  return { texts };
}

async function clientPair(env: Environment): Promise<Pick<Tls, 'cert' | 'key'> | Failed> {
  const cert = await pemFile(env, 'CLIENT_CERT');
  if ('problem' in cert) return cert;
  const key = await pemFile(env, 'CLIENT_KEY');
  if ('problem' in key) return key;
  const [[certText], [keyText]] = [cert.texts, key.texts];
  if (certText !== undefined && keyText !== undefined) return { cert: certText, key: new Material(keyText) };
  if (certText === undefined && keyText === undefined) return {};
  const summary = 'VAULT_CLIENT_CERT and VAULT_CLIENT_KEY are only of use together';
  return { problem: problem('KT2008', summary, 'Set both or neither') };
}

async function pemFile(env: Environment, name: string): Promise<Texts> {
  const found = variable(env, name);
  return found === undefined ? { texts: [] } : readPem(found.name, found.value);
}

async function readPem(name: string, path: string): Promise<Texts> {
  const read = await readSmallFile(path);
  if (!read.ok) return { problem: badFile(name, path, read.code) };
  if (!read.file.text.includes('-----BEGIN ')) return { problem: badFile(name, path, 'it is not PEM') };
  return { texts: [read.file.text] };
}

function badFile(name: string, path: string, why: string): Problem {
  return problem('KT2008', `the file that ${name} names cannot be used`, `Correct ${name}`, `${path}: ${why}`);
}

/** Only the exact words of Vault's documentation switch verification off; any other text must not do so by accident. */
function verification(env: Environment): { readonly verify: boolean; readonly warnings: readonly Diagnostic[] } {
  const found = variable(env, 'SKIP_VERIFY');
  if (found === undefined || found.value === 'false' || found.value === '0') return { verify: true, warnings: [] };
  if (found.value === 'true' || found.value === '1') {
    const summary = `${found.name} switches off the check of Vault's certificate`;
    return { verify: false, warnings: [warning('KT2009', summary, 'Give the CA with VAULT_CACERT instead')] };
  }
  const summary = `${found.name} has a value other than true or 1, and is ignored`;
  return { verify: true, warnings: [warning('KT2009', summary, `Remove ${found.name}`)] };
}
