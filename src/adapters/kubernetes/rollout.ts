import type { V1LabelSelector, V1ListMeta, V1ObjectMeta, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { WorkloadRef } from '../../domain/policy.js';
import type { Rollout } from '../../domain/ports.js';
import { metadataOf } from './api.js';
import type { Api } from './api.js';
import { malformed } from './faults.js';
import { hasEnded, podView } from './pods.js';
import { getWorkload, replicasOf } from './workloads.js';
import type { Workload } from './workloads.js';

/**
 * How far a rollout is, judged on the pods themselves, since the controllers' counters leave terminating pods out. The workload is read
 * first, then its pods, then (for a Deployment) the ReplicaSets: a ReplicaSet is older than its pods, so that none that is needed is missed.
 */
export async function rollout(api: Api, ref: WorkloadRef): Promise<Rollout | null> {
  const workload = await getWorkload(api, ref);
  if (workload === null) return null;
  const path = `/apis/apps/v1/namespaces/${ref.namespace}/${ref.kind.toLowerCase()}s/${ref.name}`;
  const metadata = metadataOf(api, workload.object, { method: 'GET', path });
  const pods = await podsOf(api, ref, workload, metadata);
  const generation = metadata.generation ?? 0;
  const observedGeneration = workload.object.status?.observedGeneration ?? 0;
  const deadlineExceeded = observedGeneration >= generation ? gaveUp(workload) : undefined;
  return {
    observedGeneration,
    generation,
    replicas: replicasOf(workload),
    pods: pods.map(podView),
    ...(deadlineExceeded === undefined ? {} : { deadlineExceeded }),
  };
}

/**
 * A Deployment whose controller gave up. Its conditions do not say which generation they are about; the caller has seen to it that the
 * controller knows the present one, and a new template resets the condition before that.
 */
function gaveUp(workload: Workload): string | undefined {
  if (workload.kind !== 'Deployment') return undefined;
  const condition = (workload.object.status?.conditions ?? []).find(
    (one) => one.type === 'Progressing' && one.status === 'False' && one.reason === 'ProgressDeadlineExceeded',
  );
  return condition === undefined ? undefined : (condition.message ?? 'ProgressDeadlineExceeded');
}

async function podsOf(
  api: Api,
  ref: WorkloadRef,
  workload: Workload,
  metadata: V1ObjectMeta,
): Promise<readonly V1Pod[]> {
  const at = { namespace: ref.namespace, labelSelector: selectorText(workload.object.spec?.selector) };
  const pods = await allPages<V1Pod>(api, `/api/v1/namespaces/${ref.namespace}/pods`, (page) =>
    api.core.listNamespacedPod({ ...at, ...page }),
  );
  const running = pods.filter((pod) => !hasEnded(pod));
  if (workload.kind !== 'Deployment') return running.filter((pod) => controllerOf(pod.metadata)?.uid === metadata.uid);
  const path = `/apis/apps/v1/namespaces/${ref.namespace}/replicasets`;
  const sets = await allPages<V1ReplicaSet>(api, path, (page) => api.apps.listNamespacedReplicaSet({ ...at, ...page }));
  return running.filter((pod) => belongs(pod, ref, metadata, sets));
}

/**
 * Does a pod belong to the Deployment, through a ReplicaSet? An old ReplicaSet may be removed while its last pods still terminate
 * (revisionHistoryLimit); such a pod is told by the name that the controller gives a ReplicaSet: the Deployment's and the template's hash.
 */
function belongs(pod: V1Pod, ref: WorkloadRef, deployment: V1ObjectMeta, sets: readonly V1ReplicaSet[]): boolean {
  const owner = controllerOf(pod.metadata);
  if (owner?.kind !== 'ReplicaSet') return false;
  const set = sets.find((one) => one.metadata?.uid === owner.uid);
  if (set !== undefined) return controllerOf(set.metadata)?.uid === deployment.uid;
  return owner.name === `${ref.name}-${pod.metadata?.labels?.['pod-template-hash'] ?? ''}`;
}

function controllerOf(metadata: V1ObjectMeta | undefined): { kind: string; name: string; uid: string } | undefined {
  return (metadata?.ownerReferences ?? []).find((owner) => owner.controller === true);
}

/** A selector as a query (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api). */
export function selectorText(selector: V1LabelSelector | undefined): string {
  const equal = Object.entries(selector?.matchLabels ?? {}).map(([name, value]) => `${name}=${value}`);
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${(values ?? []).join(',')})`;
  });
  return [...equal, ...expressions].join(',');
}

const PAGE = 500;

interface List<T> {
  readonly items: readonly T[];
  readonly metadata?: V1ListMeta;
}

/** All objects of a list, page by page. */
async function allPages<T>(
  api: Api,
  path: string,
  read: (page: { readonly limit: number; readonly _continue?: string }) => Promise<List<T>>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const list = await read(token === undefined ? { limit: PAGE } : { limit: PAGE, _continue: token });
    if (!Array.isArray(list.items))
      throw malformed({ server: api.server, method: 'GET', path, write: false }, 'the answer is not a list');
    all.push(...list.items);
    token = list.metadata?._continue;
  } while (token !== undefined && token !== '');
  return all;
}
