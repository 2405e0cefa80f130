import type { Resource } from './resources.js';
import { present } from './value.js';

/** What a path names. */
export type Route =
  | ObjectRoute
  | { readonly type: 'accessReview' }
  | { readonly type: 'open'; readonly path: string } // readable by everybody: version, health
  | (Where & { readonly type: 'discovery' })
  | { readonly type: 'unknown'; /** The group and version are served, the resource is not. */ readonly served?: true };

interface Where {
  readonly group?: string;
  readonly version?: string;
}

export interface ObjectRoute {
  readonly type: 'object';
  readonly resource: Resource;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

const OPEN = new Set(['/version', '/healthz', '/readyz', '/livez']);
const OWN_OF_NAMESPACE = new Set(['status', 'finalize']);

/** Reads a path without its query; the segments are decoded. */
export function routeOf(path: string, resources: readonly Resource[]): Route {
  if (OPEN.has(path)) return { type: 'open', path };
  const segments = path.split('/').filter((segment) => segment !== '');
  const [root, ...below] = segments.map(decodeURIComponent);
  if (root === 'api')
    return below.length === 0 ? { type: 'discovery', group: '' } : groupRoute(['', ...below], resources);
  return root === 'apis' ? groupRoute(below, resources) : { type: 'unknown' };
}

/** From the group on. */
function groupRoute([group, version, ...rest]: readonly string[], resources: readonly Resource[]): Route {
  if (rest.length === 0) return { type: 'discovery', ...present<Where>({ group, version }) };
  if (group === 'authorization.k8s.io' && rest[0] === 'selfsubjectaccessreviews') return { type: 'accessReview' };
  const served = resources.filter((resource) => resource.group === group && resource.version === version);
  const unknown: Route = served.length > 0 ? { type: 'unknown', served: true } : { type: 'unknown' };
  return objectRoute(served, rest) ?? unknown;
}

function liesInNamespace(rest: readonly string[]): boolean {
  return rest[0] === 'namespaces' && rest.length > 2 && !OWN_OF_NAMESPACE.has(rest[2] ?? '');
}

function objectRoute(served: readonly Resource[], rest: readonly string[]): ObjectRoute | undefined {
  const inNamespace = liesInNamespace(rest);
  const [plural, name, subresource, tooMuch] = inNamespace ? rest.slice(2) : rest;
  const resource = served.find((one) => one.plural === plural);
  if (resource === undefined || tooMuch !== undefined) return undefined;
  // A namespaced object is reached through its namespace only; the list over all namespaces is not.
  const fits = resource.namespaced ? inNamespace || name === undefined : !inNamespace;
  const namespace = inNamespace ? rest[1] : undefined;
  return fits ? present<ObjectRoute>({ type: 'object', resource, namespace, name, subresource }) : undefined;
}
