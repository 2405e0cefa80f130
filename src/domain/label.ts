/**
 * What the live path's custom_metadata says of one field: for age and display only. Others can write it, so nothing is revoked or
 * undone because of it. One compact value per field: `v1 <rotation id or -> <birth> <KV version> <spec hash>`.
 */
export interface Label {
  /** `-` in the text: a value that keyturn adopted and did not make. */
  readonly rotation?: string;
  /** RFC 3339. */
  readonly birth: string;
  readonly version: number;
  readonly specHash: string;
}

/** Key of custom_metadata for a field; Vault allows 128 characters, a field name is at most 100. */
export function labelKey(field: string): string {
  return `keyturn-${field}`;
}

export function labelText(label: Label): string {
  return `v1 ${label.rotation ?? '-'} ${label.birth} ${label.version} ${label.specHash}`;
}

/** Undefined for a text that keyturn does not write. */
export function parseLabel(text: string | undefined): Label | undefined {
  const match = /^v1 ([0-9a-f]{16}|-) (\S{20,30}) (\d{1,9}) ([0-9a-f]{12})$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, rotation = '-', birth = '', version = '0', specHash = ''] = match;
  return { ...(rotation === '-' ? {} : { rotation }), birth, version: Number(version), specHash };
}
