import { Material } from '../../domain/material.js';
import type { KvMetadata } from '../../domain/observation.js';
import type { KvVersion, KvWritten } from '../../domain/ports.js';
import type { Instant } from '../../domain/time.js';
import { count, field, fields, goDuration, instant, textMap, texts, truth } from './guards.js';

/*
 * KV v2's answers as keyturn's types; undefined where an answer is not what the API promises. Shapes: API page of KV version 2,
 * and what OpenBao 2.7 answers.
 */

/** A soft-deletion time has nanoseconds, the Date header that it is compared with whole seconds. */
const DATE_GRAIN = 1_000;

/**
 * `GET metadata/`. A key that has metadata and no version is version 0, deleted, created with its key.
 *
 * @param now the server's clock: `delete_version_after` sets a deletion time in the future, which is no deletion yet
 */
export function metadataOf(body: unknown, now: Instant): KvMetadata | undefined {
  const data = field(body, 'data');
  const currentVersion = count(field(data, 'current_version'));
  const keyCreatedAt = instant(field(data, 'created_time'));
  const maxVersions = count(field(data, 'max_versions'));
  const deleteVersionAfter = goDuration(field(data, 'delete_version_after'));
  const customMetadata = textMap(field(data, 'custom_metadata'));
  if (currentVersion === undefined || keyCreatedAt === undefined || customMetadata === undefined) return undefined;
  if (maxVersions === undefined || deleteVersionAfter === undefined) return undefined;
  const key = { keyCreatedAt, maxVersions, deleteVersionAfter, customMetadata };
  if (currentVersion === 0) return { currentVersion, createdAt: keyCreatedAt, deleted: true, ...key };
  const version = versionOf(field(field(data, 'versions'), String(currentVersion)), now);
  return version === undefined ? undefined : { currentVersion, ...version, ...key };
}

function versionOf(
  entry: unknown,
  now: Instant,
): { readonly createdAt: Instant; readonly deleted: boolean } | undefined {
  const createdAt = instant(field(entry, 'created_time'));
  const destroyed = truth(field(entry, 'destroyed'));
  const deletion = field(entry, 'deletion_time');
  const deletedAt = deletion === '' ? Number.POSITIVE_INFINITY : instant(deletion);
  if (createdAt === undefined || destroyed === undefined || deletedAt === undefined) return undefined;
  return { createdAt, deleted: destroyed || deletedAt < now + DATE_GRAIN };
}

/** `GET data/`, status 200, or 404 with a body: then the version existed and its data is gone. */
export function readOf(body: unknown): KvVersion | undefined {
  const data = field(body, 'data');
  const metadata = field(data, 'metadata');
  const version = count(field(metadata, 'version'));
  const createdAt = instant(field(metadata, 'created_time'));
  if (version === undefined || createdAt === undefined) return undefined;
  const values = field(data, 'data');
  if (values === null) return { version, createdAt, fields: {}, others: [], gone: true };
  const all = fields(values);
  if (all === undefined) return undefined;
  const others = Object.keys(all).filter((name) => typeof all[name] !== 'string');
  return { version, createdAt, fields: materials(all), others, gone: false };
}

function materials(all: { readonly [name: string]: unknown }): { readonly [name: string]: Material } {
  const entries: [string, Material][] = [];
  for (const [name, value] of Object.entries(all))
    if (typeof value === 'string') entries.push([name, new Material(value)]);
  return Object.fromEntries(entries);
}

/** The answer to POST and PATCH of `data/`. */
export function writtenOf(body: unknown): KvWritten | undefined {
  const version = count(field(field(body, 'data'), 'version'));
  const createdAt = instant(field(field(body, 'data'), 'created_time'));
  return version === undefined || createdAt === undefined ? undefined : { version, createdAt };
}

/** `GET subkeys/`: names of the first level; null: the version's data is gone. */
export function subkeysOf(body: unknown): readonly string[] | null | undefined {
  const subkeys = field(field(body, 'data'), 'subkeys');
  if (subkeys === null) return null;
  const all = fields(subkeys);
  return all === undefined ? undefined : Object.keys(all);
}

/** `GET metadata/?list=true`. */
export function listOf(body: unknown): readonly string[] | undefined {
  return texts(field(field(body, 'data'), 'keys'));
}

/** `POST sys/capabilities-self`: every path that was asked about, in that order. */
export function capabilitiesOf(
  body: unknown,
  paths: readonly string[],
): { readonly [path: string]: readonly string[] } | undefined {
  const data = field(body, 'data');
  const entries: [string, readonly string[]][] = [];
  for (const path of paths) {
    const capabilities = texts(field(data, path));
    if (capabilities === undefined) return undefined;
    entries.push([path, capabilities]);
  }
  return Object.fromEntries(entries);
}
