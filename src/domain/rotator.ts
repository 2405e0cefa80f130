import type { Diagnostic } from './diagnostic.js';
import type { Finding } from './finding.js';
import type { OpenChange, StepRecord } from './journal.js';
import type { JsonObject } from './json.js';
import type { Material } from './material.js';
import type { Answers, Observation, Query } from './observation.js';
import type { Change } from './plan.js';
import type { Policy } from './policy.js';
import type { Clock, Crypto, HttpProbe, Kubernetes, KubernetesAccess, Kv } from './ports.js';
import type { Step, StepVerb } from './step.js';

/** What a kind can do; the planner and the shared contract suite go by these, never by names. */
export interface Capabilities {
  /** Old and new are accepted at the same time for a while. */
  readonly overlap: boolean;
  /** The new credential can be tested before a consumer sees it. */
  readonly test: boolean;
  /** The old credential can be revoked, or a person can; without it `grace` must be 0s. */
  readonly revoke: boolean;
  /** keyturn makes the material itself. */
  readonly generates: boolean;
}

/** What decide() makes of one secret: the way forward, the way back, and what is announced. */
export interface Decision {
  readonly steps: readonly Step[];
  readonly undo: readonly Step[];
  readonly noOverlap: boolean;
  readonly proof: Change['proof'];
}

/** The plug-in that knows one kind of credential. Everything but `handlers` is pure. */
export interface Rotator {
  readonly kind: string;
  /** One sentence for the reference page. */
  readonly summary: string;
  readonly capabilities: Capabilities;
  /** JSON Schema 2020-12 of `spec`, with descriptions and examples. */
  readonly specSchema: JsonObject;
  /** What the back end cannot do, as diagnostics with the policy's place. */
  limits(policy: Policy): readonly Diagnostic[];
  /** Reads to send; asked again with what is known until nothing new is asked. */
  queries(policy: Policy, known: Answers): readonly Query[];
  interpret(policy: Policy, answers: Answers): Observation;
  /** The parts of spec that shape material, for SpecChanged. */
  shape(policy: Policy): JsonObject;
  /** `action` create or rotate: a new generation; reconcile: consumers only. */
  decide(
    policy: Policy,
    observation: Observation,
    action: 'create' | 'rotate' | 'reconcile',
    findings: readonly Finding[],
  ): Decision;
  readonly handlers: Handlers;
}

export type Handlers = { readonly [verb in StepVerb]?: StepHandler };

export interface StepPorts {
  readonly kv: Kv;
  /** Loads the client at the first use. */
  kubernetes(): Promise<Kubernetes>;
  readonly http: HttpProbe;
  readonly clock: Clock;
  readonly crypto: Crypto;
}

/** What a handler sees of the world and of its own past. */
export interface StepContext {
  readonly ports: StepPorts;
  readonly step: Step;
  readonly open: OpenChange;
  /** Where the material of the generation on its way waits. */
  readonly pendingPath: string;
  /** Keyed hash of a value (HMAC under the inventory's fingerprint key); goes into receipts. */
  fingerprint(value: Material): string;
  /** 12 hex digits of the id's SHA-256: names the annotation of this secret. */
  readonly idHash: string;
  /** Shortest pause between two looks of a waiting step, milliseconds. */
  readonly pollEvery: number;
  /** Says how a waiting step is doing; the newest text is shown with each heartbeat. */
  progress(text: string): void;
}

/** What happened when a step was carried out. `inconclusive`: neither proof nor refusal could be had in time; nothing is turned back for it. */
export type StepResult =
  | { readonly result: 'done'; readonly receipt: JsonObject }
  | { readonly result: 'refused'; readonly reason: string }
  | { readonly result: 'inconclusive'; readonly reason: string };

/** What a look at an unknown outcome finds, after the earlier request was made impossible. */
export type Probe = { readonly state: 'present'; readonly receipt: JsonObject } | { readonly state: 'absent' };

export type Right =
  | {
      readonly system: 'vault';
      readonly kind: 'data' | 'metadata' | 'destroy';
      readonly path: string;
      readonly capabilities: readonly string[];
    }
  | ({ readonly system: 'kubernetes' } & { readonly access: KubernetesAccess });

/**
 * Carries out one kind of step. Laws: prepare reads and never changes anything, and its result goes into the journal, so it holds no
 * material; perform changes only under the preconditions of its intent, and every success changes what those preconditions name; probe says
 * `present` only for what it saw, and `absent` only where the earlier request cannot take effect any more or where doing the step
 * again, under a fresh precondition, makes it so. A Fault of kind `conflict` from perform means: prepare again.
 */
export interface StepHandler {
  /** False: only looks. Such a step has no intent and is simply done again after a kill. */
  readonly effect: boolean;
  /** Rights that do, probe and undo need, asked before anything is made. */
  rights(step: Step, pendingPath: string): readonly Right[];
  /** What stands in the way, looked at before anything is made. */
  preflight?(context: StepContext): Promise<readonly Diagnostic[]>;
  prepare(context: StepContext): Promise<JsonObject>;
  /** The record is the intent as journalled; of a step without effect, one that was not journalled. */
  perform(context: StepContext, record: StepRecord): Promise<StepResult>;
  probe(context: StepContext, record: StepRecord): Promise<Probe>;
}
