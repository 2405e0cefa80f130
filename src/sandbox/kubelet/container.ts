import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { textAt, type Tree } from '../kubernetes/value.js';
import type { ApiClient } from './client.js';
import { ConfigError, environmentOf } from './environment.js';
import { probePlan, watchReadiness } from './probe.js';
import { argumentsOf, ContainerProcess, type Ended } from './process.js';
import type { Reaper } from './reaper.js';

/** The container's process is killed as soon as it runs. */
const CRASH = 'sandbox.keyturn.dev/crash';

export type ContainerState =
  | { readonly type: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly type: 'running'; readonly startedAt: number }
  | ({ readonly type: 'terminated'; readonly startedAt: number; readonly finishedAt: number } & Ended);

export interface ContainerView {
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  readonly lastState?: ContainerState;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly containerID: string;
}

/** What all containers of a kubelet share. Lengths in milliseconds. */
export interface ContainerSettings {
  readonly api: ApiClient;
  readonly reaper: Reaper;
  /** PATH of every container. */
  readonly path: string;
  /** Until a container whose Secret is missing is tried again. */
  readonly retryAfter: number;
  /** The first restart is immediate, the second waits so long, each further one twice as long, up to 20 times. */
  readonly backOff: number;
  readonly onOutput?: (container: string, text: string) => void;
}

const WHILE_STOPPING = 'the container is being stopped';
const LONGEST_BACK_OFF = 20;
/** A container that ran so long starts its back-off anew. */
const LONG_RUN = 10_000;

/** One container of one pod: started, watched, restarted as restartPolicy says, until it is stopped. */
export class Container {
  readonly #spec: Tree;
  readonly #pod: Tree;
  readonly #port: number | undefined;
  readonly #settings: ContainerSettings;
  readonly #onChange: () => void;
  readonly #stopping = new AbortController();
  #process: ContainerProcess | undefined;
  #run: Promise<void> | undefined;
  #view: ContainerView;

  constructor(pod: Tree, spec: Tree, port: number | undefined, settings: ContainerSettings, onChange: () => void) {
    this.#pod = pod;
    this.#spec = spec;
    this.#port = port;
    this.#settings = settings;
    this.#onChange = onChange;
    const state: ContainerState = { type: 'waiting', reason: 'ContainerCreating' };
    const image = textAt(spec, 'image') ?? '';
    this.#view = { name: textAt(spec, 'name') ?? '', image, state, ready: false, restartCount: 0, containerID: '' };
  }

  get view(): ContainerView {
    return this.#view;
  }

  start(): void {
    this.#run = this.#live();
  }

  /** SIGTERM, then SIGKILL after so many milliseconds. Ends when the process has. */
  async stop(grace: number): Promise<void> {
    this.#stopping.abort(new Error(WHILE_STOPPING));
    this.#process?.terminate();
    const timer = setTimeout(() => this.#process?.kill(), grace);
    await this.#run;
    clearTimeout(timer);
  }

  async #live(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      const ended = await this.#attempt();
      if (signal.aborted || (ended !== undefined && !this.#restarts(ended))) return;
      if (ended === undefined) {
        await this.#pause(this.#settings.retryAfter);
        continue;
      }
      if (this.#ranLong()) failures = 0;
      const delay = this.#settings.backOff * Math.min(LONGEST_BACK_OFF, failures === 0 ? 0 : 2 ** (failures - 1));
      failures += 1;
      await this.#backOff(delay);
    }
  }

  /** undefined: the container could not be made. */
  async #attempt(): Promise<Ended | undefined> {
    try {
      const variables = await environmentOf(this.#settings.api, this.#pod, this.#spec);
      if (this.#stopping.signal.aborted) return undefined;
      if (argumentsOf(this.#spec, variables).length === 0) throw new ConfigError('no command specified');
      return await this.#execute(variables);
    } catch (error) {
      // Only what was composed here is told: another error's text may hold a value of the environment.
      const message = error instanceof ConfigError ? error.message : 'the container cannot be made';
      this.#set({ state: { type: 'waiting', reason: 'CreateContainerConfigError', message } });
      return undefined;
    }
  }

  async #execute(variables: Record<string, string>): Promise<Ended> {
    const { path, reaper, onOutput } = this.#settings;
    const port = this.#port === undefined ? {} : { PORT: String(this.#port) };
    const output = onOutput === undefined ? undefined : (text: string) => onOutput(this.#view.name, text);
    const child = new ContainerProcess(this.#spec, { PATH: path, ...port, ...variables }, reaper, output);
    this.#process = child;
    const startedAt = Date.now();
    const containerID = `sandbox://${randomBytes(32).toString('hex')}`;
    this.#set({ state: { type: 'running', startedAt }, containerID, ready: false });
    const probing = new AbortController();
    const plan = probePlan(this.#pod, this.#spec, this.#port);
    void watchReadiness(plan, (ready) => this.#set({ ready }), probing.signal);
    if (textAt(this.#pod, 'metadata', 'annotations', CRASH) === 'true') child.kill();
    const ended = await child.ended;
    probing.abort();
    this.#set({ state: { type: 'terminated', startedAt, finishedAt: Date.now(), ...ended }, ready: false });
    return ended;
  }

  #restarts({ exitCode }: Ended): boolean {
    const policy = textAt(this.#pod, 'spec', 'restartPolicy') ?? 'Always';
    return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
  }

  #ranLong(): boolean {
    const { state } = this.#view;
    return state.type === 'terminated' && state.finishedAt - state.startedAt > LONG_RUN;
  }

  async #backOff(delay: number): Promise<void> {
    const { name, restartCount, state } = this.#view;
    if (delay > 0) {
      const pod = textAt(this.#pod, 'metadata', 'name') ?? '';
      const message = `back-off ${delay}ms restarting failed container=${name} pod=${pod}`;
      this.#set({ state: { type: 'waiting', reason: 'CrashLoopBackOff', message }, lastState: state });
      await this.#pause(delay);
    }
    if (!this.#stopping.signal.aborted) this.#set({ restartCount: restartCount + 1, lastState: state });
  }

  async #pause(length: number): Promise<void> {
    const { signal } = this.#stopping;
    await sleep(length, undefined, { signal }).catch(() => undefined);
  }

  #set(change: Partial<ContainerView>): void {
    this.#view = { ...this.#view, ...change };
    this.#onChange();
  }
}
