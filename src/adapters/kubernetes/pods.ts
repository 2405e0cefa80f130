import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { Rollout } from '../../domain/ports.js';

/** One pod as a rollout sees it. */
export function podView(pod: V1Pod): Rollout['pods'][number] {
  const ready = (pod.status?.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True');
  const trouble = ready ? undefined : troubleOf(pod);
  return {
    name: pod.metadata?.name ?? '',
    annotations: pod.metadata?.annotations ?? {},
    ready,
    terminating: pod.metadata?.deletionTimestamp !== undefined,
    ...(trouble === undefined ? {} : { trouble }),
  };
}

/** A pod that ended (evicted, completed) runs nothing and its controller has already written it off. */
export function hasEnded(pod: V1Pod): boolean {
  return pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
}

/**
 * Why a pod does not get ready, where it says so: it cannot be scheduled, a container waits for something, a container ended.
 * `CreateContainerConfigError: secret "x" not found`.
 */
function troubleOf(pod: V1Pod): string | undefined {
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const scheduled = conditions.find((one) => one.type === 'PodScheduled' && one.status === 'False');
  if (scheduled?.reason === 'Unschedulable') return sentence('Unschedulable', scheduled.message);
  return [...initContainerStatuses, ...containerStatuses]
    .map(containerTrouble)
    .find((trouble) => trouble !== undefined);
}

/** Every pod passes through these on its way. */
const ORDINARY = new Set(['ContainerCreating', 'PodInitializing']);

/**
 * Reasons whose message the kubelet makes itself. Others (a failed hook, a container that ended) may quote what the program printed,
 * which can hold a value: there the reason alone is passed on.
 */
const OWN_MESSAGES = new Set([
  'CreateContainerConfigError',
  'CrashLoopBackOff',
  'ErrImageNeverPull',
  'ErrImagePull',
  'ImageInspectError',
  'ImagePullBackOff',
  'InvalidImageName',
  'RegistryUnavailable',
]);

function containerTrouble(container: V1ContainerStatus): string | undefined {
  const { waiting, terminated } = container.state ?? {};
  if (waiting?.reason !== undefined && !ORDINARY.has(waiting.reason))
    return waitingTrouble(waiting.reason, waiting.message, container.lastState?.terminated?.exitCode);
  if (terminated === undefined || terminated.exitCode === 0) return undefined;
  return `${terminated.reason ?? 'Error'} (exit ${terminated.exitCode})`;
}

function waitingTrouble(reason: string, message: string | undefined, lastExit: number | undefined): string {
  const text = OWN_MESSAGES.has(reason) ? sentence(reason, message) : reason;
  return lastExit === undefined ? text : `${text} (last exit ${lastExit})`;
}

function sentence(reason: string, message: string | undefined): string {
  const text = (message ?? '').replaceAll(/\s+/g, ' ').trim();
  const cut = text.length > 240 ? `${text.slice(0, 239)}…` : text;
  return cut === '' ? reason : `${reason}: ${cut}`;
}
