import type { Diagnostic } from '../../domain/diagnostic.js';
import { isProxyUri, proxyFor, proxyOf } from '../http/proxy.js';
import type { Proxy, Tls } from '../http/types.js';
import type { Environment } from '../system/environment.js';
import { problem, warning } from './problems.js';
import type { Failed, Problem } from './problems.js';
import { tlsOf } from './tls.js';
import { variable } from './variables.js';

/** Where Vault is and how its connections are made. */
export interface Endpoint {
  /** `https://vault.example.com:8200`: no trailing slash; a path is kept, for a Vault behind one. */
  readonly address: string;
  /** Which setting named the address, for `doctor`: `--vault-address`, `VAULT_ADDR`, `vault.address`. */
  readonly addressFrom: string;
  readonly namespace?: string;
  readonly tls: Tls;
  readonly proxy?: Proxy;
}

export type EndpointResult =
  | { readonly ok: true; readonly endpoint: Endpoint; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface Addresses {
  /** --vault-address. */
  readonly flag?: string;
  /** vault.address of keyturn.yaml. */
  readonly settings?: string;
}

/**
 * Vault's own variables: VAULT_ADDR, VAULT_NAMESPACE, VAULT_CACERT, VAULT_CAPATH, VAULT_CLIENT_CERT, VAULT_CLIENT_KEY,
 * VAULT_TLS_SERVER_NAME, VAULT_SKIP_VERIFY (each also as BAO_*), and HTTPS_PROXY, HTTP_PROXY, NO_PROXY. Precedence of the address:
 * flag, environment, settings.
 */
export async function endpointOf(env: Environment, addresses: Addresses): Promise<EndpointResult> {
  const address = addressOf(env, addresses);
  const tls = await tlsOf(env);
  const problems = [address, tls].flatMap((part) => ('problem' in part ? [part.problem] : []));
  if ('problem' in address || 'problem' in tls) return { ok: false, problems };
  const proxy = proxyOf(env);
  const uri = proxyFor(new URL(address.text), proxy);
  if (uri !== undefined && !isProxyUri(uri)) return { ok: false, problems: [badProxy()] };
  const namespace = variable(env, 'NAMESPACE')?.value.replace(/^\/+|\/+$/g, '');
  const endpoint = {
    address: address.text,
    addressFrom: address.from,
    tls: tls.tls,
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
    ...(proxy === undefined ? {} : { proxy }),
  };
  return { ok: true, endpoint, warnings: [...tls.warnings, ...plainHttp(address.text)] };
}

function addressOf(env: Environment, { flag, settings }: Addresses): { text: string; from: string } | Failed {
  const variableSet = variable(env, 'ADDR');
  const candidates = [
    { text: flag, from: '--vault-address' },
    { text: variableSet?.value, from: variableSet?.name ?? '' },
    { text: settings, from: 'vault.address' },
  ];
  for (const { text, from } of candidates) if (text !== undefined && text !== '') return checkedAddress(text, from);
  const action = 'Set VAULT_ADDR, vault.address in keyturn.yaml, or --vault-address';
  return { problem: problem('KT2001', 'no address of Vault is set', action) };
}

function checkedAddress(text: string, from: string): { text: string; from: string } | Failed {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (url !== undefined && plain && url.search === '' && url.hash === '') {
    return { text: `${url.origin}${url.pathname}`.replace(/\/+$/, ''), from };
  }
  const action = 'Give it as https://host:port, without user, password or query';
  return { problem: problem('KT2002', `the address of Vault in ${from} is not an http or https URL`, action) };
}

/** On the loopback interface nobody listens in. */
function plainHttp(address: string): readonly Diagnostic[] {
  const { protocol, hostname } = new URL(address);
  if (protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) return [];
  return [warning('KT2010', `the connection to ${address} is not encrypted`, 'Use https')];
}

function badProxy(): Problem {
  const summary = 'the proxy for the address of Vault is not an http or https URL';
  return problem('KT2011', summary, 'Correct HTTPS_PROXY or HTTP_PROXY, or name the host in NO_PROXY');
}
