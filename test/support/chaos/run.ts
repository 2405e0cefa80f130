import { isFault } from '../../../src/domain/fault.js';
import { removeStrayMarker } from '../../../src/executor/claim.js';
import { runChanges } from '../../../src/executor/run.js';
import { listOpen, readJournal } from '../../../src/executor/state.js';
import { type Act, type PortCall, runnerIn } from '../interleaving.js';
import { fault } from '../memory-kv.js';
import { changeOf, Killed, policyOf, type TestWorld } from '../memory-world.js';
import { applyAgain, established, OPTIONS } from '../rotation.js';
import { type Injection, type Mishap, type Scenario, SILENT } from './injections.js';
import {
  AFTER_ANOTHER,
  AFTER_SILENCE,
  ALWAYS,
  AT_REST,
  type Invariant,
  ONCE,
  rotationOf,
  watch,
  type Watched,
} from './invariants.js';
import { Scheduler } from './scheduler.js';

/** A broken sentence, with what led to it. */
export interface Violation {
  readonly says: string;
  readonly scenario: Scenario;
  /** One line per call: who made it and what befell it. */
  readonly trace: readonly string[];
  readonly journal: string;
}

/** Enough to outlive any lease and any wait for one. */
const LONG = 200_000;
const DAY = 86_400_000;
/** What the adapter answers from what it knows of the mounts. */
const LOCAL: ReadonlySet<string> = new Set(['apiPath', 'mount']);
const KV_WRITES: ReadonlySet<string> = new Set(['write', 'patch', 'patchMetadata', 'destroy', 'deleteMetadata']);
const CLUSTER_WRITES: ReadonlySet<string> = new Set(['createSecret', 'patchSecret', 'annotateTemplate']);

/** Plays one scenario: all runners at once with their mishaps, then quiet applies until nothing is left to do. */
export async function play(scenario: Scenario): Promise<Violation | undefined> {
  return new Play(scenario, await established(scenario.kind)).run();
}

class Play {
  readonly #scenario: Scenario;
  readonly #scheduler: Scheduler;
  readonly #watched: Watched;
  readonly #trace: string[] = [];
  #calls = 0;
  #effects = 0;
  #siblings = 0;
  #broken: Invariant | undefined;

  constructor(scenario: Scenario, world: TestWorld) {
    this.#scenario = scenario;
    this.#scheduler = new Scheduler(scenario.seed);
    const policy = policyOf(scenario.kind);
    this.#watched = { world, policy, sibling: 'kept', before: undefined, staged: new Map(), history: new Map() };
  }

  async run(): Promise<Violation | undefined> {
    const { world } = this.#watched;
    const runners = Array.from({ length: this.#scenario.runners }, (_none, number) => this.#runner(number));
    await this.#scheduler.drain(() => this.#look());
    await Promise.all(runners);
    for (let apply = 0; apply < 8 && this.#broken === undefined; apply += 1) {
      world.clock.at += DAY;
      await this.#inTurns(() => this.#quietApply());
    }
    const { injections, person } = this.#scenario;
    const silent = person === undefined && injections.every(({ mishap }) => SILENT.has(mishap));
    this.#judge([...AT_REST, ONCE, ...(silent ? AFTER_SILENCE : [])]);
    world.clock.at += DAY;
    if (this.#broken === undefined) await this.#inTurns(() => this.#rotateAgain());
    this.#judge([...AT_REST, ...AFTER_ANOTHER]);
    if (this.#broken === undefined) return undefined;
    const journal = world.kv.value(world.paths.journal(this.#watched.policy.id), 'journal') ?? 'none';
    return { says: this.#broken.says, scenario: this.#scenario, trace: this.#trace, journal };
  }

  async #inTurns(work: () => Promise<void>): Promise<void> {
    const done = work();
    await this.#scheduler.drain(() => this.#look());
    await done;
  }

  #look(): void {
    watch(this.#watched);
    this.#judge(ALWAYS);
  }

  #judge(invariants: readonly Invariant[]): void {
    this.#broken ??= invariants.find(({ broken }) => broken(this.#watched));
  }

  /** Some applies of one pipeline after another, until it is killed. */
  async #runner(number: number): Promise<void> {
    const life = { ended: false };
    const act: Act = async (call) => {
      if (life.ended) throw new Killed('a killed process makes no call');
      if (LOCAL.has(call.name)) return call.go();
      await this.#scheduler.take();
      const injection = this.#next(call);
      const mishap = injection?.mishap;
      const what = `${call.name} ${call.path}`.trim();
      this.#trace.push(`${this.#calls} runner ${number}: ${what}${mishap === undefined ? '' : ` <- ${mishap}`}`);
      this.#foreign();
      return this.#befall(call, injection, () => (life.ended = true));
    };
    const runner = runnerIn(this.#watched.world, act);
    for (let apply = 0; apply < 2 && !life.ended; apply += 1) await this.#applied(runner, number);
  }

  /** Counts the call; what befalls it. */
  #next({ name, path }: PortCall): Injection | undefined {
    const { world, policy } = this.#watched;
    const isEffect =
      CLUSTER_WRITES.has(name) ||
      (KV_WRITES.has(name) && [policy.vault.path, world.paths.pending(policy.id)].includes(path));
    this.#calls += 1;
    if (isEffect) this.#effects += 1;
    return this.#scenario.injections.find(({ among, nth }) =>
      among === 'calls' ? nth === this.#calls : isEffect && nth === this.#effects,
    );
  }

  /** A fault ends the apply and not the pipeline; a kill ends both. */
  async #applied(runner: TestWorld, number: number): Promise<void> {
    const { person, runners } = this.#scenario;
    const resume = person === undefined || number < runners - 1 ? {} : { direction: person };
    try {
      await applyAgain(runner, this.#watched.policy, resume);
    } catch (error) {
      if (!isFault(error) && !(error instanceof Killed)) throw error;
    }
  }

  /** Others use the live path, the Deployment and the pods too: a few times in every scenario. */
  #foreign(): void {
    const { world, policy } = this.#watched;
    if (this.#calls % 23 === 0) world.cluster.version += 1;
    if (this.#calls % 31 === 0) world.cluster.start();
    if (this.#calls % 41 !== 0 || this.#siblings === 2) return;
    this.#siblings += 1;
    const stored = world.kv.paths.get(policy.vault.path);
    const current = stored?.versions.get(stored.current);
    if (stored === undefined || current === undefined) return;
    this.#watched.sibling = `sibling ${this.#siblings}`;
    stored.current += 1;
    const fields = { ...current.fields, sibling: this.#watched.sibling };
    stored.versions.set(stored.current, { fields, createdAt: world.clock.at, destroyed: false });
  }

  async #befall(call: PortCall, injection: Injection | undefined, die: () => void): Promise<unknown> {
    if (injection === undefined) return call.go();
    const { mishap, delay } = injection;
    if (mishap === 'stall') {
      this.#watched.world.clock.at += LONG;
      await this.#scheduler.take(delay);
      return call.go();
    }
    if (mishap === 'applied' || mishap === 'killAfter') await call.go().catch(() => undefined);
    if (mishap === 'late' && (KV_WRITES.has(call.name) || CLUSTER_WRITES.has(call.name))) void this.#later(call, delay);
    if (mishap === 'killBefore' || mishap === 'killAfter') die();
    throw ANSWERS[mishap]();
  }

  async #later(call: PortCall, delay: number): Promise<void> {
    await this.#scheduler.take(delay);
    this.#trace.push(`lands late: ${call.name} ${call.path}`);
    await call.go().catch(() => undefined);
  }

  #quiet(): TestWorld {
    return runnerIn(this.#watched.world, async (call) => {
      if (!LOCAL.has(call.name)) await this.#scheduler.take();
      return call.go();
    });
  }

  /** Whatever the dead left behind, the next rotation goes through. */
  async #rotateAgain(): Promise<void> {
    const { world, policy } = this.#watched;
    this.#watched.before = rotationOf(this.#watched);
    const { version } = await readJournal(world.kv, world.paths, world.codec, policy.id);
    await runChanges(this.#quiet(), [changeOf(policy, 'rotate', version)], OPTIONS);
  }

  /** As a scheduled pipeline does it: finish or begin, then clear away what lost claims left. */
  async #quietApply(): Promise<void> {
    const { world, policy } = this.#watched;
    const runner = this.#quiet();
    await applyAgain(runner, policy);
    const { journal } = await readJournal(world.kv, world.paths, world.codec, policy.id);
    for (const marker of await listOpen(world.kv, world.paths))
      if (journal?.open?.rotation !== marker.rotation)
        await removeStrayMarker(runner, marker, { kind: policy.kind, live: policy.vault });
  }
}

function unanswered(): Error {
  return fault('timeout', 'no answer', { retriable: true, effect: 'unknown' });
}

const ANSWERS: { readonly [mishap in Exclude<Mishap, 'stall'>]: () => Error } = {
  killBefore: () => new Killed('before the call'),
  killAfter: () => new Killed('after the call'),
  denied: () => fault('denied', 'no'),
  unavailable: () => fault('unavailable', '503', { retriable: true }),
  applied: unanswered,
  lost: unanswered,
  late: unanswered,
};

/** Leaves mishaps out one after the other for as long as something is still broken: what is left is needed. */
export async function shrunk(violation: Violation): Promise<Violation> {
  let smallest = violation;
  for (let index = 0; index < smallest.scenario.injections.length; ) {
    const injections: readonly Injection[] = smallest.scenario.injections.filter((_one, at) => at !== index);
    const again = await play({ ...smallest.scenario, injections });
    if (again === undefined) index += 1;
    else smallest = again;
  }
  return smallest;
}

/** What a person needs to understand it: the sentence, the mishaps that it takes, the calls, the journal. */
export function told({ says, scenario, trace, journal }: Violation): string {
  const { seed, kind, runners, person, injections } = scenario;
  const mishaps = injections.map(({ among, nth, mishap }) => `${mishap} at ${nth} of the ${among}`).join(', ');
  return [
    `broken: ${says}`,
    `scenario ${seed}: ${runners} runners of ${kind}${person === undefined ? '' : `, the last a person who turns it ${person}`}; ${mishaps === '' ? 'no mishap' : mishaps}`,
    `again: KEYTURN_SCENARIO=${seed} npm run prove -- test/simulation/seeded`,
    ...trace.slice(-60),
    `journal: ${journal}`,
  ].join('\n');
}
