import type { V1Secret } from '@kubernetes/client-node';
import { Material } from '../../domain/material.js';
import type { Copy } from '../../domain/policy.js';
import type { SecretView } from '../../domain/ports.js';
import { MERGE_PATCH, metadataOf, orNull } from './api.js';
import type { Api } from './api.js';
import { reconcilersOfKey } from './managed-fields.js';
import { checkCopy } from './names.js';

type Annotations = { readonly [name: string]: string };

/** Null where the Secret (or its whole namespace) does not exist. */
export async function readSecret(api: Api, copy: Copy): Promise<SecretView | null> {
  checkCopy(api.server, copy);
  const { namespace, name } = copy;
  const secret = await orNull(api.core.readNamespacedSecret({ namespace, name }));
  return secret === null ? null : viewOf(api, secret, copy);
}

function viewOf(api: Api, secret: V1Secret, copy: Copy): SecretView {
  const metadata = metadataOf(api, secret, { method: 'GET', path: pathOf(copy) });
  const encoded = secret.data?.[copy.key];
  const references = (metadata.ownerReferences ?? []).map((owner) => `${owner.kind}/${owner.name}`);
  return {
    resourceVersion: metadata.resourceVersion,
    ...(encoded === undefined ? {} : { value: new Material(Buffer.from(encoded, 'base64').toString('utf8')) }),
    type: secret.type ?? 'Opaque',
    immutable: secret.immutable ?? false,
    owners: [...references, ...reconcilersOfKey(metadata.managedFields ?? [], copy.key)],
    annotations: metadata.annotations ?? {},
  };
}

/** Creates an Opaque Secret and returns its resourceVersion; fault `conflict` where the name exists, `absent` where the namespace does not. */
export async function createSecret(
  api: Api,
  copy: Copy,
  value: Material | undefined,
  annotations: Annotations,
): Promise<string> {
  checkCopy(api.server, copy);
  const { namespace, name, key } = copy;
  const body: V1Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'keyturn' },
      annotations: { ...annotations },
    },
    ...(value === undefined ? {} : { data: { [key]: base64(value) } }),
  };
  const made = await api.core.createNamespacedSecret({ namespace, body, fieldManager: api.fieldManager });
  return metadataOf(api, made, { method: 'POST', path: pathOf(copy) }).resourceVersion;
}

/**
 * Changes one key and the annotations named under a resourceVersion, and nothing else: no last-applied copy of the Secret is left in an
 * annotation, other keys stay unread. A patch that changes nothing leaves the resourceVersion as it is.
 */
export async function patchSecret(
  api: Api,
  copy: Copy,
  value: Material | null | undefined,
  annotations: Annotations,
  resourceVersion: string,
): Promise<string> {
  checkCopy(api.server, copy);
  const { namespace, name, key } = copy;
  const data = value === undefined ? {} : { data: { [key]: value === null ? null : base64(value) } };
  const body = { metadata: { resourceVersion, annotations }, ...data };
  const parameters = { namespace, name, body, fieldManager: api.fieldManager };
  const patched = await api.core.patchNamespacedSecret(parameters, MERGE_PATCH);
  return metadataOf(api, patched, { method: 'PATCH', path: pathOf(copy) }).resourceVersion;
}

function base64(value: Material): string {
  return Buffer.from(value.expose(), 'utf8').toString('base64');
}

function pathOf(copy: Copy): string {
  return `/api/v1/namespaces/${copy.namespace}/secrets/${copy.name}`;
}
