import type { V1EnvVar, V1PodTemplateSpec, V1Volume } from '@kubernetes/client-node';
import type { WorkloadDetails } from '../../domain/ports.js';

/** Environment names of all containers of a pod template, init containers included, with the Secret key each one refers to. */
export function envOf(template: V1PodTemplateSpec | undefined): WorkloadDetails['env'] {
  return containersOf(template).flatMap((container) => (container.env ?? []).map(envView));
}

function envView(variable: V1EnvVar): WorkloadDetails['env'][number] {
  const reference = variable.valueFrom?.secretKeyRef;
  if (reference === undefined) return { name: variable.name };
  return { name: variable.name, secretKey: { name: reference.name ?? '', key: reference.key } };
}

/**
 * Names of the Secrets that the containers can read: env, envFrom, volumes, projected volumes. Not the ones that only the kubelet uses
 * (imagePullSecrets, credentials of storage). Sorted, each once.
 */
export function secretsOf(template: V1PodTemplateSpec | undefined): readonly string[] {
  const containers = containersOf(template);
  const fromEnv = containers.flatMap((container) => [
    ...(container.env ?? []).map((variable) => variable.valueFrom?.secretKeyRef?.name),
    ...(container.envFrom ?? []).map((source) => source.secretRef?.name),
  ]);
  const fromVolumes = (template?.spec?.volumes ?? []).flatMap(secretsOfVolume);
  const names = [...fromEnv, ...fromVolumes].flatMap((name) => (name === undefined || name === '' ? [] : [name]));
  return [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));
}

function secretsOfVolume(volume: V1Volume): readonly (string | undefined)[] {
  const projected = (volume.projected?.sources ?? []).map((source) => source.secret?.name);
  return [volume.secret?.secretName, ...projected];
}

function containersOf(template: V1PodTemplateSpec | undefined): readonly {
  readonly env?: readonly V1EnvVar[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name?: string } }[];
}[] {
  const spec = template?.spec;
  return spec === undefined ? [] : [...(spec.initContainers ?? []), ...spec.containers];
}
