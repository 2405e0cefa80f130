import type { WorkloadRef } from '../../src/domain/policy.js';
import type { World } from './cluster-world.js';

export const RESOURCES = { Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets' } as const;

/** What a test wants of a workload; the rest is the smallest that runs. */
export interface Wanted {
  readonly replicas?: number;
  /** Beside replicas, selector and template: `paused`, `strategy`, `updateStrategy`, `progressDeadlineSeconds`. */
  readonly spec?: object;
  readonly podAnnotations?: { readonly [name: string]: string };
  readonly podSpec?: object;
  readonly container?: object;
}

export function workloadPath(ref: WorkloadRef): string {
  return `/apis/apps/v1/namespaces/${ref.namespace}/${RESOURCES[ref.kind]}/${ref.name}`;
}

/** Makes a workload whose container sleeps until it is told to end. */
export async function makeWorkload(world: World, ref: WorkloadRef, wanted: Wanted = {}): Promise<void> {
  const { replicas = 2, spec = {}, podAnnotations = {}, podSpec = {}, container = {} } = wanted;
  const labels = { app: ref.name };
  const own = {
    Deployment: { replicas },
    StatefulSet: { replicas, serviceName: ref.name },
    DaemonSet: {},
  }[ref.kind];
  await world.admin('POST', workloadPath(ref).replace(/\/[^/]+$/, ''), {
    metadata: { name: ref.name },
    spec: {
      ...own,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: podAnnotations },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'main', image: 'example.com/none:1', command: ['sleep', '3600'], ...container }],
          ...podSpec,
        },
      },
      ...spec,
    },
  });
}
