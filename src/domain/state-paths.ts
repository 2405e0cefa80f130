import { type SecretId, stateName } from './ids.js';

/** Where everything of one inventory lies below the state mount. */
export interface StatePaths {
  journal(id: string): string;
  pending(id: string): string;
  history(id: string, rotation?: string): string;
  marker(id: string, rotation: string): string;
  markersOf(id: string): string;
  readonly open: string;
  /** The folder of all histories. */
  readonly histories: string;
  lock(hash: string): string;
  readonly fingerprintKey: string;
}

/** @param state the KV v2 mount, or a path below one; the inventory's name is part of every path. */
export function statePaths(state: string, inventory: string): StatePaths {
  const base = `${state}/${inventory}`;
  const name = (id: string): string => stateName(id as SecretId);
  return {
    journal: (id) => `${base}/journal/${name(id)}`,
    pending: (id) => `${base}/pending/${name(id)}`,
    history: (id, rotation) => `${base}/history/${name(id)}${rotation === undefined ? '' : `/${rotation}`}`,
    marker: (id, rotation) => `${base}/open/${name(id)}/${rotation}`,
    markersOf: (id) => `${base}/open/${name(id)}`,
    open: `${base}/open`,
    histories: `${base}/history`,
    lock: (hash) => `${base}/lock/${hash}`,
    fingerprintKey: `${base}/fingerprint-key`,
  };
}
