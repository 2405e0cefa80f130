import type { V1ManagedFieldsEntry } from '@kubernetes/client-node';

/** A field set as managedFields writes it: `f:<name>` for a member, `.` for the thing itself (structured-merge-diff, FieldsV1). */
type FieldSet = { readonly [key: string]: unknown };

/** The names of the members below a path of fields: below(['metadata', 'annotations']) of one entry. */
function below(entry: V1ManagedFieldsEntry, path: readonly string[]): readonly string[] {
  let set: FieldSet = objectOf(entry.fieldsV1);
  for (const field of path) set = objectOf(set[`f:${field}`]);
  return Object.keys(set)
    .filter((key) => key.startsWith('f:'))
    .map((key) => key.slice(2));
}

function objectOf(value: unknown): FieldSet {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

const TEMPLATE_ANNOTATIONS = ['spec', 'template', 'metadata', 'annotations'];

/** Annotation of the pod template -> the manager that set it last. Several may own one value; the newest entry counts. */
export function annotationManagers(entries: readonly V1ManagedFieldsEntry[]): { readonly [name: string]: string } {
  const byAge = [...entries].sort((a, b) => ageOf(a) - ageOf(b));
  const pairs = byAge.flatMap((entry) =>
    below(entry, TEMPLATE_ANNOTATIONS).map((name): [string, string] => [name, entry.manager ?? 'unknown']),
  );
  return Object.fromEntries(pairs);
}

function ageOf(entry: V1ManagedFieldsEntry): number {
  return entry.time === undefined ? 0 : entry.time.getTime();
}

/**
 * Field managers that write again what they once wrote: controllers that sync from elsewhere, and tools whose next run applies the value
 * that they keep. Tools in a person's hand (kubectl, k9s, a dashboard, curl) are none: what they wrote, they wrote once, and a Secret made
 * by `kubectl create` is the usual start of a copy. The names are those that the projects sign with, or begin with:
 * External Secrets (`externalsecrets.external-secrets.io/<name>`, `external-secrets`), Argo CD (`argocd-controller`,
 * `argocd-application-controller`), Flux (`kustomize-controller`, `helm-controller`), Helm (`helm`, `Helm`), Sealed Secrets, the Vault
 * Secrets Operator, the Secrets Store CSI driver, reflector, kubernetes-replicator, config-syncer, cert-manager, Terraform, OpenTofu, Pulumi, Crossplane.
 */
const RECONCILERS =
  /external-?secrets|^argo-?cd|^(?:kustomize|helm)-controller$|^flux|^helm(?:file)?$|sealed-?secrets|vault-secrets-operator|secrets-store|reflector|replicator|config-syncer|^cert-manager|^terraform|^opentofu|^pulumi|^crossplane|^provider-kubernetes/i;

/** Reconcilers that own `data.<key>` of a Secret. */
export function reconcilersOfKey(entries: readonly V1ManagedFieldsEntry[], key: string): readonly string[] {
  const managers = entries
    .filter((entry) => below(entry, ['data']).includes(key))
    .map((entry) => entry.manager ?? '')
    .filter((manager) => RECONCILERS.test(manager));
  return [...new Set(managers)].sort();
}
