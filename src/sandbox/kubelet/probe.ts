import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { at, listAt, textAt, treeAt, type Tree, type Value } from '../kubernetes/value.js';
import { millisecondsOf } from './durations.js';

const PREFIX = 'sandbox.keyturn.dev/';
/** Never ready, whatever the probe says. */
export const NEVER_READY = `${PREFIX}never-ready`;
/** Not ready before so long after the container's start: `500ms`. */
const READY_AFTER = `${PREFIX}ready-after`;
/** Instead of periodSeconds, which knows whole seconds only. */
const PROBE_PERIOD = `${PREFIX}probe-period`;

export interface ProbePlan {
  /** undefined: ready as soon as it runs. */
  readonly http?: { readonly port: number; readonly path: string; readonly timeout: number };
  /** Milliseconds. */
  readonly initialDelay: number;
  readonly period: number;
  readonly readyAfter: number;
  readonly never: boolean;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

/** Is it the port that the kubelet replaces by the pod's own? */
function portOf(container: Tree, wanted: Value | undefined, podPort: number | undefined): number {
  const ports = listAt(container, 'ports');
  const declared = ports.find((port) => textAt(port, 'name') === wanted || at(port, 'containerPort') === wanted);
  if (declared !== undefined && textAt(declared, 'name') === 'http' && podPort !== undefined) return podPort;
  return Number(at(declared, 'containerPort') ?? wanted ?? 0);
}

/** When a container of a pod counts as ready: its readinessProbe (httpGet), bent by the annotations of the pod. */
export function probePlan(pod: Tree, container: Tree, podPort: number | undefined): ProbePlan {
  const probe = treeAt(container, 'readinessProbe');
  const http = treeAt(probe, 'httpGet');
  const annotation = (name: string): string | undefined => textAt(pod, 'metadata', 'annotations', name);
  const seconds = (field: string, otherwise: number): number => Number(at(probe, field) ?? otherwise);
  const target = {
    port: portOf(container, http?.['port'], podPort),
    path: textAt(http, 'path') ?? '/',
    timeout: seconds('timeoutSeconds', 1) * 1000,
  };
  return {
    ...(http === undefined ? {} : { http: target }),
    initialDelay: seconds('initialDelaySeconds', 0) * 1000,
    period: millisecondsOf(annotation(PROBE_PERIOD)) ?? seconds('periodSeconds', 10) * 1000,
    readyAfter: millisecondsOf(annotation(READY_AFTER)) ?? 0,
    never: annotation(NEVER_READY) === 'true',
    successThreshold: seconds('successThreshold', 1),
    failureThreshold: seconds('failureThreshold', 3),
  };
}

/** Does GET answer 2xx or 3xx in time? */
export function httpGet(port: number, path: string, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { 'user-agent': 'kube-probe/1.36', connection: 'close' };
    const request = get({ host: '127.0.0.1', port, path, headers, timeout, agent: false }, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      resolve(statusCode >= 200 && statusCode < 400);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => {
      resolve(false);
    });
  });
}

/** Readiness after a row of looks: so many good ones in a row make it ready, so many bad ones unready. */
class Verdict {
  readonly #plan: ProbePlan;
  #ready = false;
  #streak = 0;

  constructor(plan: ProbePlan) {
    this.#plan = plan;
  }

  /** The new readiness where this look changes it. */
  after(good: boolean): boolean | undefined {
    this.#streak = good === this.#ready ? 0 : this.#streak + 1;
    const needed = good ? this.#plan.successThreshold : this.#plan.failureThreshold;
    if (this.#streak < needed) return undefined;
    this.#ready = good;
    this.#streak = 0;
    return good;
  }
}

async function watch(plan: ProbePlan, tell: (ready: boolean) => void, signal: AbortSignal): Promise<void> {
  const { http, period } = plan;
  const verdict = new Verdict({ ...plan, ...(http === undefined ? { successThreshold: 1 } : {}) });
  await sleep(Math.max(plan.initialDelay, plan.readyAfter), undefined, { signal });
  for (;;) {
    const change = verdict.after(http === undefined || (await httpGet(http.port, http.path, http.timeout)));
    if (change !== undefined && !signal.aborted) tell(change);
    if (http === undefined) return;
    await sleep(period, undefined, { signal });
  }
}

/** Tells each change of readiness until the signal ends it. */
export async function watchReadiness(
  plan: ProbePlan,
  tell: (ready: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  if (plan.never) return;
  try {
    await watch(plan, tell, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
