import { chmodSync, writeFileSync } from 'node:fs';

export interface KubeconfigContent {
  readonly server: string;
  readonly token: string;
  /** Default namespace of the context. */
  readonly namespace?: string;
  /** Name of context, cluster and user; default `sandbox`. */
  readonly name?: string;
}

/**
 * A kubeconfig with one context. `insecure-skip-tls-verify` is there because clients refuse a plain http server without
 * it (@kubernetes/client-node does); there is no TLS to verify on a loopback address.
 */
function kubeconfigText({ server, token, namespace, name = 'sandbox' }: KubeconfigContent): string {
  const quoted = JSON.stringify(name);
  return [
    'apiVersion: v1',
    'kind: Config',
    `current-context: ${quoted}`,
    'clusters:',
    `  - name: ${quoted}`,
    `    cluster: { server: ${JSON.stringify(server)}, insecure-skip-tls-verify: true }`,
    'users:',
    `  - name: ${quoted}`,
    `    user: { token: ${JSON.stringify(token)} }`,
    'contexts:',
    `  - name: ${quoted}`,
    `    context: { cluster: ${quoted}, user: ${quoted}, namespace: ${JSON.stringify(namespace ?? 'default')} }`,
    '',
  ].join('\n');
}

/** Writes the file readable by its owner alone, also where it exists with other rights. */
export function writeKubeconfig(path: string, content: KubeconfigContent): void {
  writeFileSync(path, '', { mode: 0o600 });
  chmodSync(path, 0o600);
  writeFileSync(path, kubeconfigText(content));
}
