import { apiVersionOf, type Resource } from './resources.js';

const READ = ['get', 'list'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

function resourceList(groupVersion: string, served: readonly Resource[]): object {
  const own = served.map(({ plural, kind, namespaced, shortNames }) => ({
    name: plural,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: [...READ, ...WRITE].sort(),
    ...(shortNames.length === 0 ? {} : { shortNames }),
  }));
  const statuses = served
    .filter((resource) => resource.status)
    .map(({ plural, kind, namespaced }) => ({
      name: `${plural}/status`,
      singularName: '',
      namespaced,
      kind,
      verbs: ['get', 'patch', 'update'],
    }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: [...own, ...statuses] };
}

function groupOf(name: string, resources: readonly Resource[]): object {
  const versions = [...new Set(resources.filter((one) => one.group === name).map(apiVersionOf))].map(
    (groupVersion) => ({
      groupVersion,
      version: groupVersion.split('/')[1] ?? groupVersion,
    }),
  );
  return { name, versions, preferredVersion: versions[0] };
}

/** Which groups, versions and resources there are, for clients that ask (kubectl); undefined: no such group or version. */
export function discovery(
  resources: readonly Resource[],
  where: { readonly group?: string; readonly version?: string },
): object | undefined {
  const { group, version } = where;
  const groups = [...new Set(resources.map((one) => one.group))].filter((name) => name !== '');
  if (group === undefined) {
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((name) => groupOf(name, resources)) };
  }
  if (version === undefined) {
    if (group === '') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    return groups.includes(group) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, resources) } : undefined;
  }
  const served = resources.filter((one) => one.group === group && one.version === version);
  const first = served[0];
  return first === undefined ? undefined : resourceList(apiVersionOf(first), served);
}
