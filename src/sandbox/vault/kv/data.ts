import type { JsonObject } from '../../../domain/json.js';
import type { Call, Route } from '../engine.js';
import { part } from '../engine.js';
import { Refusal, absent, fail, listed, noContent, secret, type Reply } from '../reply.js';
import type { KvKey, KvVersion } from '../state.js';
import { mergePatch, skeleton } from './merge.js';
import { addVersion, checkCas, deletionAfter, isGone, keyName, keyOf, kvOf, newKey, versionBody } from './model.js';

interface Chosen {
  readonly key: KvKey;
  readonly number: number;
  readonly version: KvVersion;
  readonly gone: boolean;
}

/** With a trailing slash the key is found, and its versions are not. */
function checkSlash(call: Call): void {
  if (part(call, 'path').endsWith('/')) throw new Refusal(listed(500, 'could not find version data'));
}

/** The version asked for, or the current one; undefined where there is none of that number. */
function choose(call: Call): Chosen | undefined {
  const key = keyOf(call);
  const asked = call.fields.number('version') ?? 0;
  const number = asked > 0 ? asked : (key?.currentVersion ?? 0);
  const version = key?.versions.get(number);
  if (key === undefined || version === undefined) return undefined;
  return { key, number, version, gone: isGone(version, call.world.clock.now()) };
}

function readData(call: Call): Reply {
  const chosen = choose(call);
  if (chosen === undefined) return absent();
  const metadata = versionBody(chosen.key, chosen.number, chosen.version);
  if (chosen.gone) return secret({ data: null, metadata }, { status: 404 });
  checkSlash(call);
  return secret({ data: chosen.version.data ?? null, metadata });
}

function readSubkeys(call: Call): Reply {
  const chosen = choose(call);
  if (chosen === undefined) return absent();
  const metadata = versionBody(chosen.key, chosen.number, chosen.version);
  if (chosen.gone) return secret({ metadata, subkeys: null }, { status: 404 });
  checkSlash(call);
  const data = chosen.version.data ?? null;
  const depth = Math.abs(call.fields.number('depth') ?? 0);
  return secret({ metadata, subkeys: data === null ? null : skeleton(data, depth) });
}

function writeVersion(call: Call, found: KvKey | undefined, data: JsonObject | null): Reply {
  const kv = kvOf(call);
  const stamp = call.world.clock.stamp();
  const key = found ?? newKey(stamp);
  const version = addVersion(kv, key, data, stamp);
  kv.keys.set(keyName(call), key);
  return secret(versionBody(key, key.currentVersion, version));
}

function writeData(call: Call): Reply {
  const data = call.fields.map('data');
  if (data === undefined) return fail(400, 'no data provided');
  const key = keyOf(call);
  checkCas(call, key);
  return writeVersion(call, key, data);
}

function patchData(call: Call): Reply {
  const patch = call.fields.map('data');
  if (patch === undefined) return fail(400, 'no data provided');
  const key = keyOf(call);
  if (key === undefined) return { kind: 'empty', status: 404 };
  checkCas(call, key);
  const current = key.versions.get(key.currentVersion);
  if (current === undefined) return { kind: 'empty', status: 404 };
  if (isGone(current, call.world.clock.now())) {
    return secret(versionBody(key, key.currentVersion, current), { status: 404 });
  }
  return writeVersion(call, key, mergePatch(current.data ?? {}, patch ?? {}) as JsonObject);
}

function deleteVersion(version: KvVersion | undefined, stamp: string): void {
  if (version !== undefined && !isGone(version, Date.parse(stamp))) version.deletionTime = stamp;
}

function deleteCurrent(call: Call): Reply {
  const key = keyOf(call);
  if (key !== undefined) deleteVersion(key.versions.get(key.currentVersion), call.world.clock.stamp());
  return noContent();
}

/** Applies `change` to every version named in the body. */
function forVersions(call: Call, missing: string, change: (key: KvKey, version: KvVersion) => void): Reply {
  const numbers = call.fields.numbers('versions') ?? [];
  if (numbers.length === 0) return fail(400, missing);
  const key = keyOf(call);
  for (const number of numbers) {
    const version = key?.versions.get(number);
    if (key !== undefined && version !== undefined) change(key, version);
  }
  return noContent();
}

function deleteVersions(call: Call): Reply {
  return forVersions(call, 'No version number provided', (_key, version) => {
    deleteVersion(version, call.world.clock.stamp());
  });
}

function undeleteVersions(call: Call): Reply {
  return forVersions(call, 'No version number provided', (key, version) => {
    if (version.destroyed) return;
    version.deletionTime = deletionAfter(kvOf(call), key, call.world.clock.stamp());
  });
}

function destroyVersions(call: Call): Reply {
  return forVersions(call, 'no version number provided', (_key, version) => {
    version.destroyed = true;
    version.data = undefined;
  });
}

const exists = (call: Call): boolean => part(call, 'path') !== '' && keyOf(call) !== undefined;

export const DATA_ROUTES: readonly Route[] = [
  {
    pattern: /^data\/(?<path>.*)$/,
    fields: { path: 'string', version: 'int', options: 'map', data: 'map' },
    on: { read: readData, update: writeData, patch: patchData, delete: deleteCurrent },
    exists,
  },
  {
    pattern: /^subkeys\/(?<path>.*)$/,
    fields: { path: 'string', version: 'int', depth: 'int' },
    on: { read: readSubkeys },
  },
  { pattern: /^delete\/(?<path>.*)$/, fields: { path: 'string', versions: 'ints' }, on: { update: deleteVersions } },
  {
    pattern: /^undelete\/(?<path>.*)$/,
    fields: { path: 'string', versions: 'ints' },
    on: { update: undeleteVersions },
  },
  { pattern: /^destroy\/(?<path>.*)$/, fields: { path: 'string', versions: 'ints' }, on: { update: destroyVersions } },
];
