import { createHash, createHmac } from 'node:crypto';
import type { RunEvent } from '../../src/domain/events.js';
import type { Journal } from '../../src/domain/journal.js';
import type { SecretId } from '../../src/domain/ids.js';
import { Material } from '../../src/domain/material.js';
import type { Observation } from '../../src/domain/observation.js';
import type { Change } from '../../src/domain/plan.js';
import type { Consumer, Copy, Policy, WorkloadRef } from '../../src/domain/policy.js';
import type {
  Clock,
  Crypto,
  HttpProbe,
  Kubernetes,
  Rollout,
  SecretView,
  WorkloadDetails,
} from '../../src/domain/ports.js';
import { statePaths } from '../../src/domain/state-paths.js';
import type { StateCodec } from '../../src/executor/state.js';
import type { World } from '../../src/executor/world.js';
import { kvRandom } from '../../src/rotators/kv-random/rotator.js';
import { litellmMasterKey } from '../../src/rotators/litellm-master-key/rotator.js';
import { fault, MemoryKv } from './memory-kv.js';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A clock that moves only when somebody sleeps: nothing in a test waits for real. */
export class TestClock implements Clock {
  at = Date.parse('2026-11-24T10:00:00Z');
  stopped = false;
  now = (): number => this.at;
  monotonic = (): number => this.at;
  stopping = (): boolean => this.stopped;
  every = (): (() => void) => () => undefined;
  async sleep(length: number): Promise<void> {
    if (this.stopped) throw fault('interrupted', 'asked to stop');
    this.at += length;
    await Promise.resolve();
  }
}

/** One Deployment with one pod that accepts the value of its Secret as of its last restart. */
export class MemoryCluster implements Kubernetes {
  secret: SecretView | null = null;
  version = 1;
  generation = 1;
  annotations: Record<string, string> = {};
  /** What the running pod started with. */
  accepts: string | undefined;
  podAnnotations: Record<string, string> = {};
  env: WorkloadDetails['env'] = [];
  /** Looks until the pod is there; Infinity: never. */
  slow = 0;
  #lag = 0;
  /** Counts calls as MemoryKv does. */
  readonly hook: (call: string) => { after: () => void };

  constructor(hook: (call: string) => { after: () => void }) {
    this.hook = hook;
  }

  readSecret(): Promise<SecretView | null> {
    return this.#call('readSecret', () => this.secret);
  }

  createSecret(
    _copy: Copy,
    value: Material | undefined,
    annotations: { readonly [name: string]: string },
  ): Promise<string> {
    return this.#call('createSecret', () => {
      if (this.secret !== null) throw fault('conflict', 'exists');
      return this.#store(value, annotations, {});
    });
  }

  patchSecret(
    _copy: Copy,
    value: Material | null | undefined,
    annotations: { readonly [name: string]: string },
    resourceVersion: string,
  ): Promise<string> {
    return this.#call('patchSecret', () => {
      if (this.secret?.resourceVersion !== resourceVersion) throw fault('conflict', 'stale');
      const kept = value === undefined ? this.secret.value : (value ?? undefined);
      return this.#store(kept, annotations, this.secret.annotations);
    });
  }

  readWorkload(): Promise<WorkloadDetails | null> {
    return this.#call('readWorkload', () => ({
      resourceVersion: String(this.version),
      generation: this.generation,
      env: this.env,
      secrets: ['copy'],
      templateAnnotations: { ...this.annotations },
      replicas: 1,
      annotationManagers: {},
    }));
  }

  annotateTemplate(_ref: WorkloadRef, annotations: { readonly [name: string]: string }, resourceVersion: string) {
    return this.#call('annotateTemplate', () => {
      if (String(this.version) !== resourceVersion) throw fault('conflict', 'stale');
      Object.assign(this.annotations, annotations);
      this.version += 1;
      this.generation += 1;
      this.#lag = this.slow;
      return { resourceVersion: String(this.version), generation: this.generation };
    });
  }

  rollout(): Promise<Rollout | null> {
    return this.#call('rollout', () => {
      if (this.#lag > 0) this.#lag -= 1;
      else this.start();
      const pods = [{ name: 'pod', annotations: this.podAnnotations, ready: true, terminating: false }];
      return { observedGeneration: this.generation, generation: this.generation, replicas: 1, pods };
    });
  }

  /** The pod starts anew with what the Secret holds. */
  start(): void {
    this.podAnnotations = { ...this.annotations };
    this.accepts = this.secret?.value?.expose();
  }

  allowed(): Promise<boolean> {
    return this.#call('allowed', () => true);
  }

  #store(
    value: Material | undefined,
    annotations: { readonly [name: string]: string },
    before: { readonly [name: string]: string },
  ): string {
    this.version += 1;
    const resourceVersion = String(this.version);
    const shared = {
      resourceVersion,
      type: 'Opaque',
      immutable: false,
      owners: [],
      annotations: { ...before, ...annotations },
    };
    this.secret = value === undefined ? shared : { ...shared, value };
    return resourceVersion;
  }

  async #call<T>(call: string, work: () => T): Promise<T> {
    await Promise.resolve();
    const { after } = this.hook(call);
    const result = work();
    after();
    return result;
  }
}

export const codec: StateCodec = {
  encodeJournal: (journal) => JSON.stringify(journal),
  decodeJournal: (text) => JSON.parse(text) as Journal,
  encodeHistory: (entry) => JSON.stringify(entry),
  decodeHistory: (text) => JSON.parse(text),
};

/** What a run killed at a call throws, through everything: not a Fault, so nobody handles it. */
export class Killed extends Error {}

export interface TestWorld extends World {
  readonly kv: MemoryKv;
  readonly cluster: MemoryCluster;
  readonly clock: TestClock;
  readonly events: RunEvent[];
}

const crypto: Crypto = {
  randomHex: (bytes) => {
    counter += 1;
    return sha256(`random ${counter}`).slice(0, bytes * 2);
  },
  randomMaterial: (length, alphabet, prefix) => {
    counter += 1;
    const digest = sha256(`material ${counter}`).repeat(10);
    return new Material(
      prefix + Array.from(digest.slice(0, length), (c) => alphabet[Number.parseInt(c, 16) % alphabet.length]).join(''),
    );
  },
  sha256,
  fingerprint: (key, value) => createHmac('sha256', key.expose()).update(value.expose()).digest('hex'),
};
let counter = 0;

/** A whole world in memory; `fresh` is another runner in the same one. */
export function memoryWorld(fresh?: TestWorld): TestWorld {
  const clock = fresh?.clock ?? new TestClock();
  const kv = fresh?.kv ?? new MemoryKv(clock.now);
  const cluster =
    fresh?.cluster ??
    new MemoryCluster((call) => {
      const n = kv.calls.push(call);
      kv.before(n, call);
      return { after: () => kv.after(n, call) };
    });
  const http: HttpProbe = {
    send: ({ headerValue }) => {
      const n = kv.calls.push('http');
      kv.before(n, 'http');
      const status = headerValue.expose() === `Bearer ${cluster.accepts}` ? 200 : 400;
      kv.after(n, 'http');
      return Promise.resolve({ status });
    },
  };
  const events: RunEvent[] = [];
  const limits = {
    maxChanges: 20,
    maxShare: 0.5,
    overLimit: 'refuse',
    failureBudget: 3,
    parallelism: 4,
    planValidFor: 86_400_000,
    leaseFor: 60_000,
    callDeadline: 15_000,
  } as const;
  return {
    run: crypto.randomHex(8),
    who: 'tester',
    clock,
    crypto,
    kv,
    cluster,
    events,
    ports: { kv, kubernetes: () => Promise.resolve(cluster), http, clock, crypto },
    session: { remaining: () => undefined, displayName: 'test' },
    serverNow: clock.now,
    paths: statePaths('keyturn', 'test'),
    codec,
    limits,
    lockTimeout: 90_000,
    pollEvery: 100,
    rotators: new Map([kvRandom(sha256), litellmMasterKey(sha256)].map((rotator) => [rotator.kind, rotator])),
    revision: null,
    fingerprintKey: new Material('fingerprint key'),
    emit: (event) => void events.push(event),
  };
}

export const CONSUMER: Consumer = { kind: 'Deployment', namespace: 'ns', name: 'app', timeout: 10_000, via: 'copy' };

/** A policy of a kind with one copy, one consumer and a discriminating check. */
export function policyOf(kind: string, more: Partial<Policy> = {}): Policy {
  return {
    id: `test/${kind}` as SecretId,
    kind,
    labels: {},
    grace: 0,
    dependsOn: [],
    vault: { path: `secret/test/${kind}`, field: 'key' },
    publish: [{ namespace: 'ns', name: 'copy', key: 'key' }],
    consumers: [CONSUMER],
    verify: {
      method: 'GET',
      url: 'http://app/v1/models',
      header: 'Authorization: Bearer {value}',
      ok: [200],
      refused: [400, 401, 403],
      timeout: 5_000,
    },
    spec: {},
    source: { file: 'policies/x.yaml', line: 1, column: 1, endLine: 1, endColumn: 2 },
    ...more,
  };
}

const OBSERVED: Observation = {
  state: 'observed',
  present: true,
  version: 1,
  driftedConsumers: [],
  missingConsumers: [],
};

/** The change that a planner would make of a policy. */
export function changeOf(policy: Policy, action: Change['action'], journalVersion = 0): Change {
  const rotator = memoryWorld().rotators.get(policy.kind);
  if (rotator === undefined) throw new Error(policy.kind);
  const decided = rotator.decide(policy, OBSERVED, action === 'resume' ? 'rotate' : action, []);
  return {
    id: policy.id,
    kind: policy.kind,
    action,
    findings: [],
    live: policy.vault,
    before: action === 'create' ? null : { birth: '2026-01-01T00:00:00.000Z' },
    ...decided,
    consumers: policy.consumers,
    specHash: '0123456789ab',
    bindings: { policyHash: 'x', journalVersion, liveVersion: 0, liveCreatedTime: null },
    resources: policy.consumers.map((consumer) => `workload:${consumer.kind}/${consumer.namespace}/${consumer.name}`),
    chain: policy.id,
    dependsOn: policy.dependsOn,
  };
}
