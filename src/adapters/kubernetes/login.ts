import type { RequestOptions } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import type { KubeConfig } from '@kubernetes/client-node';
import { Material } from '../../domain/material.js';
import type { Tls } from '../http/types.js';
import { refused } from './faults.js';
import type { Call } from './call.js';

export interface Identity {
  readonly headers: { readonly [name: string]: string };
  readonly tls: Tls;
}

/**
 * What the kubeconfig says about who calls and whom to trust: certificates, a token, a token file (read again each minute), a login
 * command. A command's error output can hold anything, so that a failure is said without it.
 */
export async function login(config: KubeConfig, server: string): Promise<Identity> {
  const found: RequestOptions = { headers: {} };
  try {
    await config.applyToHTTPSOptions(found);
  } catch {
    const said = 'the certificate, token file or login command of the kubeconfig cannot be used';
    const call: Call = { server, method: 'LOGIN', path: 'of the kubeconfig', write: false };
    throw refused(call, 'unauthenticated', said);
  }
  return { headers: headersOf(found), tls: tlsOf(found) };
}

/** Token files end in a line break more often than not; a header must not. */
function headersOf(found: RequestOptions): Identity['headers'] {
  const given = Object.entries(found.headers ?? {}).map(([name, value]): [string, string] => [
    name,
    String(value).trim(),
  ]);
  const basic = typeof found.auth === 'string' ? [['Authorization', `Basic ${base64(found.auth)}`] as const] : [];
  return Object.fromEntries([...given, ...basic]);
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function tlsOf(found: RequestOptions): Tls {
  return {
    ...(found.ca === undefined ? {} : { ca: [pem(found.ca)] }),
    ...(found.cert === undefined ? {} : { cert: pem(found.cert) }),
    ...(found.key === undefined ? {} : { key: new Material(pem(found.key)) }),
    ...(found.servername === undefined ? {} : { servername: found.servername }),
    verify: found.rejectUnauthorized !== false,
  };
}

/** The package gives a file's bytes or a login command's text, never the other forms that node:tls takes. */
function pem(given: RequestOptions['key']): string {
  if (typeof given === 'string') return given;
  return Buffer.isBuffer(given) ? given.toString('utf8') : '';
}

/** Would connections made with the one serve the other? */
export function sameTls(a: Tls, b: Tls): boolean {
  const { key: keyA, ...restA } = a;
  const { key: keyB, ...restB } = b;
  const sameKey = keyA === undefined || keyB === undefined ? keyA === keyB : keyA.equals(keyB);
  return sameKey && isDeepStrictEqual(restA, restB);
}
