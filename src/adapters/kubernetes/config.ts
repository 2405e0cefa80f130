import { existsSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { Fault } from '../../domain/fault.js';
import type { Environment } from '../system/environment.js';
import { refused } from './faults.js';

export interface ConfigSource {
  /** Path of a kubeconfig; instead of KUBECONFIG. */
  readonly kubeconfig?: string;
  /** A context of the kubeconfig, instead of its current one. A pod's own account has no contexts: there it says nothing. */
  readonly context?: string;
  readonly environment: Environment;
}

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The configuration, from the first that is there: the path given, the files of KUBECONFIG (joined by ":", missing ones skipped, as
 * kubectl does), the pod's own account where KUBERNETES_SERVICE_HOST is set, ~/.kube/config. A stray ~/.kube/config in a runner's image
 * therefore never wins over the pod's account. Throws Fault, which never quotes a file: kubeconfigs hold tokens.
 */
export function loadConfig(source: ConfigSource): KubeConfig {
  const { environment } = source;
  const named = source.kubeconfig ?? environment['KUBECONFIG'] ?? '';
  if (named !== '') return withContext(readFiles(named), source.context);
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  if (host !== '') return inCluster(host, environment['KUBERNETES_SERVICE_PORT'] ?? '443');
  const home = environment['HOME'] ?? '';
  const usual = join(home, '.kube', 'config');
  if (home !== '' && existsSync(usual)) return withContext(readFiles(usual), source.context);
  throw unusable('no cluster is named: set KUBECONFIG, or run in a pod with a service account');
}

function readFiles(paths: string): KubeConfig {
  const files = paths.split(delimiter).filter((path) => path !== '' && existsSync(path));
  const [first, ...others] = files;
  if (first === undefined) throw unusable(`there is no file ${paths}`);
  const config = readFile(first);
  for (const path of others) merge(config, path);
  return config;
}

function readFile(path: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(path, { onInvalidEntry: 'throw' });
  } catch {
    throw unusable(`${path} is not a readable kubeconfig`);
  }
  return config;
}

function merge(config: KubeConfig, path: string): void {
  const other = readFile(path);
  try {
    config.mergeConfig(other, config.getCurrentContext() !== undefined);
  } catch {
    throw unusable(`${path} names a cluster, user or context that an earlier file of KUBECONFIG has`);
  }
}

function withContext(config: KubeConfig, wanted: string | undefined): KubeConfig {
  const names = config.getContexts().map((context) => context.name);
  const context = wanted ?? config.getCurrentContext();
  if ((context ?? '') === '') throw unusable(`the kubeconfig has no current context; name one of ${names.join(', ')}`);
  if (!names.includes(context))
    throw unusable(`the kubeconfig has no context "${context}"; it has ${names.join(', ')}`);
  config.setCurrentContext(context);
  if (config.getCurrentCluster() === null)
    throw unusable(`context "${context}" names a cluster that the kubeconfig lacks`);
  return config;
}

/** The account of the pod (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/); its token file is read again each minute. */
function inCluster(host: string, port: string): KubeConfig {
  const config = new KubeConfig();
  const name = 'in-cluster';
  config.loadFromOptions({
    clusters: [
      {
        name,
        caFile: `${ACCOUNT}/ca.crt`,
        server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
        skipTLSVerify: false,
      },
    ],
    users: [{ name, authProvider: { name: 'tokenFile', config: { tokenFile: `${ACCOUNT}/token` } } }],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  });
  return config;
}

/** A configuration that names no cluster keyturn can speak to. */
export function unusable(said: string): Fault {
  return refused({ server: 'Kubernetes', method: 'LOAD', path: 'kubeconfig', write: false }, 'invalid', said);
}
