import { at, isTree, listAt, textAt, treeAt, type Tree, type Value } from '../kubernetes/value.js';
import type { ApiClient } from './client.js';

/** What hinders a container from being made, in the kubelet's words. */
export class ConfigError extends Error {}

type Data = Readonly<Record<string, string>>;

/** `$(NAME)` of what is set already; `$$(NAME)` stays `$(NAME)`; an unknown name stays as it is. */
export function expand(text: string, variables: Data): string {
  return text.replaceAll(/\$(\$|\(([^()]*)\))/g, (all, escape: string, name?: string) => {
    if (escape === '$') return '$';
    return variables[name ?? ''] ?? all;
  });
}

const isOptional = (reference: Value | undefined): boolean => at(reference, 'optional') === true;

/** Secrets and ConfigMaps as they are now: each container start reads them anew, each of them once. */
class Sources {
  readonly #api: ApiClient;
  readonly #namespace: string;
  readonly #read = new Map<string, Promise<Data | undefined>>();

  constructor(api: ApiClient, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  secret(name: string): Promise<Data | undefined> {
    return this.#once('secrets', name, (value) => Buffer.from(value, 'base64').toString('utf8'));
  }

  configMap(name: string): Promise<Data | undefined> {
    return this.#once('configmaps', name, (value) => value);
  }

  #once(plural: string, name: string, decode: (value: string) => string): Promise<Data | undefined> {
    const key = `${plural}/${name}`;
    const known = this.#read.get(key) ?? this.#fetch(plural, name, decode);
    this.#read.set(key, known);
    return known;
  }

  async #fetch(plural: string, name: string, decode: (value: string) => string): Promise<Data | undefined> {
    const { status, body } = await this.#api.get(`/api/v1/namespaces/${this.#namespace}/${plural}/${name}`);
    if (status === 404) return undefined;
    if (status !== 200)
      throw new ConfigError(textAt(body, 'message') ?? `reading ${plural} "${name}": status ${status}`);
    const entries = Object.entries(treeAt(body, 'data') ?? {});
    return Object.fromEntries(entries.map(([key, value]) => [key, typeof value === 'string' ? decode(value) : '']));
  }
}

async function fromKey(
  sources: Sources,
  kind: 'secret' | 'configMap',
  reference: Tree,
  namespace: string,
): Promise<string | undefined> {
  const name = textAt(reference, 'name') ?? '';
  const key = textAt(reference, 'key') ?? '';
  const data = kind === 'secret' ? await sources.secret(name) : await sources.configMap(name);
  const value = data?.[key];
  if (value !== undefined || isOptional(reference)) return value;
  if (data === undefined) throw new ConfigError(`${kind.toLowerCase()} "${name}" not found`);
  const what = kind === 'secret' ? 'Secret' : 'ConfigMap';
  throw new ConfigError(`couldn't find key ${key} in ${what} ${namespace}/${name}`);
}

function fromField(pod: Tree, path: string): string {
  if (path === 'status.podIP' || path === 'status.hostIP') return '127.0.0.1';
  const entry = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (entry !== null) return textAt(pod, 'metadata', entry[1] ?? '', entry[2] ?? '') ?? '';
  return textAt(pod, ...path.split('.')) ?? '';
}

async function valueOf(sources: Sources, pod: Tree, variable: Value, known: Data): Promise<string | undefined> {
  const source = treeAt(variable, 'valueFrom');
  if (source === undefined) return expand(textAt(variable, 'value') ?? '', known);
  const namespace = textAt(pod, 'metadata', 'namespace') ?? '';
  const { secretKeyRef, configMapKeyRef } = source;
  if (isTree(secretKeyRef)) return fromKey(sources, 'secret', secretKeyRef, namespace);
  if (isTree(configMapKeyRef)) return fromKey(sources, 'configMap', configMapKeyRef, namespace);
  return fromField(pod, textAt(source, 'fieldRef', 'fieldPath') ?? '');
}

async function fromAll(sources: Sources, entry: Value): Promise<Data> {
  const [secret, map] = [treeAt(entry, 'secretRef'), treeAt(entry, 'configMapRef')];
  const name = textAt(secret ?? map, 'name') ?? '';
  const data = secret === undefined ? await sources.configMap(name) : await sources.secret(name);
  if (data === undefined && !isOptional(secret ?? map)) {
    throw new ConfigError(`${secret === undefined ? 'configmap' : 'secret'} "${name}" not found`);
  }
  const prefix = textAt(entry, 'prefix') ?? '';
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [prefix + key, value]));
}

/** The variables that a container's spec asks for, read now. Throws ConfigError where a Secret or a key is missing. */
export async function environmentOf(api: ApiClient, pod: Tree, container: Tree): Promise<Record<string, string>> {
  const sources = new Sources(api, textAt(pod, 'metadata', 'namespace') ?? '');
  const variables: Record<string, string> = {};
  for (const entry of listAt(container, 'envFrom')) Object.assign(variables, await fromAll(sources, entry));
  for (const variable of listAt(container, 'env')) {
    const value = await valueOf(sources, pod, variable, variables);
    if (value !== undefined) variables[textAt(variable, 'name') ?? ''] = value;
  }
  return variables;
}
