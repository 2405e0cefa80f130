import type { Environment } from '../system/environment.js';
import type { Proxy } from './types.js';

/** Proxies of the environment: the lower-case names win, as in curl; HTTP_PROXY never serves https. Undefined: none. */
export function proxyOf(env: Environment): Proxy | undefined {
  const http = first(env, 'http_proxy', 'HTTP_PROXY');
  const https = first(env, 'https_proxy', 'HTTPS_PROXY');
  if (http === undefined && https === undefined) return undefined;
  return {
    ...(http === undefined ? {} : { http }),
    ...(https === undefined ? {} : { https }),
    bypass: first(env, 'no_proxy', 'NO_PROXY') ?? '',
  };
}

/** The proxy that a URL is asked through; undefined: directly. Loopback addresses are always asked directly, as Go's clients do. */
export function proxyFor(url: URL, proxy: Proxy | undefined): string | undefined {
  const uri = url.protocol === 'https:' ? proxy?.https : proxy?.http;
  if (proxy === undefined || uri === undefined) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  if (isLoopback(host)) return undefined;
  const entries = proxy.bypass.split(/[,\s]+/).filter((entry) => entry !== '');
  return entries.some((entry) => bypasses(entry.toLowerCase(), host, port)) ? undefined : uri;
}

/** http or https, with a host; user and password may stand in it. */
export function isProxyUri(uri: string): boolean {
  return URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol);
}

/** `example.com` and `.example.com` cover the name and everything below it; `host:80` and `[::1]:80` count for that port only. */
function bypasses(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const match = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry);
  if (match !== null && match[2] !== port) return false;
  const name = (match?.[1] ?? entry).replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  return host === name || host.endsWith(`.${name}`);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function first(env: Environment, ...names: readonly string[]): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== '');
}
