import { bindPod, isBinding } from './binding.js';
import { ApiError, badRequest, methodNotAllowed, noSuchResource, unsupportedMediaType } from './failures.js';
import { jsonPatch } from './patch/json.js';
import { mergePatch } from './patch/merge.js';
import { strategicPatch } from './patch/strategic.js';
import { deleteObject, type Deletion } from './removal.js';
import type { Registry, Write } from './registry.js';
import { parseJson, parseTree, type Reply } from './requests.js';
import { apiVersionOf, PODS, type Resource } from './resources.js';
import type { ObjectRoute } from './routes.js';
import { fieldSelector, labelSelector } from './selectors.js';
import { at, isTree, present, textAt, type Tree } from './value.js';

/** One request to an object or a list of them, already allowed. */
export interface Call {
  readonly method: string;
  readonly route: ObjectRoute;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: string;
  readonly manager: string;
}

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';

const isOn = (query: URLSearchParams, name: string): boolean => !['', '0', 'false'].includes(query.get(name) ?? '');

function writeOf({ query, manager, route }: Call): Write {
  const { subresource } = route;
  const dryRun = query.getAll('dryRun').includes('All');
  return { manager, dryRun, ...(subresource === undefined ? {} : { subresource }) };
}

/** The object that a POST or PUT sends; protobuf is not spoken here. */
function objectOf({ contentType, body }: Call): Tree {
  const type = (contentType.split(';')[0] ?? '').trim();
  if (type !== '' && type !== 'application/json') throw unsupportedMediaType(['application/json']);
  return parseTree(body);
}

/** Throws 400 where the body names another kind or another object than the path. */
function expect(body: Tree, resource: Resource, name?: string): Tree {
  const kind = textAt(body, 'kind') ?? '';
  const apiVersion = textAt(body, 'apiVersion') ?? '';
  if (kind !== '' && kind !== resource.kind) {
    throw badRequest(`${kind} in version "${apiVersion}" cannot be handled as a ${resource.kind}: unknown conversion`);
  }
  if (apiVersion !== '' && apiVersion !== apiVersionOf(resource)) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(resource)})`,
    );
  }
  const given = textAt(body, 'metadata', 'name');
  if (name === undefined || given === name) return body;
  throw badRequest(`the name of the object (${given ?? ''}) does not match the name on the URL (${name})`);
}

function patched(call: Call, current: Tree): Tree {
  const { resource } = call.route;
  const accepted = [JSON_PATCH, MERGE, ...(resource.typed ? [STRATEGIC] : [])];
  const type = (call.contentType.split(';')[0] ?? '').trim();
  if (!accepted.includes(type)) throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  const patch = parseJson(call.body);
  if (type === JSON_PATCH) return jsonPatch(current, patch);
  if (!isTree(patch)) throw badRequest('json: cannot unmarshal array into Go value of type map[string]interface {}');
  return type === MERGE ? (mergePatch(current, patch) as Tree) : strategicPatch(current, patch);
}

function list(registry: Registry, { route, query }: Call, resource: Resource): Reply {
  if (isOn(query, 'watch')) throw badRequest('watch is not served here: list again');
  const labels = labelSelector(query.get('labelSelector') ?? '');
  const fields = fieldSelector(resource, query.get('fieldSelector') ?? '');
  const found = registry.store.list(resource, route.namespace).filter((one) => labels(one) && fields(one));
  const limit = Number(query.get('limit') ?? 0);
  const start = Number(Buffer.from(query.get('continue') ?? '', 'base64').toString('utf8'));
  const end = limit > 0 ? start + limit : found.length;
  const more = end < found.length ? { continue: Buffer.from(String(end)).toString('base64') } : {};
  const remaining = end < found.length ? { remainingItemCount: found.length - end } : {};
  const items = found.slice(start, end).map((object) => {
    const { kind: _kind, apiVersion: _version, ...item } = object;
    return resource.typed ? item : object;
  });
  const metadata = { resourceVersion: registry.store.version, ...more, ...remaining };
  return { code: 200, body: { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items } };
}

function deletionOf({ body, query }: Call): Deletion {
  const options = parseTree(body);
  const grace = at(options, 'gracePeriodSeconds') ?? query.get('gracePeriodSeconds') ?? undefined;
  if (grace !== undefined && !(Number(grace) >= 0)) {
    throw badRequest('gracePeriodSeconds: Invalid value: must be greater than or equal to 0');
  }
  const policy = textAt(options, 'propagationPolicy') ?? query.get('propagationPolicy');
  return present<Deletion>({
    gracePeriodSeconds: grace === undefined ? undefined : Number(grace),
    uid: textAt(options, 'preconditions', 'uid'),
    resourceVersion: textAt(options, 'preconditions', 'resourceVersion'),
    orphan: policy === 'Orphan' || options['orphanDependents'] === true,
    dryRun: query.getAll('dryRun').includes('All') || at(options, 'dryRun') !== undefined,
  });
}

function remove(registry: Registry, call: Call, name: string): Reply {
  const { resource, namespace = '' } = call.route;
  const { object, removed } = deleteObject(registry, resource, { namespace, name }, deletionOf(call));
  if (!removed || resource.returnsDeleted) return { code: 200, body: object };
  const uid = textAt(object, 'metadata', 'uid') ?? '';
  const group = resource.group === '' ? {} : { group: resource.group };
  const details = { name, ...group, kind: resource.plural, uid };
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } };
}

function removeAll(registry: Registry, call: Call): Reply {
  const listed = list(registry, call, call.route.resource);
  const items = (listed.body as { readonly items: readonly Tree[] }).items;
  const { preconditions: _none, ...rest } = parseTree(call.body);
  const each: Call = { ...call, body: JSON.stringify(rest) };
  for (const item of items) {
    const route = { ...call.route, namespace: textAt(item, 'metadata', 'namespace') ?? '' };
    remove(registry, { ...each, route }, textAt(item, 'metadata', 'name') ?? '');
  }
  return listed;
}

function onCollection(registry: Registry, call: Call): Reply {
  const { resource, namespace } = call.route;
  if (call.method === 'GET') return list(registry, call, resource);
  if (resource.namespaced && namespace === undefined) throw methodNotAllowed();
  if (call.method === 'DELETE') return removeAll(registry, call);
  if (call.method !== 'POST') throw methodNotAllowed();
  const body = expect(objectOf(call), resource);
  return { code: 201, body: registry.create(resource, namespace ?? '', body, writeOf(call)) };
}

function onObject(registry: Registry, call: Call, name: string): Reply {
  const { resource, namespace = '' } = call.route;
  switch (call.method) {
    case 'GET':
      return { code: 200, body: registry.get(resource, namespace, name) };
    case 'PUT': {
      const body = expect(objectOf(call), resource, name);
      return { code: 200, body: registry.update(resource, namespace, name, () => body, writeOf(call)) };
    }
    case 'PATCH': {
      const change = (current: Tree): Tree => expect(patched(call, current), resource, name);
      return {
        code: 200,
        body: registry.update(resource, namespace, name, change, { ...writeOf(call), isPatch: true }),
      };
    }
    case 'DELETE':
      return remove(registry, call, name);
    default:
      throw methodNotAllowed();
  }
}

function onBinding(registry: Registry, call: Call, name: string): Reply {
  const body = objectOf(call);
  if (call.method !== 'POST' || !isBinding(body)) throw methodNotAllowed();
  return { code: 201, body: bindPod(registry, call.route.namespace ?? '', name, body, writeOf(call)) };
}

/** Answers one request to an object route; throws ApiError. */
export function answer(registry: Registry, call: Call): Reply {
  const { resource, name, subresource } = call.route;
  if (name === undefined) return onCollection(registry, call);
  if (subresource === undefined) return onObject(registry, call, name);
  if (resource === PODS && subresource === 'binding') return onBinding(registry, call, name);
  if (subresource !== 'status' || !resource.status) {
    throw noSuchResource();
  }
  if (call.method === 'DELETE') throw methodNotAllowed();
  return onObject(registry, call, name);
}
