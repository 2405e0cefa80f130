import type { Json, JsonObject } from '../../../domain/json.js';
import type { Call, Route } from '../engine.js';
import { part } from '../engine.js';
import { Refusal, absent, done, fail, noContent, secret, type Reply } from '../reply.js';
import type { KvKey } from '../state.js';
import { keyBody, keyName, keyOf, kvOf, newKey } from './model.js';
import { detailedList, detailedScan, list, scan } from './list.js';

const MAX_KEYS = 64;
const MAX_KEY_BYTES = 128;
const MAX_VALUE_BYTES = 512;

function asText(value: Json): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value !== 'object') return String(value);
  const type = Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
  const reason = `'' expected type 'string', got unconvertible type '${type}'`;
  throw new Refusal(fail(400, `custom_metadata validation failed: ${reason}`));
}

function isPrintable(text: string): boolean {
  return !/[\p{C}\p{Z}]/u.test(text.replaceAll(' ', ''));
}

function complaints(name: string, value: string): readonly string[] {
  const nameBytes = Buffer.byteLength(name);
  const valueBytes = Buffer.byteLength(value);
  const quoted = JSON.stringify(name);
  const found: string[] = [];
  if (nameBytes === 0 || nameBytes > MAX_KEY_BYTES) {
    found.push(`length of key ${quoted} is ${nameBytes} but must be 0 < len(key) <= ${MAX_KEY_BYTES}`);
  }
  if (valueBytes === 0 || valueBytes > MAX_VALUE_BYTES) {
    found.push(`length of value for key ${quoted} is ${valueBytes} but must be 0 < len(value) <= ${MAX_VALUE_BYTES}`);
  }
  if (!isPrintable(name)) found.push(`key ${quoted} (${name}) contains unprintable characters`);
  if (!isPrintable(value)) found.push(`value for key ${quoted} contains unprintable characters`);
  return found;
}

function refuseComplaints(found: readonly string[]): void {
  if (found.length === 0) return;
  const lines = found.map((text) => `\t* custom_metadata validation failed: ${text}`).join('\n');
  const heading = found.length === 1 ? '1 error occurred' : `${found.length} errors occurred`;
  throw new Refusal(fail(400, `${heading}:\n${lines}\n\n`));
}

/** The texts of a custom_metadata map, checked as the server checks them. In a patch, null stands for removal. */
function readCustom(map: JsonObject, patch: boolean): Record<string, string> {
  const entries = Object.entries(map)
    .filter(([, value]) => !(patch && value === null))
    .map(([name, value]): [string, string] => [name, asText(value)]);
  if (entries.length > MAX_KEYS) {
    refuseComplaints([`payload must contain at most ${MAX_KEYS} keys, provided ${entries.length}`]);
  }
  refuseComplaints(entries.flatMap(([name, value]) => complaints(name, value)));
  return Object.fromEntries(entries);
}

function emptyAsNull(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  return Object.keys(map).length === 0 ? null : map;
}

function metadataCasComplaint(call: Call, key: KvKey | undefined): string | undefined {
  const cas = call.fields.number('metadata_cas');
  if (cas === undefined) {
    const required = kvOf(call).config.metadataCasRequired || key?.metadataCasRequired === true;
    return required ? 'metadata check-and-set parameter required for this call' : undefined;
  }
  if (key === undefined) return cas === 0 ? undefined : 'metadata_cas must be 0 when creating new metadata';
  return cas === key.metadataVersion
    ? undefined
    : 'metadata check-and-set parameter does not match the current version';
}

function checkMetadataCas(call: Call, key: KvKey | undefined): void {
  const complaint = metadataCasComplaint(call, key);
  if (complaint !== undefined) throw new Refusal(fail(400, complaint));
}

/** What the mount demands and the request tries to switch off is stored, and said to be without effect. */
function mandates(call: Call): readonly string[] {
  const { config } = kvOf(call);
  const pairs: readonly (readonly [string, boolean])[] = [
    ['cas_required', config.casRequired],
    ['metadata_cas_required', config.metadataCasRequired],
  ];
  return pairs
    .filter(([name, demanded]) => demanded && call.fields.flag(name) === false)
    .map(([name]) => `"${name}" set to false, but is mandated by backend config. This value will be ignored.`);
}

function applySettings(call: Call, key: KvKey, stamp: string): void {
  const { fields } = call;
  const maxVersions = fields.number('max_versions');
  // A negative number is kept as the unsigned one that it becomes.
  if (maxVersions !== undefined) key.maxVersions = maxVersions >>> 0;
  key.casRequired = fields.flag('cas_required') ?? key.casRequired;
  key.metadataCasRequired = fields.flag('metadata_cas_required') ?? key.metadataCasRequired;
  key.deleteVersionAfter = fields.number('delete_version_after') ?? key.deleteVersionAfter;
  key.metadataVersion += 1;
  key.updatedTime = stamp;
}

const SETTINGS = [
  'max_versions',
  'cas_required',
  'metadata_cas_required',
  'delete_version_after',
  'custom_metadata',
] as const;

function changesNothing(call: Call): boolean {
  return SETTINGS.every((name) => !call.fields.has(name));
}

function readMetadata(call: Call): Reply {
  const key = keyOf(call);
  return key === undefined ? absent() : secret(keyBody(key));
}

function writeMetadata(call: Call): Reply {
  if (changesNothing(call)) return noContent();
  const custom = call.fields.map('custom_metadata');
  const texts = custom === undefined ? undefined : readCustom(custom ?? {}, false);
  const found = keyOf(call);
  checkMetadataCas(call, found);
  const warnings = mandates(call);
  const stamp = call.world.clock.stamp();
  const key = found ?? newKey(stamp);
  applySettings(call, key, stamp);
  if (texts !== undefined) key.customMetadata = emptyAsNull(texts);
  kvOf(call).keys.set(keyName(call), key);
  return done(warnings);
}

function patchCustom(key: KvKey, custom: JsonObject | null): void {
  if (custom === null) {
    key.customMetadata = null;
    return;
  }
  const merged = new Map(Object.entries(key.customMetadata ?? {}));
  for (const [name, value] of Object.entries(readCustom(custom, true))) merged.set(name, value);
  for (const [name, value] of Object.entries(custom)) if (value === null) merged.delete(name);
  key.customMetadata = emptyAsNull(Object.fromEntries(merged));
}

function patchMetadata(call: Call): Reply {
  if (part(call, 'path') === '') return fail(400, 'missing path');
  if (changesNothing(call)) return noContent();
  const custom = call.fields.map('custom_metadata');
  if (custom !== undefined && custom !== null) readCustom(custom, true);
  const key = keyOf(call);
  if (key === undefined) return { kind: 'empty', status: 404 };
  checkMetadataCas(call, key);
  const warnings = mandates(call);
  applySettings(call, key, call.world.clock.stamp());
  if (custom !== undefined) patchCustom(key, custom);
  return done(warnings);
}

function deleteMetadata(call: Call): Reply {
  kvOf(call).keys.delete(keyName(call));
  return noContent();
}

const exists = (call: Call): boolean => part(call, 'path') !== '' && keyOf(call) !== undefined;

export const METADATA_ROUTES: readonly Route[] = [
  {
    pattern: /^metadata\/(?<path>.*)$/,
    fields: {
      path: 'string',
      max_versions: 'int',
      cas_required: 'bool',
      metadata_cas_required: 'bool',
      metadata_cas: 'int',
      delete_version_after: 'seconds',
      custom_metadata: 'map',
      after: 'string',
      limit: 'int',
    },
    on: { read: readMetadata, update: writeMetadata, patch: patchMetadata, delete: deleteMetadata, list, scan },
    exists,
  },
  {
    pattern: /^detailed-metadata\/(?<path>.*)$/,
    fields: { path: 'string', after: 'string', limit: 'int' },
    on: { list: detailedList, scan: detailedScan },
  },
];
