/** One kind of object that the API serves. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Has a status that only the status subresource changes. */
  readonly status: boolean;
  /** What moves metadata.generation; Deployments count their annotations too, as these are copied to ReplicaSets. */
  readonly generation: 'none' | 'spec' | 'specAndAnnotations';
  /** Built in: strategic merge patch, typed decoding. Custom resources have neither. */
  readonly typed: boolean;
  /** DELETE answers the object instead of a Status. */
  readonly returnsDeleted: boolean;
  readonly shortNames: readonly string[];
}

const BUILT_IN: Omit<Resource, 'group' | 'plural' | 'kind'> = {
  version: 'v1',
  namespaced: true,
  status: false,
  generation: 'none',
  typed: true,
  returnsDeleted: false,
  shortNames: [],
};

const core = (plural: string, kind: string, more: Partial<Resource> = {}): Resource => ({
  ...BUILT_IN,
  group: '',
  plural,
  kind,
  ...more,
});

const apps = (plural: string, kind: string, more: Partial<Resource> = {}): Resource => ({
  ...BUILT_IN,
  group: 'apps',
  plural,
  kind,
  status: true,
  generation: 'spec',
  ...more,
});

export const NAMESPACES = core('namespaces', 'Namespace', { namespaced: false, status: true, shortNames: ['ns'] });
export const NODES = core('nodes', 'Node', { namespaced: false, status: true, shortNames: ['no'] });
export const SECRETS = core('secrets', 'Secret');
const CONFIGMAPS = core('configmaps', 'ConfigMap', { shortNames: ['cm'] });
export const PODS = core('pods', 'Pod', {
  status: true,
  generation: 'spec',
  returnsDeleted: true,
  shortNames: ['po'],
});
export const DEPLOYMENTS = apps('deployments', 'Deployment', {
  generation: 'specAndAnnotations',
  shortNames: ['deploy'],
});
export const REPLICASETS = apps('replicasets', 'ReplicaSet', { shortNames: ['rs'] });
export const STATEFULSETS = apps('statefulsets', 'StatefulSet', { shortNames: ['sts'] });
export const DAEMONSETS = apps('daemonsets', 'DaemonSet', { shortNames: ['ds'] });
export const REVISIONS = apps('controllerrevisions', 'ControllerRevision', { status: false, generation: 'none' });

export const RESOURCES: readonly Resource[] = [
  NAMESPACES,
  NODES,
  SECRETS,
  CONFIGMAPS,
  PODS,
  core('serviceaccounts', 'ServiceAccount', { shortNames: ['sa'], returnsDeleted: true }),
  DEPLOYMENTS,
  REPLICASETS,
  STATEFULSETS,
  DAEMONSETS,
  REVISIONS,
];

/** A custom resource as a CustomResourceDefinition with a status subresource declares it. */
export function customResource(group: string, version: string, plural: string, kind: string): Resource {
  return { ...BUILT_IN, group, version, plural, kind, status: true, generation: 'spec', typed: false };
}

/** `deployments.apps`, `secrets`: how messages name a resource. */
export function qualified(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** `apps/v1`, `v1`. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}
