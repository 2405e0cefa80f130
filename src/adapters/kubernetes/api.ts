import type { AppsV1Api, AuthorizationV1Api, CoreV1Api, V1ObjectMeta } from '@kubernetes/client-node';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { isFault } from '../../domain/fault.js';
import { malformed } from './faults.js';

/** The generated clients of one cluster and how keyturn signs its writes there. */
export interface Api {
  /** `Kubernetes https://10.0.0.1:6443`. */
  readonly server: string;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly authorization: AuthorizationV1Api;
  readonly fieldManager: string;
}

/** RFC 7396: what is named changes, null removes, the rest stays unread. Never strategic: lists of a template are not touched. */
export const MERGE_PATCH = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/** "There is none" is null, not a fault. */
export async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (isFault(error) && error.details.kind === 'absent') return null;
    throw error;
  }
}

/** The metadata of a stored object; an answer without a resourceVersion is none of a Kubernetes API. */
export function metadataOf(
  api: Api,
  object: { readonly metadata?: V1ObjectMeta },
  call: { readonly method: string; readonly path: string },
): Metadata {
  const { metadata } = object;
  if (metadata !== undefined && hasVersion(metadata)) return metadata;
  const said = 'the answer has no metadata.resourceVersion';
  throw malformed({ server: api.server, write: call.method !== 'GET', ...call }, said);
}

export type Metadata = V1ObjectMeta & { readonly resourceVersion: string };

function hasVersion(metadata: V1ObjectMeta): metadata is Metadata {
  return metadata.resourceVersion !== undefined && metadata.resourceVersion !== '';
}
