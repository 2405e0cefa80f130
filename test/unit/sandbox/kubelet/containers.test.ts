import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { at, listAt, textAt, type Tree } from '../../../../src/sandbox/kubernetes/value.js';
import { eventually } from '../../../support/real/eventually.js';
import { conditionOf, containerOf, embeddedServer, isReady, waitingReason, World } from './world.js';

const shell = (script: string): object => ({ command: ['/bin/sh', '-c', script] });
const FOREVER = 'trap "exit 0" TERM; while :; do sleep 0.05; done';

describe('[U] kubelet: containers', () => {
  let world: World;
  let output: string[];
  before(async () => {
    world = await World.start(await embeddedServer(), { onOutput: (_container, text) => output.push(text) });
  });
  after(async () => {
    await world.close();
  });
  beforeEach(async () => {
    output = [];
    await world.newNamespace();
  });

  const pod = (name = 'one'): string => world.core(`pods/${name}`);
  const printed = (): string => output.join('');
  const patchSecret = (value: string) =>
    world.api.patch(world.core('secrets/key'), 'merge', { stringData: { key: value } });

  it('registers its Node, Ready and without taints', async () => {
    const node = await world.get('/api/v1/nodes/sandbox');
    expect(conditionOf(node, 'Ready')['status']).to.equal('True');
    expect(at(node, 'spec', 'taints')).to.equal(undefined);
  });

  it('binds a pod, runs its command with the environment of the pod and nothing else, and reports it ready', async () => {
    const env = [{ name: 'MINE', value: 'yes' }];
    await world.createPod('one', { ...shell(`env; ${FOREVER}`), args: [], env });
    const running = await world.until(pod(), 'the pod is ready', isReady);
    expect(textAt(running, 'spec', 'nodeName')).to.equal('sandbox');
    expect(running['status']).to.deep.include({ phase: 'Running', podIP: '127.0.0.1', hostIP: '127.0.0.1' });
    for (const type of ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready']) {
      expect(conditionOf(running, type)['status'], type).to.equal('True');
    }
    expect(containerOf(running)).to.deep.include({ restartCount: 0, started: true });
    await eventually(
      () => Promise.resolve(printed()),
      (text) => text.includes('MINE=yes'),
      { what: 'the environment' },
    );
    const names = printed().match(/^[A-Z_]+(?==)/gm) ?? [];
    expect(names.filter((name) => !['MINE', 'PATH', 'PWD', 'SHLVL', '_', 'OLDPWD'].includes(name))).to.deep.equal([]);
  });

  it('gives each pod with a port named http a port of its own and writes it down', async () => {
    const ports = [{ name: 'http', containerPort: 4000 }];
    await world.createPod('one', { ...shell(`echo one=$PORT; ${FOREVER}`), ports });
    await world.createPod('two', { ...shell(`echo two=$PORT; ${FOREVER}`), ports });
    const portOf = async (name: string): Promise<string> => {
      const ready = await world.until(pod(name), `${name} is ready`, isReady);
      return textAt(ready, 'metadata', 'annotations', 'sandbox.keyturn.dev/port') ?? '';
    };
    const [one, two] = [await portOf('one'), await portOf('two')];
    expect(one).not.to.equal(two);
    const told = (text: string): boolean => text.includes(`one=${one}\n`) && text.includes(`two=${two}\n`);
    await eventually(() => Promise.resolve(printed()), told, { what: 'both ports' });
  });

  it('waits for a Secret that is not there, and says so', async () => {
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'key', key: 'key' } } }];
    await world.createPod('one', { ...shell(FOREVER), env });
    const waiting = await world.until(pod(), 'it waits', (one) => waitingReason(one) === 'CreateContainerConfigError');
    expect(textAt(containerOf(waiting), 'state', 'waiting', 'message')).to.equal('secret "key" not found');
    expect(textAt(waiting, 'status', 'phase')).to.equal('Pending');
    await world.createSecret('key', { key: 'value' });
    await world.until(pod(), 'it runs', isReady);
  });

  it('starts a container that ends again, and reads the Secret anew', async () => {
    await world.createSecret('key', { key: 'first' });
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'key', key: 'key' } } }];
    await world.createPod('one', { ...shell('echo "got $KEY"; sleep 0.05; exit 3'), env });
    await eventually(
      () => Promise.resolve(printed()),
      (text) => text.includes('got first'),
      { what: 'the first value' },
    );
    await patchSecret('second');
    await eventually(
      () => Promise.resolve(printed()),
      (text) => text.includes('got second'),
      { what: 'the second value' },
    );
    const backing = await world.until(pod(), 'it backs off', (one) => waitingReason(one) === 'CrashLoopBackOff');
    expect(Number(at(containerOf(backing), 'restartCount'))).to.be.at.least(1);
    expect(at(containerOf(backing), 'lastState', 'terminated', 'exitCode')).to.equal(3);
    expect(isReady(backing)).to.equal(false);
  });

  it('kills what an annotation asks to crash', async () => {
    await world.createPod('one', shell(FOREVER), { annotations: { 'sandbox.keyturn.dev/crash': 'true' } });
    const crashed = await world.until(pod(), 'it crashes', (one) => Number(at(containerOf(one), 'restartCount')) >= 2);
    const last = listAt(crashed, 'status', 'containerStatuses')[0];
    expect(at(last, 'lastState', 'terminated', 'exitCode')).to.equal(137);
  });

  it('ends pods that are not restarted as succeeded or failed', async () => {
    await world.createPod('good', shell('exit 0'), { spec: { restartPolicy: 'Never' } });
    await world.createPod('bad', shell('exit 1'), { spec: { restartPolicy: 'Never' } });
    const phase = (wanted: string) => (one: Tree) => textAt(one, 'status', 'phase') === wanted;
    await world.until(pod('good'), 'success', phase('Succeeded'));
    await world.until(pod('bad'), 'failure', phase('Failed'));
  });

  it('ends a deleted pod by SIGTERM and then deletes its object', async () => {
    await world.createPod('one', shell(`echo started; trap "echo asked; exit 0" TERM; while :; do sleep 0.05; done`));
    await eventually(
      () => Promise.resolve(printed()),
      (text) => text.includes('started'),
      { what: 'the start' },
    );
    await world.api.delete(pod(), {});
    await world.untilGone(pod());
    expect(printed()).to.contain('asked');
  });

  it('kills after the grace period what does not heed SIGTERM, with all that it started', async () => {
    await world.createPod('one', shell('trap "" TERM; sleep 1000 & echo child=$!; while :; do sleep 0.05; done'));
    const said = await eventually(
      () => Promise.resolve(printed()),
      (text) => /child=\d+\n/.test(text),
      { what: 'the child' },
    );
    const child = Number(/child=(\d+)/.exec(said)?.[1]);
    expect(isAlive(child)).to.equal(true);
    await world.api.delete(pod(), { gracePeriodSeconds: 1 });
    await world.untilGone(pod());
    await eventually(
      () => Promise.resolve(isAlive(child)),
      (alive) => !alive,
      { what: 'the child ends' },
    );
  });

  it('is not ready before the annotated time', async () => {
    await world.createPod('one', shell(FOREVER), { annotations: { 'sandbox.keyturn.dev/ready-after': '300ms' } });
    const running = await world.until(pod(), 'it runs', (one) => at(containerOf(one), 'started') === true);
    expect(isReady(running)).to.equal(false);
    await world.until(pod(), 'it is ready', isReady);
  });
});

/** A process that waits to be reaped has ended. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('[U] kubelet: its own end', () => {
  it('by SIGKILL ends its containers too, whatever they listen to', async () => {
    const server = await embeddedServer();
    const file = fileURLToPath(new URL('./kubelet-process.js', import.meta.url));
    const child = fork(file, { env: { API: server.endpoint.baseUrl, API_TOKEN: server.endpoint.token ?? '' } });
    const closed = once(child, 'close');
    try {
      const [pid] = (await once(child, 'message')) as [number];
      expect(isAlive(pid)).to.equal(true);
      child.kill('SIGKILL');
      await closed;
      await eventually(
        () => Promise.resolve(isAlive(pid)),
        (alive) => !alive,
        { what: 'the container ends' },
      );
    } finally {
      child.kill('SIGKILL');
    }
    await server.close();
  });
});
