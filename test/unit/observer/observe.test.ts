import { expect } from 'chai';
import { Fault, type FaultDetails } from '../../../src/domain/fault.js';
import { type SecretId, secretId } from '../../../src/domain/ids.js';
import type { Answers, AnswerValue, Observation, Query, WorkloadView } from '../../../src/domain/observation.js';
import { queryKey } from '../../../src/domain/observation.js';
import type { Policy } from '../../../src/domain/policy.js';
import type { Kubernetes, Kv } from '../../../src/domain/ports.js';
import type { Rotator } from '../../../src/domain/rotator.js';
import { observe, observeWith } from '../../../src/observer/observe.js';
import { senderOf } from '../../../src/observer/send.js';

const WEB = { kind: 'Deployment', namespace: 'apps', name: 'web' } as const;
const VIEW: WorkloadView = { templateAnnotations: { a: 'b' }, replicas: 2, annotationManagers: {} };

function idOf(text: string): SecretId {
  const id = secretId(text);
  if (id === undefined) throw new Error(text);
  return id;
}

function policyOf(id: string, kind = 'fake', path = `secret/${id}`): Policy {
  return {
    id: idOf(id),
    kind,
    labels: {},
    grace: 0,
    dependsOn: [],
    vault: { path, field: 'key' },
    publish: [],
    consumers: [],
    spec: {},
    source: { file: 'f', line: 1, column: 1, endLine: 1, endColumn: 2 },
  };
}

function fault(kind: FaultDetails['kind'], call = 'GET'): Fault {
  return new Fault({ kind, server: 'Vault', call, said: 'no', retriable: false, effect: 'none' });
}

/** Asks what it is told to, in rounds; observed when every answer is good. */
function rotatorOf(rounds: (policy: Policy, known: Answers) => readonly Query[]): Rotator {
  return {
    kind: 'fake',
    summary: 'For tests.',
    capabilities: { overlap: false, test: false, revoke: false, generates: true },
    specSchema: {},
    limits: () => [],
    queries: rounds,
    interpret: (policy, answers): Observation => {
      const mine = rounds(policy, answers).map((query) => answers.get(queryKey(query)));
      const faults = mine.flatMap((answer) => (answer?.ok === false ? [answer.fault] : []));
      if (faults.length > 0) return { state: 'unobserved', faults };
      return { state: 'observed', present: true, version: mine.length, driftedConsumers: [], missingConsumers: [] };
    },
    shape: () => ({}),
    decide: () => ({ steps: [], undo: [], noOverlap: false, proof: 'none' }),
    handlers: {},
  };
}

const metadata = (path: string): Query => ({ type: 'kvMetadata', path });
const subkeys = (path: string, version: number): Query => ({ type: 'kvSubkeys', path, version });
const onlyMetadata = rotatorOf((policy) => [metadata(policy.vault.path)]);
const NO_METADATA: AnswerValue = { type: 'kvMetadata', metadata: null };

function kinds(rotator: Rotator): ReadonlyMap<string, Rotator> {
  return new Map([['fake', rotator]]);
}

/** Records what was sent, as keys; answers at once. */
function recorder(answer: (query: Query) => AnswerValue = () => NO_METADATA) {
  const sent: string[] = [];
  const send = (query: Query): Promise<AnswerValue> => {
    sent.push(queryKey(query));
    return Promise.resolve(query).then(answer);
  };
  return { sent, send };
}

const OPTIONS = { parallelism: 4 };

describe('[U] observer: queries', () => {
  it('of several policies are sent once if they are the same', async () => {
    const { sent, send } = recorder();
    const policies = [policyOf('a', 'fake', 'secret/x'), policyOf('b', 'fake', 'secret/x'), policyOf('c')];
    const found = await observeWith(policies, kinds(onlyMetadata), send, OPTIONS);
    expect(sent).to.deep.equal(['kvMetadata secret/x', 'kvMetadata secret/c']);
    expect([...found.keys()]).to.deep.equal(['a', 'b', 'c']);
  });

  it('that depend on answers are asked in later rounds, and only by who has more to ask', async () => {
    const asked: string[] = [];
    const rotator = rotatorOf((policy, known) => {
      asked.push(policy.id);
      const first = metadata(policy.vault.path);
      return policy.id === 'a' && known.has(queryKey(first)) ? [first, subkeys(policy.vault.path, 3)] : [first];
    });
    const { sent, send } = recorder();
    const found = await observeWith([policyOf('a'), policyOf('b')], kinds(rotator), send, OPTIONS);
    expect(sent).to.deep.equal(['kvMetadata secret/a', 'kvMetadata secret/b', 'kvSubkeys secret/a 3']);
    expect(found.get(idOf('a'))).to.include({ version: 2 });
    expect(asked.slice(0, 5)).to.deep.equal(['a', 'b', 'a', 'b', 'a']);
  });

  it('end after four rounds, also of a rotator that never stops asking', async () => {
    const rotator = rotatorOf((_policy, known) => [metadata(`secret/${known.size}`)]);
    const { sent, send } = recorder();
    await observeWith([policyOf('a')], kinds(rotator), send, OPTIONS);
    expect(sent).to.have.length(4);
  });

  it('that another policy asked a round earlier are not sent again', async () => {
    const rotator = rotatorOf((policy, known) => {
      const own = metadata(policy.vault.path);
      return known.has(queryKey(own)) ? [own, metadata('secret/a')] : [own];
    });
    const { sent, send } = recorder();
    await observeWith([policyOf('a'), policyOf('b')], kinds(rotator), send, OPTIONS);
    expect(sent).to.deep.equal(['kvMetadata secret/a', 'kvMetadata secret/b']);
  });

  it('are under way at the same time up to the parallelism, and no further', async () => {
    let now = 0;
    let most = 0;
    const send = async (): Promise<AnswerValue> => {
      now += 1;
      most = Math.max(most, now);
      for (let i = 0; i < 5; i += 1) await Promise.resolve();
      now -= 1;
      return NO_METADATA;
    };
    const policies = Array.from({ length: 20 }, (_, i) => policyOf(`a${i}`));
    await observeWith(policies, kinds(onlyMetadata), send, { parallelism: 3 });
    expect(most).to.equal(3);
    await observeWith(policies, kinds(onlyMetadata), send, { parallelism: 0 });
    expect(now).to.equal(0);
  });
});

describe('[U] observer: failures', () => {
  it('of one query are its answer and hide no other secret', async () => {
    const { send } = recorder((query) => {
      if (queryKey(query) === 'kvMetadata secret/a') throw fault('denied');
      return NO_METADATA;
    });
    const found = await observeWith([policyOf('a'), policyOf('b')], kinds(onlyMetadata), send, OPTIONS);
    expect(found.get(idOf('a'))).to.deep.include({ state: 'unobserved', faults: [fault('denied').details] });
    expect(found.get(idOf('b'))).to.include({ state: 'observed' });
  });

  it('of a shared query are the answer of all that asked it', async () => {
    const { send } = recorder(() => {
      throw fault('timeout');
    });
    const policies = [policyOf('a', 'fake', 'secret/x'), policyOf('b', 'fake', 'secret/x')];
    const found = await observeWith(policies, kinds(onlyMetadata), send, OPTIONS);
    expect([...found.values()].map(({ state }) => state)).to.deep.equal(['unobserved', 'unobserved']);
  });

  it('that are no faults are thrown, and nothing more is sent', async () => {
    const { sent, send } = recorder(() => {
      throw new TypeError('a mistake in the program');
    });
    const policies = Array.from({ length: 9 }, (_, i) => policyOf(`a${i}`));
    const thrown = await observeWith(policies, kinds(onlyMetadata), send, { parallelism: 2 }).catch(
      (error: unknown) => error,
    );
    expect(thrown).to.be.instanceOf(TypeError);
    expect(sent).to.have.length(2);
  });

  it('are thrown only when what was begun has ended', async () => {
    const ended: string[] = [];
    const send = async (query: Query): Promise<AnswerValue> => {
      if (queryKey(query) === 'kvMetadata secret/a') throw new TypeError('at once');
      for (let i = 0; i < 5; i += 1) await Promise.resolve();
      ended.push(queryKey(query));
      return NO_METADATA;
    };
    const all = observeWith([policyOf('a'), policyOf('b')], kinds(onlyMetadata), send, OPTIONS);
    expect(await all.catch((error: unknown) => error)).to.be.instanceOf(TypeError);
    expect(ended).to.deep.equal(['kvMetadata secret/b']);
  });

  it('because the run was asked to stop are no answers', async () => {
    const { send } = recorder(() => {
      throw fault('interrupted');
    });
    const thrown = await observeWith([policyOf('a')], kinds(onlyMetadata), send, OPTIONS).catch(
      (error: unknown) => error,
    );
    expect(thrown).to.be.instanceOf(Fault);
  });

  it('to know the kind leave the secret unobserved', async () => {
    const { sent, send } = recorder();
    const found = await observeWith([policyOf('a', 'other')], kinds(onlyMetadata), send, OPTIONS);
    expect(sent).to.deep.equal([]);
    expect(found.get(idOf('a'))).to.include({ state: 'unobserved' });
  });
});

describe('[U] observer: the requests', () => {
  const kv = {
    metadata: (path: string) => Promise.resolve(path === 'secret/none' ? null : { path }),
    subkeys: (path: string, version: number) => Promise.resolve([path, String(version)]),
  } as unknown as Kv;
  const details = { ...VIEW, resourceVersion: '7', generation: 1, env: [], secrets: [] };
  const cluster = {
    readWorkload: (ref: { readonly name: string }) => Promise.resolve(ref.name === 'web' ? details : null),
  } as unknown as Kubernetes;

  it('read metadata and names of fields', async () => {
    const send = senderOf({ kv, kubernetes: () => Promise.resolve(cluster) });
    expect(await send(metadata('secret/none'))).to.deep.equal(NO_METADATA);
    expect(await send(metadata('secret/a'))).to.deep.equal({ type: 'kvMetadata', metadata: { path: 'secret/a' } });
    expect(await send(subkeys('secret/a', 3))).to.deep.equal({ type: 'kvSubkeys', fields: ['secret/a', '3'] });
  });

  it('take of a workload what a plan needs, and no more', async () => {
    const send = senderOf({ kv, kubernetes: () => Promise.resolve(cluster) });
    expect(await send({ type: 'workload', workload: WEB })).to.deep.equal({ type: 'workload', workload: VIEW });
    const gone = { ...WEB, name: 'gone' };
    expect(await send({ type: 'workload', workload: gone })).to.deep.equal({ type: 'workload', workload: null });
  });

  const both = rotatorOf((policy) => [
    metadata(policy.vault.path),
    { type: 'workload', workload: { ...WEB, name: policy.id } },
  ]);

  it('connect to the cluster once, and only where something needs it', async () => {
    let connections = 0;
    const kubernetes = (): Promise<Kubernetes> => ((connections += 1), Promise.resolve(cluster));
    await observe([policyOf('a')], kinds(onlyMetadata), { kv, kubernetes }, OPTIONS);
    expect(connections).to.equal(0);
    await observe([policyOf('a'), policyOf('b')], kinds(both), { kv, kubernetes }, OPTIONS);
    expect(connections).to.equal(1);
  });

  it('that need a cluster which cannot be reached all fail, after one attempt, and the others do not', async () => {
    let attempts = 0;
    const kubernetes = (): Promise<Kubernetes> => ((attempts += 1), Promise.reject(fault('unreachable', 'connect')));
    const rotators = new Map([
      ['fake', onlyMetadata],
      ['both', both],
    ]);
    const policies = [policyOf('a', 'both'), policyOf('b', 'both'), policyOf('c')];
    const found = await observe(policies, rotators, { kv, kubernetes }, OPTIONS);
    expect([...found.values()].map(({ state }) => state)).to.deep.equal(['unobserved', 'unobserved', 'observed']);
    expect(attempts).to.equal(1);
  });
});
