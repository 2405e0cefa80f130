import type { JsonObject } from '../../../domain/json.js';
import { addSeconds, goDuration, isReached } from '../clock.js';
import type { Call } from '../engine.js';
import { part } from '../engine.js';
import { Refusal, fail } from '../reply.js';
import type { KvData, KvKey, KvVersion } from '../state.js';

/** How many versions a key keeps where neither it nor its mount says. */
const DEFAULT_MAX_VERSIONS = 10;

export function kvOf(call: Call): KvData {
  if (call.mount.data.kind !== 'kv') throw new Error(`mount ${call.mount.path} is no KV v2`);
  return call.mount.data;
}

/** The key that the path names, without a trailing slash. */
export function keyName(call: Call): string {
  return part(call, 'path').replace(/\/$/, '');
}

export function keyOf(call: Call): KvKey | undefined {
  return kvOf(call).keys.get(keyName(call));
}

/** A key without versions. */
export function newKey(stamp: string): KvKey {
  return {
    createdTime: stamp,
    updatedTime: stamp,
    currentVersion: 0,
    oldestVersion: 0,
    maxVersions: 0,
    casRequired: false,
    deleteVersionAfter: 0,
    customMetadata: null,
    metadataVersion: 0,
    metadataCasRequired: false,
    versions: new Map(),
  };
}

export function isGone(version: KvVersion, now: number): boolean {
  return version.destroyed || (version.deletionTime !== '' && isReached(version.deletionTime, now));
}

/** When a version made at `stamp` deletes itself: the shorter of the mount's and the key's time; empty for never. */
export function deletionAfter(kv: KvData, key: KvKey, stamp: string): string {
  const ofMount = kv.config.deleteVersionAfter;
  if (ofMount < 0) return '';
  const times = [ofMount, key.deleteVersionAfter].filter((seconds) => seconds > 0);
  return times.length === 0 ? '' : addSeconds(stamp, Math.min(...times));
}

/** Adds a version with `data` and drops those beyond what the key keeps: the larger of its own and the mount's number. */
export function addVersion(kv: KvData, key: KvKey, data: JsonObject | null, stamp: string): KvVersion {
  const version: KvVersion = {
    createdTime: stamp,
    deletionTime: deletionAfter(kv, key, stamp),
    destroyed: false,
    data,
  };
  key.currentVersion += 1;
  key.updatedTime = stamp;
  key.versions.set(key.currentVersion, version);
  const kept = Math.max(kv.config.maxVersions, key.maxVersions) || DEFAULT_MAX_VERSIONS;
  const dropped = key.currentVersion - kept;
  if (dropped >= 0 && key.currentVersion - key.oldestVersion >= kept) {
    for (const number of key.versions.keys()) if (number <= dropped) key.versions.delete(number);
    key.oldestVersion = dropped + 1;
  }
  return version;
}

/** Refuses a write whose `options.cas` is missing where it is required, unreadable, or not the current version. */
export function checkCas(call: Call, key: KvKey | undefined): void {
  const options = call.fields.map('options') ?? {};
  if (!Object.hasOwn(options, 'cas')) {
    if (kvOf(call).config.casRequired || key?.casRequired === true) {
      throw new Refusal(fail(400, 'check-and-set parameter required for this call'));
    }
    return;
  }
  const cas = readCas(options['cas']);
  if (cas === undefined) throw new Refusal(fail(400, 'error parsing check-and-set parameter'));
  if (cas !== (key?.currentVersion ?? 0)) {
    throw new Refusal(fail(400, 'check-and-set parameter did not match the current version'));
  }
}

function readCas(value: unknown): number | undefined {
  if (value === null || value === '') return 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  return /^[+-]?\d+$/.test(String(value)) ? Number(value) : undefined;
}

/** What data, writes and subkeys say about one version. */
export function versionBody(key: KvKey, number: number, version: KvVersion): JsonObject {
  return {
    created_time: version.createdTime,
    custom_metadata: key.customMetadata,
    deletion_time: version.deletionTime,
    destroyed: version.destroyed,
    version: number,
  };
}

/** What metadata and detailed-metadata say about a key. */
export function keyBody(key: KvKey): JsonObject {
  return {
    cas_required: key.casRequired,
    created_time: key.createdTime,
    current_metadata_version: key.metadataVersion,
    current_version: key.currentVersion,
    custom_metadata: key.customMetadata,
    delete_version_after: goDuration(key.deleteVersionAfter),
    max_versions: key.maxVersions,
    metadata_cas_required: key.metadataCasRequired,
    oldest_version: key.oldestVersion,
    updated_time: key.updatedTime,
    versions: Object.fromEntries(
      [...key.versions].map(([number, version]) => [
        String(number),
        { created_time: version.createdTime, deletion_time: version.deletionTime, destroyed: version.destroyed },
      ]),
    ),
  };
}
