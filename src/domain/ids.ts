declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** `[a-z0-9-]` segments joined by "/", unique in an inventory: `ai-gateway/litellm-master-key`. */
export type SecretId = Branded<string, 'SecretId'>;
/** Names one generation; random, never reused: 16 lower-case hex digits. */
export type RotationId = Branded<string, 'RotationId'>;
/** Names one run of the program: in log lines, in the lease, in a header to Vault, as part of Kubernetes' field manager. */
export type RunId = Branded<string, 'RunId'>;

const SECRET_ID = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\/[a-z0-9]+(?:-[a-z0-9]+)*)*$/;

/** Checks and brands; at most 200 characters, so that every derived name stays inside the limits of Vault and Kubernetes. */
export function secretId(text: string): SecretId | undefined {
  return text.length <= 200 && SECRET_ID.test(text) ? (text as SecretId) : undefined;
}

/** 16 lower-case hex digits, or undefined. */
export function rotationId(text: string): RotationId | undefined {
  return /^[0-9a-f]{16}$/.test(text) ? (text as RotationId) : undefined;
}

/** The id as one segment of a state path: "/" becomes ".", which no id contains. */
export function stateName(id: SecretId): string {
  return id.replaceAll('/', '.');
}

/** The inverse of stateName; undefined for a name that no id has. */
export function idOfStateName(name: string): SecretId | undefined {
  return secretId(name.replaceAll('.', '/'));
}
