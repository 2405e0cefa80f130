import type { JsonObject } from '../../domain/json.js';
import type { Observation } from '../../domain/observation.js';
import { workloadKey } from '../../domain/observation.js';
import type { Consumer, Copy, HttpCheck, Policy } from '../../domain/policy.js';
import type { Decision, Handlers } from '../../domain/rotator.js';
import type { Step } from '../../domain/step.js';
import { promoteHandler, unpromoteHandler } from '../steps/promote.js';
import { publishHandler, unpublishHandler } from '../steps/publish.js';
import { restartHandler } from '../steps/restart.js';
import { verifyHandler, verifyOldHandler } from '../steps/verify.js';
import { waitHandler } from '../steps/wait.js';

/** Every handler that a kind with one generated value in a KV field needs, but for the one that makes the value. */
export const kvValueHandlers = {
  promote: promoteHandler,
  publish: publishHandler,
  restart: restartHandler,
  wait: waitHandler,
  verify: verifyHandler,
  unpublish: unpublishHandler,
  unpromote: unpromoteHandler,
  verifyOld: verifyOldHandler,
} as const satisfies Handlers;

type Action = 'create' | 'rotate' | 'reconcile';

/**
 * stage -> promote -> publish -> restart & wait -> verify; the way back unpublishes and unpromotes before it restarts, and ends with
 * the old value's own test. A value that is made anew has no way back but taking it away again.
 *
 * @param material what `stage` needs to make the value.
 */
export function decideValue(policy: Policy, observation: Observation, action: Action, material: JsonObject): Decision {
  if (action === 'reconcile') return reconcile(policy, observation);
  const all = restarts(policy, policy.consumers, {}, '');
  return {
    steps: withPivot([...writes(policy, material), ...all, ...checkSteps(policy, action)]),
    undo: wayBack(policy, observation, action),
    noOverlap: action === 'rotate' && policy.consumers.length > 0,
    proof: proofOf(policy),
  };
}

/** No new generation: the consumers that do not carry the live one are restarted; nothing needs to be taken back. */
function reconcile(policy: Policy, observation: Observation): Decision {
  const drifted = new Set(
    observation.state === 'observed' ? observation.driftedConsumers.map(({ workload }) => workloadKey(workload)) : [],
  );
  const consumers = policy.consumers.filter((consumer) => drifted.has(workloadKey(consumer)));
  const steps = withPivot(restarts(policy, consumers, { rotation: rotationOf(observation) }, ''));
  return { steps, undo: [], noOverlap: false, proof: 'convergence' };
}

/** The generation at the live place, as pod templates name it; `before`: one that keyturn did not make. */
function rotationOf(observation: Observation): string {
  return observation.state === 'observed' ? (observation.rotation ?? 'before') : 'before';
}

function proofOf(policy: Policy): Decision['proof'] {
  if (policy.verify !== undefined) return policy.verify.refused.length > 0 ? 'discriminating' : 'weak';
  return policy.consumers.length > 0 ? 'convergence' : 'none';
}

function writes(policy: Policy, material: JsonObject): readonly Step[] {
  const { path, field } = policy.vault;
  return [
    { name: 'stage', verb: 'stage', target: 'pending', params: material },
    { name: 'promote', verb: 'promote', target: path, params: { path, field } },
    ...policy.publish.map(
      (copy): Step => ({
        name: `publish ${copyName(copy)}`,
        verb: 'publish',
        target: copyTarget(copy),
        params: { ...copy },
      }),
    ),
  ];
}

/** All restarts first, then all waits: the roll-outs run side by side. */
function restarts(policy: Policy, consumers: readonly Consumer[], params: JsonObject, prefix: string): readonly Step[] {
  const each = consumers.map((consumer) => ({
    consumer,
    name: `${prefix}restart ${workloadKey(consumer)}`,
    ref: refOf(consumer),
  }));
  return [
    ...each.map(
      ({ consumer, name, ref }): Step => ({
        name,
        verb: 'restart',
        target: `k8s ${consumer.namespace}/${consumer.kind} ${consumer.name}`,
        params: { ...params, workload: ref, via: consumer.via, secrets: secretsFor(policy, consumer) },
      }),
    ),
    ...each.map(
      ({ consumer, name, ref }): Step => ({
        name: `${prefix}wait ${workloadKey(consumer)}`,
        verb: 'wait',
        target: `k8s ${consumer.namespace}/${consumer.kind} ${consumer.name}`,
        params: { workload: ref, restart: name, timeout: consumer.timeout },
      }),
    ),
  ];
}

/** The Secrets that this policy publishes where the consumer can refer to them. */
function secretsFor(policy: Policy, { namespace }: Consumer): readonly string[] {
  return policy.publish.filter((copy) => copy.namespace === namespace).map((copy) => copy.name);
}

function checkSteps(policy: Policy, action: Action): readonly Step[] {
  const { verify } = policy;
  if (verify === undefined) return [];
  // A creation has no old value, but its new one can be refused like any other.
  const { refused } = verify;
  const tellsApart = action === 'rotate' && refused.length > 0;
  const note = tellsApart ? 'as the new key; the old key must be refused' : 'as the new key';
  return [
    {
      name: 'verify',
      verb: 'verify',
      target: `${verify.method} ${verify.url}`,
      note,
      params: { ...checkParams(verify), refused: [...refused] },
    },
  ];
}

function wayBack(policy: Policy, observation: Observation, action: Action): readonly Step[] {
  const { path, field } = policy.vault;
  const published = policy.publish.map((copy) => `publish ${copyName(copy)}`);
  const unpublish = policy.publish.map(
    (copy): Step => ({
      name: `unpublish ${copyName(copy)}`,
      verb: 'unpublish',
      target: copyTarget(copy),
      params: { ...copy },
      undoes: [`publish ${copyName(copy)}`],
    }),
  );
  const unpromote: Step = {
    name: 'unpromote',
    verb: 'unpromote',
    target: path,
    params: { path, field },
    undoes: ['promote'],
  };
  if (action === 'create') return [...unpublish, unpromote];
  // A pod may restart by itself as soon as its carrier holds the new value, so the way back restarts whatever may have seen it.
  const readers = policy.consumers.some((consumer) => consumer.via === 'readAtStart') ? ['promote'] : [];
  const seen = [...published, ...readers, ...policy.consumers.map((consumer) => `restart ${workloadKey(consumer)}`)];
  const back = restarts(policy, policy.consumers, { rotation: rotationOf(observation) }, 'back: ').map(
    (step): Step => ({ ...step, undoes: seen }),
  );
  return [...unpublish, unpromote, ...back, ...testOld(policy, seen)];
}

function testOld(policy: Policy, undoes: readonly string[]): readonly Step[] {
  const { verify } = policy;
  if (verify === undefined) return [];
  const params = { ...checkParams(verify), refused: [...verify.refused] };
  return [
    {
      name: 'verify old',
      verb: 'verifyOld',
      target: `${verify.method} ${verify.url}`,
      note: 'as the old key',
      params,
      undoes,
    },
  ];
}

function withPivot(steps: readonly Step[]): readonly Step[] {
  return steps.map((step, i) => (i === steps.length - 1 ? { ...step, pivot: true } : step));
}

function checkParams(check: HttpCheck): JsonObject {
  return { method: check.method, url: check.url, header: check.header, ok: [...check.ok], timeout: check.timeout };
}

function refOf(consumer: Consumer): JsonObject {
  return { kind: consumer.kind, namespace: consumer.namespace, name: consumer.name };
}

function copyName(copy: Copy): string {
  return `${copy.namespace}/${copy.name}:${copy.key}`;
}

function copyTarget(copy: Copy): string {
  return `k8s ${copy.namespace}/Secret ${copy.name}`;
}
