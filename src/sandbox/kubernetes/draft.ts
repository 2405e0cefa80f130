import { randomInt, randomUUID } from 'node:crypto';
import { ApiError, badRequest } from './failures.js';
import { apiVersionOf, NODES, type Resource } from './resources.js';
import { at, copyOf, isTree, textAt, withoutNulls, type Tree } from './value.js';
import { decode } from './validate.js';

const SUFFIX = 'bcdfghjklmnpqrstvwxz2456789';

/** A suffix as the API server appends to generateName. */
function randomSuffix(): string {
  return Array.from({ length: 5 }, () => SUFFIX[randomInt(SUFFIX.length)] ?? 'b').join('');
}

/** Fields of metadata that the system sets and no update changes. */
export const IDENTITY: readonly string[] = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
];

/** The object that a POST asks for, with the fields that the system sets and without those that nobody may. Throws 400, 500. */
export function draftOf(resource: Resource, namespace: string, input: Tree, now: string): Tree {
  const given = copyOf(withoutNulls(input)) as Tree;
  const wants = at(given, 'metadata', 'namespace');
  if (resource.namespaced && wants !== undefined && wants !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if ((textAt(given, 'metadata', 'resourceVersion') ?? '') !== '') {
    throw new ApiError(500, undefined, 'resourceVersion should not be set on objects to be created');
  }
  decode(resource, given);
  const { apiVersion: _version, kind: _kind, metadata, status, ...rest } = given;
  const system = draftMetadata(resource, namespace, isTree(metadata) ? metadata : {}, now);
  // A kubelet registers its Node with a status; every other status is a controller's.
  const kept = resource === NODES && status !== undefined ? { status } : {};
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: system, ...rest, ...kept };
}

function draftMetadata(resource: Resource, namespace: string, given: Tree, now: string): Tree {
  const generated = textAt(given, 'generateName');
  const name = given['name'] ?? (generated === undefined ? undefined : generated + randomSuffix());
  const skipped = new Set([...IDENTITY, 'managedFields', 'selfLink', 'resourceVersion']);
  const rest = Object.entries(given).filter(([field]) => !skipped.has(field));
  return {
    ...(name === undefined ? {} : { name }),
    ...(resource.namespaced ? { namespace } : {}),
    uid: randomUUID(),
    ...(resource.generation === 'none' ? {} : { generation: 1 }),
    creationTimestamp: now,
    ...Object.fromEntries(rest),
  };
}
