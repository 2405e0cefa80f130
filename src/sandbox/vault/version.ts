/** The release of OpenBao whose behaviour this server repeats. */
export const VERSION = '2.7.2';

export const COMMIT_DATE = '2026-10-26T20:32:27Z';

/** The types that can be mounted. */
export const ENGINE_TYPES: Readonly<Record<'auth' | 'secret', ReadonlySet<string>>> = {
  auth: new Set(['approle', 'jwt', 'kubernetes']),
  secret: new Set(['kv']),
};
