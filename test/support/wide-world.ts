import { Material } from '../../src/domain/material.js';
import { workloadKey } from '../../src/domain/observation.js';
import type { Plan } from '../../src/domain/plan.js';
import type { Copy, Policy, WorkloadRef } from '../../src/domain/policy.js';
import type { Kubernetes, Rollout, SecretView, WorkloadDetails } from '../../src/domain/ports.js';
import type { Rotator } from '../../src/domain/rotator.js';
import { runChanges } from '../../src/executor/run.js';
import { listOpen, readJournal } from '../../src/executor/state.js';
import { observe } from '../../src/observer/observe.js';
import { EVERYTHING, type JournalRead, type Selection } from '../../src/planner/input.js';
import { makePlan } from '../../src/planner/plan.js';
import { fault } from './memory-kv.js';
import { memoryWorld, sha256, type TestWorld } from './memory-world.js';
import { OPTIONS } from './rotation.js';

interface Workload {
  readonly secrets: readonly string[];
  annotations: Record<string, string>;
  running: Record<string, string>;
  version: number;
  /** What the pods started with: one value per place that they take one from. */
  holds: readonly (string | undefined)[];
}

interface Stored {
  value: Material | undefined;
  annotations: Record<string, string>;
  version: number;
}

/** Any number of Secrets and workloads; pods start anew as soon as somebody looks at the rollout. */
export class WideCluster implements Kubernetes {
  readonly secrets = new Map<string, Stored>();
  readonly workloads = new Map<string, Workload>();
  readonly calls: string[] = [];
  readonly #live: (workload: string) => string | undefined;

  /** @param live the live value of workloads that read it when they start. */
  constructor(live: (workload: string) => string | undefined) {
    this.#live = live;
  }

  add(ref: WorkloadRef, secrets: readonly string[]): void {
    this.workloads.set(workloadKey(ref), { secrets, annotations: {}, running: {}, version: 1, holds: [] });
    this.#start(workloadKey(ref));
  }

  /** Is there a workload, and do all of them hold that value? */
  allHold(value: string): boolean {
    const held = [...this.workloads.values()].flatMap(({ holds }) => holds);
    return held.length > 0 && held.every((one) => one === value);
  }

  readSecret(copy: Copy): Promise<SecretView | null> {
    this.calls.push('readSecret');
    const found = this.secrets.get(keyOf(copy));
    if (found === undefined) return Promise.resolve(null);
    const { value, annotations, version } = found;
    const view = { resourceVersion: String(version), type: 'Opaque', immutable: false, owners: [], annotations };
    return Promise.resolve(value === undefined ? view : { ...view, value });
  }

  async createSecret(copy: Copy, value: Material | undefined, annotations: Record<string, string>): Promise<string> {
    this.calls.push('createSecret');
    if (this.secrets.has(keyOf(copy))) throw fault('conflict', 'exists');
    this.secrets.set(keyOf(copy), { value, annotations, version: 1 });
    return Promise.resolve('1');
  }

  async patchSecret(
    copy: Copy,
    value: Material | null | undefined,
    annotations: Record<string, string>,
    resourceVersion: string,
  ): Promise<string> {
    this.calls.push('patchSecret');
    const found = this.secrets.get(keyOf(copy));
    if (found === undefined || String(found.version) !== resourceVersion) throw fault('conflict', 'stale');
    found.version += 1;
    if (value !== undefined) found.value = value ?? undefined;
    Object.assign(found.annotations, annotations);
    return Promise.resolve(String(found.version));
  }

  readWorkload(ref: WorkloadRef): Promise<WorkloadDetails | null> {
    this.calls.push('readWorkload');
    const found = this.workloads.get(workloadKey(ref));
    if (found === undefined) return Promise.resolve(null);
    const { secrets, annotations, version } = found;
    return Promise.resolve({
      resourceVersion: String(version),
      generation: version,
      env: [],
      secrets,
      templateAnnotations: { ...annotations },
      replicas: 1,
      annotationManagers: Object.fromEntries(Object.keys(annotations).map((name) => [name, 'somebody'])),
    });
  }

  async annotateTemplate(ref: WorkloadRef, annotations: Record<string, string>, resourceVersion: string) {
    this.calls.push(`annotate ${workloadKey(ref)}`);
    const found = this.workloads.get(workloadKey(ref));
    if (found === undefined || String(found.version) !== resourceVersion) throw fault('conflict', 'stale');
    Object.assign(found.annotations, annotations);
    found.version += 1;
    return Promise.resolve({ resourceVersion: String(found.version), generation: found.version });
  }

  rollout(ref: WorkloadRef): Promise<Rollout | null> {
    this.calls.push('rollout');
    const found = this.workloads.get(workloadKey(ref));
    if (found === undefined) return Promise.resolve(null);
    this.#start(workloadKey(ref));
    const pods = [{ name: 'pod', annotations: found.running, ready: true, terminating: false }];
    return Promise.resolve({ observedGeneration: found.version, generation: found.version, replicas: 1, pods });
  }

  allowed(): Promise<boolean> {
    return Promise.resolve(true);
  }

  #start(key: string): void {
    const found = this.workloads.get(key);
    if (found === undefined) return;
    found.running = { ...found.annotations };
    const copies = found.secrets.map((name) => this.secrets.get(name)?.value?.expose());
    found.holds = copies.length > 0 ? copies : [this.#live(key)];
  }
}

function keyOf({ name }: Copy): string {
  return name;
}

/** Everything that one policy needs, in memory, with every value that was ever made in it. */
export interface WideWorld extends TestWorld {
  readonly wide: WideCluster;
  /** Values that must show up nowhere but in the live path, pending, Secrets and requests to the service. */
  readonly made: string[];
  readonly policy: Policy;
}

/** @param old the value before; undefined: the secret does not exist yet. */
export async function wideWorld(rotator: Rotator, policy: Policy, old: string | undefined): Promise<WideWorld> {
  const base = memoryWorld();
  const { path, field } = policy.vault;
  const wide = new WideCluster(() => base.kv.value(path, field));
  const made = [old, base.fingerprintKey.expose()].filter((value) => value !== undefined);
  const crypto: WideWorld['crypto'] = {
    ...base.crypto,
    randomMaterial: (...args) => {
      const value = base.crypto.randomMaterial(...args);
      made.push(value.expose());
      return value;
    },
  };
  const http: WideWorld['ports']['http'] = {
    send: ({ headerValue }) => {
      const accepted = [...wide.workloads.values()][0]?.holds[0] ?? base.kv.value(path, field);
      return Promise.resolve({ status: headerValue.expose() === `Bearer ${accepted}` ? 200 : 401 });
    },
  };
  if (old !== undefined) {
    await base.kv.write(path, { [field]: old, sibling: 'kept' }, 0);
    for (const copy of policy.publish) await wide.createSecret(copy, new Material(old), {});
  }
  const { consumers, publish } = policy;
  for (const { via, ...ref } of consumers) wide.add(ref, via === 'copy' ? publish.map(({ name }) => name) : []);
  base.kv.calls.length = 0;
  wide.calls.length = 0;
  const kubernetes = (): Promise<Kubernetes> => Promise.resolve(wide);
  const ports = { ...base.ports, crypto, http, kubernetes };
  return { ...base, crypto, ports, wide, made, policy, rotators: new Map([[rotator.kind, rotator]]) };
}

/** Looks and plans as the commands do, by reads alone. */
export async function planAgain(world: WideWorld, selection: Partial<Selection> = {}): Promise<Plan> {
  const { policy, ports, rotators, paths, codec, limits } = world;
  const observations = await observe([policy], rotators, ports, { parallelism: 4 });
  const read: JournalRead = await readJournal(ports.kv, paths, codec, policy.id);
  const settings = { inventory: 'test', vault: { state: 'keyturn' }, kubernetes: {}, limits };
  return makePlan({
    inventory: { policies: [policy], freezes: [], settings },
    rotators,
    observations,
    journals: new Map([[policy.id, read]]),
    openMarkers: await listOpen(ports.kv, paths),
    now: world.clock.now(),
    revision: null,
    selection: { ...EVERYTHING, ...selection },
    sha256,
  }).plan;
}

/** Plans and applies; the plan that it makes afterwards. */
export async function applied(world: WideWorld, selection: Partial<Selection> = {}): Promise<Plan> {
  const { changes } = await planAgain(world, selection);
  await runChanges(world, changes, OPTIONS);
  return planAgain(world);
}
