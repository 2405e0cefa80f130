import { setTimeout as sleep } from 'node:timers/promises';
import { at, isTree, listAt, textAt, type Tree } from '../kubernetes/value.js';
import { nodeOf } from '../kubernetes/controllers/objects.js';
import { ApiClient, type ApiEndpoint } from './client.js';
import type { ContainerSettings } from './container.js';
import { registerNode } from './node.js';
import { Ports } from './ports.js';
import { Reaper } from './reaper.js';
import { PodRunner } from './runner.js';

export interface KubeletOptions {
  readonly api: ApiEndpoint;
  /** Default `sandbox`. */
  readonly nodeName?: string;
  /** Milliseconds between two looks at the pods; default 75. */
  readonly pollInterval?: number;
  /** PATH of the containers; default that of this process. */
  readonly path?: string;
  /** Milliseconds until a container whose Secret is missing is tried again; default 250. */
  readonly retryAfter?: number;
  /** Milliseconds before the second restart of a container that ends, doubled for each further one; default 250. */
  readonly backOff?: number;
  /** Gets what containers print; default: nobody does. */
  readonly onOutput?: (container: string, text: string) => void;
}

export interface Kubelet {
  readonly nodeName: string;
  /** Ends all containers and stops looking; objects stay as they are. */
  close(): Promise<void>;
}

/** How long a container may take to end when the kubelet closes. */
const CLOSING_GRACE = 300;

const uidOf = (pod: Tree): string => textAt(pod, 'metadata', 'uid') ?? '';
const hasEnded = (pod: Tree): boolean => ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '');

/** Runs the pods of one node as local processes. */
class NodeAgent {
  readonly #name: string;
  readonly #settings: ContainerSettings;
  readonly #runners = new Map<string, PodRunner>();
  readonly #ports = new Ports();
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(name: string, settings: ContainerSettings) {
    this.#name = name;
    this.#settings = settings;
  }

  run(interval: number): void {
    this.#loop = this.#poll(interval);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await Promise.all([...this.#runners.values()].map((runner) => runner.abandon(CLOSING_GRACE)));
    this.#runners.clear();
  }

  async #poll(interval: number): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // A server that cannot be reached is looked at again; the containers go on.
      await this.#look().catch(() => undefined);
      await sleep(interval, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const { status, body } = await this.#settings.api.get('/api/v1/pods');
    if (status !== 200 || this.#stopping.signal.aborted) return;
    const pods = listAt(body, 'items').filter(isTree);
    const mine = pods.filter((pod) => textAt(pod, 'spec', 'nodeName') === this.#name);
    this.#dropMissing(new Set(mine.map(uidOf)));
    await Promise.all([
      ...mine.map((pod) => this.#observe(pod)),
      ...pods.filter((pod) => this.#canTake(pod)).map((pod) => this.#bind(pod)),
    ]);
  }

  #canTake(pod: Tree): boolean {
    const isFree =
      (textAt(pod, 'spec', 'nodeName') ?? '') === '' && at(pod, 'metadata', 'deletionTimestamp') === undefined;
    return isFree && ['', this.#name].includes(nodeOf(pod));
  }

  async #bind(pod: Tree): Promise<void> {
    const [namespace, name] = [textAt(pod, 'metadata', 'namespace') ?? '', textAt(pod, 'metadata', 'name') ?? ''];
    // Another one may have been faster: then it is bound, which is all that is wanted.
    await this.#settings.api.post(`/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace },
      target: { apiVersion: 'v1', kind: 'Node', name: this.#name },
    });
  }

  async #observe(pod: Tree): Promise<void> {
    const known = this.#runners.get(uidOf(pod));
    if (known !== undefined) {
      known.observe(pod);
      return;
    }
    const runner = new PodRunner(pod, this.#settings);
    this.#runners.set(uidOf(pod), runner);
    if (at(pod, 'metadata', 'deletionTimestamp') !== undefined) runner.observe(pod);
    else if (!hasEnded(pod)) await this.#begin(pod, runner);
  }

  async #begin(pod: Tree, runner: PodRunner): Promise<void> {
    try {
      await runner.start(() => this.#ports.take());
    } catch {
      this.#runners.delete(uidOf(pod));
    }
  }

  #dropMissing(present: ReadonlySet<string>): void {
    for (const [uid, runner] of this.#runners) {
      if (present.has(uid)) continue;
      this.#runners.delete(uid);
      void runner.abandon();
    }
  }
}

/** Registers the Node and runs its pods until closed. Needs the rights of a cluster administrator. */
export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { nodeName = 'sandbox', pollInterval = 75, onOutput } = options;
  const api = new ApiClient(options.api, 'kubelet');
  await registerNode(api, nodeName);
  const reaper = new Reaper();
  const agent = new NodeAgent(nodeName, {
    api,
    reaper,
    path: options.path ?? process.env['PATH'] ?? '/usr/bin:/bin',
    retryAfter: options.retryAfter ?? 250,
    backOff: options.backOff ?? 250,
    ...(onOutput === undefined ? {} : { onOutput }),
  });
  agent.run(pollInterval);
  return {
    nodeName,
    close: async () => {
      await agent.stop();
      reaper.close();
      api.close();
    },
  };
}
