import { Fault, type FaultDetails } from '../../src/domain/fault.js';
import { Material } from '../../src/domain/material.js';
import type { KvMetadata } from '../../src/domain/observation.js';
import type { Kv, KvFields, KvVersion, KvWritten } from '../../src/domain/ports.js';

interface Stored {
  versions: Map<number, { fields: Record<string, string>; createdAt: number; destroyed: boolean }>;
  current: number;
  createdAt: number;
  custom: Record<string, string>;
}

/** KV v2 in memory, for tests of whoever uses the port; the adapters' contract suite keeps the real one honest. */
export class MemoryKv implements Kv {
  readonly paths = new Map<string, Stored>();
  /** Called before each call with its number and text; may throw. */
  before: (n: number, call: string) => void = () => undefined;
  /** Called after each call took effect; may throw. */
  after: (n: number, call: string) => void = () => undefined;
  readonly calls: string[] = [];
  readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  metadata(path: string): Promise<KvMetadata | null> {
    return this.#call(`metadata ${path}`, () => {
      const stored = this.paths.get(path);
      if (stored === undefined) return null;
      const version = stored.versions.get(stored.current);
      return {
        currentVersion: stored.current,
        createdAt: version?.createdAt ?? stored.createdAt,
        keyCreatedAt: stored.createdAt,
        deleted: version === undefined || version.destroyed,
        maxVersions: 10,
        deleteVersionAfter: 0,
        customMetadata: { ...stored.custom },
      };
    });
  }

  read(path: string, version?: number): Promise<KvVersion | null> {
    return this.#call(`read ${path} ${version ?? 'current'}`, () => {
      const stored = this.paths.get(path);
      const wanted = version ?? stored?.current ?? 0;
      const found = stored?.versions.get(wanted);
      if (found === undefined) return null;
      const fields = Object.fromEntries(Object.entries(found.fields).map(([k, v]) => [k, new Material(v)]));
      return {
        version: wanted,
        createdAt: found.createdAt,
        fields: found.destroyed ? {} : fields,
        others: [],
        gone: found.destroyed,
      };
    });
  }

  subkeys(path: string, version: number): Promise<readonly string[] | null> {
    return this.#call(`subkeys ${path}`, () => Object.keys(this.paths.get(path)?.versions.get(version)?.fields ?? {}));
  }

  write(path: string, fields: KvFields, cas: number): Promise<KvWritten> {
    return this.#call(`write ${path}`, () => this.#put(path, fields, cas, {}));
  }

  patch(path: string, fields: KvFields, cas: number): Promise<KvWritten> {
    return this.#call(`patch ${path}`, () => {
      const stored = this.paths.get(path);
      const current = stored?.versions.get(stored.current);
      if (current === undefined || current.destroyed) throw fault('absent', 'nothing to patch');
      return this.#put(path, fields, cas, current.fields);
    });
  }

  patchMetadata(path: string, custom: { readonly [key: string]: string | null }): Promise<void> {
    return this.#call(`patchMetadata ${path}`, () => {
      const stored = this.paths.get(path);
      if (stored === undefined) throw fault('absent', 'no such path');
      for (const [key, value] of Object.entries(custom)) {
        if (value === null) delete stored.custom[key];
        else stored.custom[key] = value;
      }
    });
  }

  list(folder: string): Promise<readonly string[]> {
    return this.#call(`list ${folder}`, () => {
      const below = [...this.paths.keys()].filter((path) => path.startsWith(`${folder}/`));
      const names = below.map((path) => path.slice(folder.length + 1));
      return [...new Set(names.map((name) => name.replace(/\/.*$/, '/')))].toSorted();
    });
  }

  destroy(path: string, versions: readonly number[]): Promise<void> {
    return this.#call(`destroy ${path}`, () => {
      for (const version of versions) {
        const found = this.paths.get(path)?.versions.get(version);
        if (found !== undefined) Object.assign(found, { destroyed: true, fields: {} });
      }
    });
  }

  deleteMetadata(path: string): Promise<void> {
    return this.#call(`deleteMetadata ${path}`, () => {
      this.paths.delete(path);
    });
  }

  capabilities(paths: readonly string[]): Promise<{ readonly [path: string]: readonly string[] }> {
    return this.#call('capabilities', () => Object.fromEntries(paths.map((path) => [path, ['root']])));
  }

  apiPath(kind: string, path: string): Promise<string> {
    return Promise.resolve(path.replace('/', `/${kind}/`));
  }

  mount(path: string) {
    return Promise.resolve({ path: path.split('/')[0] ?? '', kvVersion: 2, deleteVersionAfter: 0, maxVersions: 0 });
  }

  /** The value of a field at the current version, for assertions. */
  value(path: string, field: string): string | undefined {
    const stored = this.paths.get(path);
    return stored?.versions.get(stored.current)?.fields[field];
  }

  #put(path: string, fields: KvFields, cas: number, base: Record<string, string>): KvWritten {
    const now = this.now();
    const stored = this.paths.get(path) ?? { versions: new Map(), current: 0, createdAt: now, custom: {} };
    if (stored.current !== cas) throw fault('conflict', 'cas does not match');
    const next = { ...base };
    for (const [key, value] of Object.entries(fields)) {
      if (value === null) delete next[key];
      else next[key] = value instanceof Material ? value.expose() : value;
    }
    stored.current += 1;
    stored.versions.set(stored.current, { fields: next, createdAt: now, destroyed: false });
    stored.versions.delete(stored.current - 10);
    this.paths.set(path, stored);
    return { version: stored.current, createdAt: now };
  }

  async #call<T>(call: string, work: () => T): Promise<T> {
    await Promise.resolve();
    const n = this.calls.push(call);
    this.before(n, call);
    const result = work();
    this.after(n, call);
    return result;
  }
}

/** A fault as an adapter makes it. */
export function fault(kind: FaultDetails['kind'], said: string, more: Partial<FaultDetails> = {}): Fault {
  return new Fault({ kind, server: 'memory', call: 'test', said, retriable: false, effect: 'none', ...more });
}
