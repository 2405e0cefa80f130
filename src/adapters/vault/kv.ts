import { Fault } from '../../domain/fault.js';
import { Material } from '../../domain/material.js';
import type { Kv, KvFields } from '../../domain/ports.js';
import type { Instant } from '../../domain/time.js';
import type { Api } from './api.js';
import { errorsOf, saysNoMount } from './faults.js';
import { field } from './guards.js';
import { capabilitiesOf, listOf, metadataOf, readOf, subkeysOf, writtenOf } from './kv-answers.js';
import type { Mounts } from './mounts.js';
import type { Method } from './call.js';
import type { Call, Reply } from './call.js';

/** Paths per request of capabilities: OpenBao refuses JSON of more than a thousand strings. */
const CAPABILITIES_AT_ONCE = 200;

type Kind = 'data' | 'metadata' | 'subkeys' | 'destroy';

interface Asked {
  readonly query?: string;
  readonly body?: NonNullable<Call['body']>;
  readonly secrets?: readonly Material[];
}

/**
 * KV version 2 (API page "KV secrets engine, version 2"). Every write carries cas; nothing here deletes data of a live path.
 *
 * @param now the server's clock, or the machine's where the server has not told it yet
 */
export function createKv(api: Api, mounts: Mounts, now: () => Instant): Kv {
  const callOf = async (method: Method, kind: Kind, path: string, asked: Asked = {}): Promise<Call> => {
    const { mount, rest } = await mounts.locate(path);
    const shape = `:mount/${kind}/:path`;
    return { method, path: `${mount}/${kind}/${rest}`, shape, changes: method !== 'GET', ...asked };
  };
  const keyCall: typeof callOf = async (method, kind, path, asked) => {
    const call = await callOf(method, kind, path, asked);
    if (!call.path.endsWith('/')) return call;
    throw aMount(api, method, path);
  };
  return {
    ...reading(api, keyCall, now),
    ...writing(api, keyCall),
    async list(folder) {
      const call = await callOf('GET', 'metadata', folder.replace(/\/$/, ''), { query: 'list=true' });
      const path = call.path.endsWith('/') ? call.path : `${call.path}/`;
      const reply = await api.ask({ ...call, path, shape: ':mount/metadata/:path/?list' }, [404]);
      return reply.status === 404 ? nothingThere(api, call, reply, []) : api.parsed(call, reply, listOf(reply.body));
    },
    async capabilities(paths) {
      const found: { [path: string]: readonly string[] } = {};
      for (let i = 0; i < paths.length; i += CAPABILITIES_AT_ONCE) {
        Object.assign(found, await capabilities(api, paths.slice(i, i + CAPABILITIES_AT_ONCE)));
      }
      return found;
    },
    async apiPath(kind, path) {
      const { mount, rest } = await mounts.locate(path);
      return `${mount}/${kind}/${rest}`;
    },
    async mount(path) {
      const mount = await mounts.find(path);
      if (mount === null) return null;
      const config = mount.kvVersion === 2 ? await mounts.config(mount) : { deleteVersionAfter: 0, maxVersions: 0 };
      return { ...mount, ...config };
    },
  };
}

type KeyCall = (method: Method, kind: Kind, path: string, asked?: Asked) => Promise<Call>;

function reading(api: Api, keyCall: KeyCall, now: () => Instant): Pick<Kv, 'metadata' | 'read' | 'subkeys'> {
  return {
    async metadata(path) {
      const call = await keyCall('GET', 'metadata', path);
      const reply = await api.ask(call, [404]);
      if (reply.status === 404) return nothingThere(api, call, reply, null);
      return api.parsed(call, reply, metadataOf(reply.body, reply.date ?? now()));
    },
    async read(path, version) {
      const call = await keyCall('GET', 'data', path, version === undefined ? {} : { query: `version=${version}` });
      const reply = await api.ask(call, [404]);
      if (reply.status === 404 && !holdsData(reply)) return nothingThere(api, call, reply, null);
      return api.parsed(call, reply, readOf(reply.body));
    },
    async subkeys(path, version) {
      const call = await keyCall('GET', 'subkeys', path, { query: `version=${version}` });
      const reply = await api.ask(call, [404]);
      if (reply.status === 404 && !holdsData(reply)) return nothingThere(api, call, reply, null);
      return api.parsed(call, reply, subkeysOf(reply.body));
    },
  };
}

function writing(
  api: Api,
  keyCall: KeyCall,
): Pick<Kv, 'write' | 'patch' | 'patchMetadata' | 'destroy' | 'deleteMetadata'> {
  return {
    async write(path, values, cas) {
      const kept = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
      const call = await keyCall('POST', 'data', path, dataBody(kept, cas));
      const reply = await api.ask(call);
      return api.parsed(call, reply, writtenOf(reply.body));
    },
    async patch(path, values, cas) {
      const call = await keyCall('PATCH', 'data', path, dataBody(values, cas));
      const reply = await api.ask(call, [404]);
      if (reply.status === 404) throw unpatchable(api, call, reply, holdsData(reply));
      return api.parsed(call, reply, writtenOf(reply.body));
    },
    async patchMetadata(path, custom) {
      const call = await keyCall('PATCH', 'metadata', path, { body: { custom_metadata: custom } });
      const reply = await api.ask(call, [404]);
      if (reply.status === 404) throw unpatchable(api, call, reply, false);
    },
    async destroy(path, versions) {
      await api.ask(await keyCall('POST', 'destroy', path, { body: { versions } }));
    },
    async deleteMetadata(path) {
      await api.ask(await keyCall('DELETE', 'metadata', path));
    },
  };
}

/** The one place where material enters a request to Vault's KV. */
function dataBody(values: KvFields, cas: number): Asked {
  const secrets: Material[] = [];
  const data = Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (!(value instanceof Material)) return [name, value];
      secrets.push(value);
      return [name, value.expose()];
    }),
  );
  return { body: { data, options: { cas } }, secrets };
}

async function capabilities(
  api: Api,
  paths: readonly string[],
): Promise<{ readonly [path: string]: readonly string[] }> {
  const path = 'sys/capabilities-self';
  const call: Call = { method: 'POST', path, body: { paths }, changes: false, shape: path };
  const reply = await api.ask(call);
  return api.parsed(call, reply, capabilitiesOf(reply.body, paths));
}

/** 404 of a deleted or destroyed version has data beside its status; of what never existed it has not. */
function holdsData(reply: Reply): boolean {
  return typeof field(reply.body, 'data') === 'object';
}

/** 404 `{"errors":[]}` is "there is none"; a mount that vanished, or a page of something in between, is not. */
function nothingThere<T>(api: Api, call: Call, reply: Reply, none: T): T {
  if (saysNoMount(reply)) throw absent(api, call, 'nothing is mounted there');
  return api.parsed(call, reply, reply.json === 'yes' && errorsOf(reply).length === 0 ? { none } : undefined).none;
}

/**
 * PATCH answers 404 without a body where the key has no version, and with the version's metadata where that is deleted or destroyed.
 * Vault marks the empty one as JSON; an empty 404 of something in between is not.
 */
function unpatchable(api: Api, call: Call, reply: Reply, gone: boolean): Fault {
  if (saysNoMount(reply)) return absent(api, call, 'nothing is mounted there');
  if (gone) return absent(api, call, 'the current version is deleted or destroyed');
  const empty = reply.json === 'none' && (reply.headers['content-type'] ?? '').startsWith('application/json');
  api.parsed(call, reply, empty || reply.json === 'yes' ? true : undefined);
  return absent(api, call, 'there is no version to patch');
}

function absent(api: Api, call: Call, said: string): Fault {
  const name = `${call.method} ${call.path}`;
  return new Fault({
    kind: 'absent',
    server: api.server,
    call: name,
    said,
    status: 404,
    retriable: false,
    effect: 'none',
  });
}

function aMount(api: Api, method: Method, path: string): Fault {
  const said = 'the path is a mount itself, not a key below it';
  return new Fault({
    kind: 'invalid',
    server: api.server,
    call: `${method} ${path}`,
    said,
    retriable: false,
    effect: 'none',
  });
}
