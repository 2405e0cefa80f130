/** What of a request its shape is made of; the path is without the query. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: string;
}

export type ServerName = 'Vault' | 'Kubernetes';

const exchanges: Readonly<Record<ServerName, Set<string>>> = { Vault: new Set(), Kubernetes: new Set() };

/** What a server answered through any proxy of this test process: `GET :mount/data/:path 200`. */
export function recordedExchanges(server: ServerName): readonly string[] {
  return [...exchanges[server]].toSorted();
}

export function recordExchange(server: ServerName, { method, path, query }: Asked, status: number): void {
  const shape = server === 'Vault' ? shapeOfVault(path, query) : shapeOfKubernetes(path);
  exchanges[server].add(`${method} ${shape} ${status}`);
}

const KV = /^([^/]+)\/(data|metadata|subkeys|destroy|delete|undelete)\/(.*)$/;
const MOUNTS = 'sys/internal/ui/mounts/';

/** As the adapter names it: the mount, the key's path and an engine's own name are variable. */
export function shapeOfVault(path: string, query: string): string {
  const call = path.replace(/^\/v1\//, '');
  if (call.startsWith(MOUNTS)) return `${MOUNTS}:path`;
  if (call.startsWith('sys/') || call.startsWith('auth/token/')) return call;
  if (/^auth\/[^/]+\/login/.test(call)) return 'auth/:mount/login';
  const kv = KV.exec(call);
  if (kv === null) return call.replace(/^[^/]+\/config$/, ':mount/config');
  return `:mount/${kv[2] ?? ''}/:path${query.includes('list=true') ? '/?list' : ''}`;
}

/** As the adapter names it: namespace and object name are variable. */
export function shapeOfKubernetes(path: string): string {
  return path.replace(
    /\/namespaces\/[^/]+\/([^/]+)(\/[^/]+)?/,
    (_all, resource: string, name?: string) =>
      `/namespaces/:namespace/${resource}${name === undefined ? '' : '/:name'}`,
  );
}
