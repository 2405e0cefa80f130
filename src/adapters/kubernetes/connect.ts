import {
  AppsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  ServerConfiguration,
  createConfiguration,
} from '@kubernetes/client-node';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Duration } from '../../domain/duration.js';
import { isFault } from '../../domain/fault.js';
import type { Clock, Kubernetes, KubernetesAccess } from '../../domain/ports.js';
import { isProxyUri, proxyOf } from '../http/proxy.js';
import type { RetryPolicy } from '../http/types.js';
import type { OnExchange, Proxy } from '../http/types.js';
import type { Environment } from '../system/environment.js';
import type { Api } from './api.js';
import { loadConfig, unusable } from './config.js';
import { malformed } from './faults.js';
import { rollout } from './rollout.js';
import { createSecret, patchSecret, readSecret } from './secrets.js';
import { transport } from './transport.js';
import { annotateTemplate, readWorkload } from './workloads.js';

export interface KubernetesOptions {
  /** Path of a kubeconfig; instead of KUBECONFIG. */
  readonly kubeconfig?: string;
  /** Context of the kubeconfig; instead of its current one. */
  readonly context?: string;
  readonly environment: Environment;
  /** Signs every write in managedFields: `keyturn`, or `keyturn-<run id>`. */
  readonly fieldManager: string;
  /** Milliseconds for one call, its login and the repetitions of a read included. */
  readonly deadline: Duration;
  readonly clock: Clock;
  /** How reads, and writes that certainly changed nothing, are repeated within the deadline. */
  readonly retry: RetryPolicy;
  readonly onExchange?: OnExchange;
}

/**
 * Connects to the cluster that the options name (see loadConfig for the order); sends nothing yet. Loading this module costs about a third
 * of a second and 75 MB, so that only a run with Kubernetes in it should import it.
 */
export function connectKubernetes(options: KubernetesOptions): Promise<Kubernetes> {
  return Promise.resolve().then(() => portOf(apiOf(options)));
}

function apiOf(options: KubernetesOptions): Api {
  const config = loadConfig(options);
  const url = serverOf(config);
  const server = `Kubernetes ${url}`;
  const proxy = proxyTo(config, options.environment);
  const { deadline, clock, retry, onExchange, fieldManager } = options;
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(url, {}),
    httpApi: transport({
      config,
      server,
      deadline,
      clock,
      retry,
      ...(proxy === undefined ? {} : { proxy }),
      ...(onExchange === undefined ? {} : { onExchange }),
    }),
  });
  return {
    server,
    core: new CoreV1Api(configuration),
    apps: new AppsV1Api(configuration),
    authorization: new AuthorizationV1Api(configuration),
    fieldManager,
  };
}

/** The API server's address without a trailing slash. Throws Fault for what keyturn will not speak to. */
function serverOf(config: KubeConfig): string {
  const cluster = config.getCurrentCluster();
  const text = cluster?.server ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw unusable('its server is not an http or https URL');
  if (`${url.username}${url.password}` !== '') throw unusable('its server holds a user or password');
  if (url.protocol === 'http:' && cluster?.skipTLSVerify !== true)
    throw unusable('plain HTTP is refused unless insecure-skip-tls-verify says so: values would travel in the clear');
  return text.replace(/\/+$/, '');
}

/** The kubeconfig's own proxy before that of the environment. */
function proxyTo(config: KubeConfig, environment: Environment): Proxy | undefined {
  const own = config.getCurrentCluster()?.proxyUrl;
  if (own === undefined) return proxyOf(environment);
  if (!isProxyUri(own)) throw unusable('its proxy-url is not an HTTP proxy');
  return { http: own, https: own, bypass: '' };
}

function portOf(api: Api): Kubernetes {
  const reads = onlyFaults(api, false);
  const writes = onlyFaults(api, true);
  return {
    readSecret: (copy) => reads(readSecret(api, copy)),
    createSecret: (copy, value, annotations) => writes(createSecret(api, copy, value, annotations)),
    patchSecret: (copy, value, annotations, version) => writes(patchSecret(api, copy, value, annotations, version)),
    readWorkload: (ref) => reads(readWorkload(api, ref)),
    annotateTemplate: (ref, annotations, version) => writes(annotateTemplate(api, ref, annotations, version)),
    rollout: (ref) => reads(rollout(api, ref)),
    allowed: (access) => reads(allowed(api, access)),
  };
}

/** The generated client throws a TypeError where an answer has another shape than the API's; its message could quote the answer. */
function onlyFaults(api: Api, write: boolean): <T>(work: Promise<T>) => Promise<T> {
  return (work) =>
    work.catch((error: unknown) => {
      if (isFault(error)) throw error;
      const call = { server: api.server, method: 'READ', path: 'the answer', write };
      throw malformed(call, 'the answer has not the shape that the API promises');
    });
}

/** Asks the API server whether this login may do it; every authenticated identity may ask (system:basic-user). */
async function allowed(api: Api, access: KubernetesAccess): Promise<boolean> {
  const review = await api.authorization.createSelfSubjectAccessReview({
    body: { spec: { resourceAttributes: { ...access } } },
  });
  const answer: unknown = review.status?.allowed;
  if (typeof answer === 'boolean') return answer;
  const call = {
    server: api.server,
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    write: false,
  };
  throw malformed(call, 'the answer has no status.allowed');
}
