import type { V1DaemonSet, V1Deployment, V1StatefulSet, V1StatefulSetUpdateStrategy } from '@kubernetes/client-node';
import type { WorkloadRef } from '../../domain/policy.js';
import type { RollObstacle, WorkloadDetails } from '../../domain/ports.js';
import { MERGE_PATCH, metadataOf, orNull } from './api.js';
import type { Api } from './api.js';
import { malformed } from './faults.js';
import { annotationManagers } from './managed-fields.js';
import { checkWorkload } from './names.js';
import { envOf, secretsOf } from './template.js';

/** A workload with its kind written on it, so that what only one kind has can be asked for. */
export type Workload =
  | { readonly kind: 'Deployment'; readonly object: V1Deployment }
  | { readonly kind: 'StatefulSet'; readonly object: V1StatefulSet }
  | { readonly kind: 'DaemonSet'; readonly object: V1DaemonSet };

/** Null where it does not exist. */
export async function getWorkload(api: Api, ref: WorkloadRef): Promise<Workload | null> {
  checkWorkload(api.server, ref);
  const at = { namespace: ref.namespace, name: ref.name };
  switch (ref.kind) {
    case 'Deployment': {
      const object = await orNull(api.apps.readNamespacedDeployment(at));
      return object === null ? null : { kind: 'Deployment', object };
    }
    case 'StatefulSet': {
      const object = await orNull(api.apps.readNamespacedStatefulSet(at));
      return object === null ? null : { kind: 'StatefulSet', object };
    }
    case 'DaemonSet': {
      const object = await orNull(api.apps.readNamespacedDaemonSet(at));
      return object === null ? null : { kind: 'DaemonSet', object };
    }
  }
}

export async function readWorkload(api: Api, ref: WorkloadRef): Promise<WorkloadDetails | null> {
  const workload = await getWorkload(api, ref);
  if (workload === null) return null;
  const { object } = workload;
  const metadata = metadataOf(api, object, { method: 'GET', path: pathOf(ref) });
  const template = object.spec?.template;
  const obstacle = obstacleOf(workload);
  return {
    resourceVersion: metadata.resourceVersion,
    generation: metadata.generation ?? 0,
    replicas: replicasOf(workload),
    templateAnnotations: template?.metadata?.annotations ?? {},
    annotationManagers: annotationManagers(metadata.managedFields ?? []),
    env: envOf(template),
    secrets: secretsOf(template),
    ...(obstacle === undefined ? {} : { obstacle }),
  };
}

/** How many pods it wants; a DaemonSet wants one per node that fits, which only its controller knows. */
export function replicasOf(workload: Workload): number {
  if (workload.kind === 'DaemonSet') return workload.object.status?.desiredNumberScheduled ?? 0;
  return workload.object.spec?.replicas ?? 1;
}

/** Paused Deployments make no new pods, OnDelete waits for a person, a partition keeps the pods below it on the old template. */
function obstacleOf(workload: Workload): RollObstacle | undefined {
  switch (workload.kind) {
    case 'Deployment':
      return workload.object.spec?.paused === true ? 'paused' : undefined;
    case 'DaemonSet':
      return workload.object.spec?.updateStrategy?.type === 'OnDelete' ? 'OnDelete' : undefined;
    case 'StatefulSet':
      return strategyObstacle(workload.object.spec?.updateStrategy);
  }
}

function strategyObstacle(strategy: V1StatefulSetUpdateStrategy | undefined): RollObstacle | undefined {
  if (strategy?.type === 'OnDelete') return 'OnDelete';
  return (strategy?.rollingUpdate?.partition ?? 0) > 0 ? 'partitioned' : undefined;
}

/** Sets annotations of the pod template, which makes the controller replace every pod. */
export async function annotateTemplate(
  api: Api,
  ref: WorkloadRef,
  annotations: { readonly [name: string]: string },
  resourceVersion: string,
): Promise<{ readonly resourceVersion: string; readonly generation: number }> {
  checkWorkload(api.server, ref);
  const body = { metadata: { resourceVersion }, spec: { template: { metadata: { annotations } } } };
  const parameters = { namespace: ref.namespace, name: ref.name, body, fieldManager: api.fieldManager };
  const call = { method: 'PATCH', path: pathOf(ref) };
  const metadata = metadataOf(api, await patchWorkload(api, ref, parameters), call);
  if (metadata.generation === undefined)
    throw malformed({ server: api.server, write: true, ...call }, 'the answer has no metadata.generation');
  return { resourceVersion: metadata.resourceVersion, generation: metadata.generation };
}

type PatchParameters = Parameters<Api['apps']['patchNamespacedDeployment']>[0];

function patchWorkload(
  api: Api,
  ref: WorkloadRef,
  parameters: PatchParameters,
): Promise<V1Deployment | V1StatefulSet | V1DaemonSet> {
  switch (ref.kind) {
    case 'Deployment':
      return api.apps.patchNamespacedDeployment(parameters, MERGE_PATCH);
    case 'StatefulSet':
      return api.apps.patchNamespacedStatefulSet(parameters, MERGE_PATCH);
    case 'DaemonSet':
      return api.apps.patchNamespacedDaemonSet(parameters, MERGE_PATCH);
  }
}

function pathOf(ref: WorkloadRef): string {
  return `/apis/apps/v1/namespaces/${ref.namespace}/${ref.kind.toLowerCase()}s/${ref.name}`;
}
