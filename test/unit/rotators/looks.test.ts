import { expect } from 'chai';
import type { Rollout } from '../../../src/domain/ports.js';
import type { StepHandler, StepResult } from '../../../src/domain/rotator.js';
import type { StepVerb } from '../../../src/domain/step.js';
import { kvValueHandlers } from '../../../src/rotators/kv-value/decide.js';
import { numberIn, objectIn, stringIn } from '../../../src/rotators/steps/records.js';
import { judge } from '../../../src/rotators/steps/wait.js';
import { fault } from '../../support/memory-kv.js';
import { changeOf, policyOf, type TestWorld } from '../../support/memory-world.js';
import { established } from '../../support/rotation.js';
import { contextFor, recordOf, ROTATION } from '../../support/step-context.js';

const KIND = 'kv-random';
const CHANGE = changeOf(policyOf(KIND), 'rotate');
const RESTART = 'restart Deployment ns/app';
const NAME = 'keyturn.dev/x';

type Pod = Rollout['pods'][number];

function pod(value: string, more: Partial<Pod> = {}): Pod {
  return { name: 'p', annotations: { [NAME]: value }, ready: true, terminating: false, ...more };
}

function rollout(pods: readonly Pod[], more: Partial<Rollout> = {}): Rollout {
  return { observedGeneration: 5, generation: 5, replicas: pods.length, pods, ...more };
}

describe('[U] rotators: when a rollout has converged', () => {
  const CASES: readonly (readonly [what: string, rollout: Rollout, state: string])[] = [
    ['every pod is ready with the new template', rollout([pod('new'), pod('new')]), 'converged'],
    ['there are no replicas', rollout([]), 'converged'],
    ['an old pod is still there', rollout([pod('new'), pod('old')], { replicas: 1 }), 'rolling'],
    [
      'an old pod is only terminating',
      rollout([pod('new'), pod('old', { terminating: true })], { replicas: 1 }),
      'rolling',
    ],
    ['a new pod is terminating', rollout([pod('new'), pod('new', { terminating: true })], { replicas: 1 }), 'rolling'],
    ['a new pod is not ready', rollout([pod('new', { ready: false })]), 'rolling'],
    ['fewer pods than replicas', rollout([pod('new')], { replicas: 2 }), 'rolling'],
    ['a surplus pod is not ready', rollout([pod('new'), pod('new', { ready: false })], { replicas: 1 }), 'rolling'],
    ['the controller has not seen the template', rollout([pod('new')], { observedGeneration: 4 }), 'rolling'],
    ['the controller gave up', rollout([pod('new')], { deadlineExceeded: 'too slow' }), 'gaveUp'],
    ['it gave up before it saw the template', rollout([], { observedGeneration: 4, deadlineExceeded: 'x' }), 'rolling'],
  ];

  for (const [what, seen, state] of CASES)
    it(`${what}: ${state}`, () => {
      expect(judge(seen, NAME, 'new', 5).state).to.equal(state);
    });

  it('says how far it is, and what keeps a pod from getting ready', () => {
    const trouble = pod('new', { ready: false, trouble: 'CreateContainerConfigError' });
    expect(judge(rollout([trouble, pod('old')]), NAME, 'new', 5)).to.have.property(
      'text',
      '0 of 2 pods ready with the new value, 1 older still there; CreateContainerConfigError',
    );
  });
});

async function perform(world: TestWorld, verb: StepVerb, name: string, records = RECORDS): Promise<StepResult> {
  const handler: StepHandler | undefined = world.rotators.get(KIND)?.handlers[verb];
  if (handler === undefined) throw new Error(verb);
  return handler.perform(contextFor(world, CHANGE, name, records), recordOf(name, {}));
}

const PROMOTED = recordOf('promote', { mode: 'patch', cas: 1 });
const RESTARTED = recordOf(RESTART, {}, { state: 'done', receipt: { value: `${ROTATION}.7`, generation: 2 } });
const RECORDS = [PROMOTED, RESTARTED];

/** A world in which the restart was made. */
async function restarted(): Promise<TestWorld> {
  const world = await established(KIND);
  world.cluster.generation = 2;
  world.cluster.annotations = { [`keyturn.dev/${world.crypto.sha256(CHANGE.id).slice(0, 12)}`]: `${ROTATION}.7` };
  return world;
}

describe('[U] rotators: wait', () => {
  it('ends as soon as the pods are there', async () => {
    expect(await perform(await restarted(), 'wait', 'wait')).to.deep.equal({ result: 'done', receipt: { pods: 1 } });
  });

  it('declares a time-out only by a look that began after it', async () => {
    const world = await restarted();
    let looks = 0;
    world.cluster.rollout = () => {
      looks += 1;
      // The runner sleeps for an hour after its first look; the pods get ready meanwhile.
      if (looks === 1) world.clock.at += 3_600_000;
      const annotations = looks === 1 ? {} : world.cluster.annotations;
      const pods = [{ name: 'pod', annotations, ready: true, terminating: false }];
      return Promise.resolve({ observedGeneration: 2, generation: 2, replicas: 1, pods });
    };
    expect(await perform(world, 'wait', 'wait')).to.include({ result: 'done' });
    expect(looks).to.equal(2);
  });

  it('is refused after the time-out, with what it saw', async () => {
    const world = await restarted();
    const began = world.clock.at;
    world.cluster.start = () => undefined;
    const result = await perform(world, 'wait', 'wait');
    expect(result).to.deep.equal({
      result: 'refused',
      reason: 'not converged in time: 0 of 1 pods ready with the new value, 1 older still there',
    });
    expect(world.clock.at - began).to.be.within(10_000, 10_500);
  });

  it('is inconclusive where the cluster did not answer', async () => {
    const world = await restarted();
    world.cluster.rollout = () => Promise.reject(fault('unreachable', 'no route', { retriable: true }));
    expect(await perform(world, 'wait', 'wait')).to.have.property('result', 'inconclusive');
  });

  it('passes on a fault that will not pass', async () => {
    const world = await restarted();
    world.cluster.rollout = () => Promise.reject(fault('denied', 'no'));
    const error: unknown = await perform(world, 'wait', 'wait').catch((thrown: unknown) => thrown);
    expect(error).to.have.nested.property('details.kind', 'denied');
  });

  it('is refused at once where the workload is gone, the rollout gave up, or nobody restarted', async () => {
    const world = await restarted();
    world.cluster.rollout = () => Promise.resolve(null);
    expect(await perform(world, 'wait', 'wait'))
      .to.have.property('reason')
      .that.contains('does not exist any more');
    world.cluster.rollout = () =>
      Promise.resolve({ observedGeneration: 2, generation: 2, replicas: 1, pods: [], deadlineExceeded: 'too slow' });
    expect(await perform(world, 'wait', 'wait')).to.have.property('reason', 'the rollout gave up: too slow');
    expect(await perform(world, 'wait', 'wait', [PROMOTED])).to.have.property('result', 'refused');
  });
});

/** The service says these, one after the other; the last one again and again. */
function answers(world: TestWorld, ...statuses: readonly (number | Error)[]): string[] {
  const asked: string[] = [];
  let next = 0;
  const http = {
    send: async ({ headerName, headerValue }: { headerName: string; headerValue: { expose(): string } }) => {
      asked.push(`${headerName}: ${headerValue.expose()}`);
      const answer = statuses[Math.min(next, statuses.length - 1)] ?? 500;
      next += 1;
      if (answer instanceof Error) throw answer;
      return Promise.resolve({ status: answer });
    },
  };
  Object.assign(world.ports, { http });
  return asked;
}

describe('[U] rotators: verify', () => {
  async function verifying(): Promise<TestWorld> {
    const world = await established(KIND);
    await world.kv.write(world.paths.pending(CHANGE.id), { value: '$& new', rotation: ROTATION }, 0);
    return world;
  }

  it('asks as the new value and as the old one, in the header as it is declared', async () => {
    const world = await verifying();
    const asked = answers(world, 200, 401);
    expect(await perform(world, 'verify', 'verify')).to.deep.equal({
      result: 'done',
      receipt: { accepted: 'HTTP 200', refused: 'HTTP 401' },
    });
    expect(asked).to.deep.equal(['Authorization: Bearer $& new', 'Authorization: Bearer old value']);
  });

  it('is refused where the new value is', async () => {
    const world = await verifying();
    answers(world, 503, 401);
    expect(await perform(world, 'verify', 'verify')).to.deep.equal({
      result: 'refused',
      reason: 'the new value is refused (HTTP 401)',
    });
  });

  for (const [what, statuses, reason] of [
    ['the service is out of order', [503], 'the new value is neither accepted nor refused: HTTP 503'],
    [
      'the service cannot be reached',
      [fault('unreachable', 'no route')],
      'the new value is neither accepted nor refused: no route',
    ],
    ['the old value is still accepted', [200], 'the old value is still accepted'],
  ] as const)
    it(`proves nothing where ${what}, and turns nothing back`, async () => {
      const world = await verifying();
      answers(world, ...statuses);
      const began = world.clock.at;
      expect(await perform(world, 'verify', 'verify')).to.deep.equal({ result: 'inconclusive', reason });
      expect(world.clock.at - began).to.be.at.least(5_000);
    });

  it('proves nothing where the answer to the old value is unclear', async () => {
    const world = await verifying();
    const asked = answers(world, 200, 503);
    Object.assign(world.ports, {
      http: { send: () => Promise.resolve({ status: asked.push('') % 2 === 1 ? 200 : 503 }) },
    });
    expect(await perform(world, 'verify', 'verify'))
      .to.have.property('reason')
      .that.equals('whether the old value is refused is unclear: HTTP 503');
  });

  it('ends at once where the run is asked to stop', async () => {
    const world = await verifying();
    answers(world, fault('interrupted', 'asked to stop'));
    const error: unknown = await perform(world, 'verify', 'verify').catch((thrown: unknown) => thrown);
    expect(error).to.have.nested.property('details.kind', 'interrupted');
  });

  it('of the old value wants it accepted', async () => {
    const world = await verifying();
    answers(world, 503, 200);
    expect(await perform(world, 'verifyOld', 'verify old')).to.deep.equal({
      result: 'done',
      receipt: { accepted: 'HTTP 200' },
    });
    answers(world, 401);
    expect(await perform(world, 'verifyOld', 'verify old')).to.have.property(
      'reason',
      'the old value is refused (HTTP 401)',
    );
    answers(world, 503);
    expect(await perform(world, 'verifyOld', 'verify old')).to.have.property('result', 'inconclusive');
    expect(await perform(world, 'verifyOld', 'verify old', []), 'there is none').to.have.property('result', 'done');
  });
});

describe('[U] rotators: restart', () => {
  const restart = kvValueHandlers.restart;

  it('marks the template with rotation and journal version, under its resourceVersion', async () => {
    const world = await established(KIND);
    const context = contextFor(world, CHANGE, 'restart');
    const intent = await restart.prepare(context);
    const done = await restart.perform(context, recordOf(RESTART, intent));
    expect(done).to.deep.equal({ result: 'done', receipt: { value: `${ROTATION}.7`, generation: 2 } });
    const again: unknown = await restart.perform(context, recordOf(RESTART, intent)).catch((error: unknown) => error);
    expect(again).to.have.nested.property('details.kind', 'conflict');
    expect(await restart.probe(context, recordOf(RESTART, intent))).to.have.property('state', 'present');
    expect(await restart.probe(context, recordOf(RESTART, intent, { journalVersion: 8 }))).to.have.property(
      'state',
      'absent',
    );
  });

  it('names the generation that it goes back to on the way back', async () => {
    const world = await established(KIND);
    const context = contextFor(world, CHANGE, 'back: restart');
    const done = await restart.perform(context, recordOf('back', await restart.prepare(context)));
    expect(done).to.have.nested.property('receipt.value', 'before.7');
  });

  it('needs the workload', async () => {
    const world = await established(KIND);
    world.cluster.readWorkload = () => Promise.resolve(null);
    const error: unknown = await restart
      .prepare(contextFor(world, CHANGE, 'restart'))
      .catch((thrown: unknown) => thrown);
    expect(error).to.have.nested.property('details.kind', 'absent');
  });

  for (const [kind, resources] of [
    ['Deployment', ['deployments', 'deployments', 'replicasets', 'pods']],
    ['StatefulSet', ['statefulsets', 'statefulsets', 'pods']],
    ['DaemonSet', ['daemonsets', 'daemonsets', 'pods']],
  ] as const)
    it(`asks for what a ${kind} needs`, async () => {
      const [consumer] = policyOf(KIND).consumers;
      if (consumer === undefined) throw new Error('one consumer');
      const change = changeOf(policyOf(KIND, { consumers: [{ ...consumer, kind }] }), 'rotate');
      const context = contextFor(await established(KIND), change, 'restart');
      const rights = restart.rights(context.step, context.pendingPath);
      expect(rights.map((right) => (right.system === 'kubernetes' ? right.access.resource : ''))).to.deep.equal(
        resources,
      );
    });
});

describe('[U] rotators: a journal that lacks what a step needs', () => {
  for (const read of [numberIn, stringIn, objectIn])
    it(`is a fault, not a guess: ${read.name}`, () => {
      for (const object of [{}, { x: null }, { x: [] }, { x: true }])
        expect(() => read(object, 'x')).to.throw('the journal lacks `x`');
    });

  it('and what is there is read', () => {
    expect([numberIn({ x: 1 }, 'x'), stringIn({ x: 'a' }, 'x'), objectIn({ x: {} }, 'x')]).to.deep.equal([1, 'a', {}]);
  });
});
