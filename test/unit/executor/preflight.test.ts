import { expect } from 'chai';
import type { Diagnostic } from '../../../src/domain/diagnostic.js';
import type { KvMetadata } from '../../../src/domain/observation.js';
import { Material } from '../../../src/domain/material.js';
import type { Policy } from '../../../src/domain/policy.js';
import type { KubernetesAccess, SecretView, WorkloadDetails } from '../../../src/domain/ports.js';
import { runChange } from '../../../src/executor/claim.js';
import { preflight } from '../../../src/executor/preflight.js';
import { fault, MemoryKv } from '../../support/memory-kv.js';
import { changeOf, policyOf, type TestWorld } from '../../support/memory-world.js';
import { established } from '../../support/rotation.js';

const KIND = 'kv-random';
const ALL = ['create', 'read', 'update', 'patch', 'delete', 'list'];

async function look(world: TestWorld, policy: Policy = policyOf(KIND)): Promise<readonly Diagnostic[]> {
  return preflight(world, changeOf(policy, 'rotate'));
}

/** Grants everything but what is taken away per path. */
function grant(world: TestWorld, lacking: (path: string) => readonly string[]): void {
  world.kv.capabilities = (paths) =>
    Promise.resolve(Object.fromEntries(paths.map((path) => [path, ALL.filter((one) => !lacking(path).includes(one))])));
}

function codes(found: readonly Diagnostic[]): readonly string[] {
  return found.map(({ code }) => code);
}

/** Changes what reading the Secret says. */
function alterSecret(world: TestWorld, more: Partial<SecretView>): void {
  const { secret } = world.cluster;
  if (secret === null) throw new Error('no Secret');
  world.cluster.secret = { ...secret, ...more };
}

function alterMetadata(world: TestWorld, more: Partial<KvMetadata>): void {
  const read = MemoryKv.prototype.metadata.bind(world.kv);
  world.kv.metadata = async (path) => {
    const found = await read(path);
    return found === null ? null : { ...found, ...more };
  };
}

function alterWorkload(world: TestWorld, more: Partial<WorkloadDetails>): void {
  const read = world.cluster.readWorkload.bind(world.cluster);
  world.cluster.readWorkload = async () => {
    const found = await read();
    return found === null ? null : { ...found, ...more };
  };
}

describe('[U] executor: pre-flight', () => {
  it('finds nothing where all is well, and changes nothing by looking', async () => {
    const world = await established(KIND);
    expect(await look(world)).to.deep.equal([]);
    expect(world.kv.calls.filter((call) => /^(write|patch|destroy|delete|create|annotate)/.test(call))).to.deep.equal(
      [],
    );
  });

  it('blocks the change: nothing is marked, locked or written', async () => {
    const world = await established(KIND);
    alterSecret(world, { immutable: true });
    const result = await runChange(world, changeOf(policyOf(KIND), 'rotate'));
    expect(result).to.include({ outcome: 'blocked', reason: 'Secret `ns/copy` is immutable' });
    expect(result.next).to.contain('another name');
    expect(world.kv.calls.filter((call) => /^(write|patch)/.test(call))).to.deep.equal([]);
    expect(world.events.some(({ type }) => type === 'preflightFailed')).to.equal(true);
  });
});

describe('[U] executor: pre-flight of rights', () => {
  it('names a capability that is missing in Vault, with the policy that grants it', async () => {
    const world = await established(KIND);
    grant(world, (path) => (path === 'secret/metadata/test/kv-random' ? ['patch'] : []));
    const found = await look(world);
    expect(codes(found)).to.deep.equal(['KT4001']);
    expect(found[0]?.summary).to.equal('this login may not patch secret/metadata/test/kv-random in Vault');
    expect(found[0]?.action).to.equal(
      'Add to the Vault policy of the apply role: path "secret/metadata/test/kv-random" { capabilities = ["read","patch"] }',
    );
  });

  it('takes read and update of data for patch, and neither of them alone', async () => {
    const world = await established(KIND);
    const live = (path: string, lacking: readonly string[]): readonly string[] =>
      path === 'secret/data/test/kv-random' ? lacking : [];
    grant(world, (path) => live(path, ['patch']));
    expect(await look(world)).to.deep.equal([]);
    grant(world, (path) => live(path, ['patch', 'read']));
    expect((await look(world))[0]?.summary).to.contain('read, patch secret/data');
    grant(world, (path) => live(path, ['patch', 'update']));
    expect((await look(world))[0]?.summary).to.contain('update, patch secret/data');
  });

  it('asks for the state as well: journal, history, marker, pending and its destruction', async () => {
    const world = await established(KIND);
    const asked: string[] = [];
    grant(world, (path) => {
      asked.push(path);
      return [];
    });
    await look(world);
    const state = [...new Set(asked)].filter((path) => path.startsWith('keyturn/'));
    expect(state.toSorted()).to.deep.equal([
      'keyturn/data/test/history/test.kv-random/0000000000000000',
      'keyturn/data/test/journal/test.kv-random',
      'keyturn/data/test/open/test.kv-random/0000000000000000',
      'keyturn/data/test/pending/test.kv-random',
      'keyturn/destroy/test/pending/test.kv-random',
      'keyturn/metadata/test/open/test.kv-random/0000000000000000',
      'keyturn/metadata/test/pending/test.kv-random',
    ]);
  });

  it('takes a path that the answer does not name as one without rights', async () => {
    const world = await established(KIND);
    world.kv.capabilities = () => Promise.resolve({});
    expect((await look(world)).length).to.be.greaterThan(5);
  });

  it('names every verb that is missing in Kubernetes, asked once each', async () => {
    const world = await established(KIND);
    const asked: KubernetesAccess[] = [];
    world.cluster.allowed = ((access: KubernetesAccess) => {
      asked.push(access);
      return Promise.resolve(access.resource !== 'secrets' && access.verb !== 'patch');
    }) as never;
    const found = await look(world);
    expect(found.map(({ summary }) => summary)).to.deep.equal([
      'this login may not get secrets copy in namespace ns of Kubernetes',
      'this login may not patch secrets copy in namespace ns of Kubernetes',
      'this login may not create secrets in namespace ns of Kubernetes',
      'this login may not patch deployments app in namespace ns of Kubernetes',
    ]);
    expect(found[3]?.action).to.equal('Add verb patch on deployments to a Role of namespace ns');
    expect(new Set(asked.map((access) => JSON.stringify(access))).size).to.equal(asked.length);
  });

  it('never loads Kubernetes for a secret that has nothing there', async () => {
    const world = await established(KIND);
    const alone: TestWorld = {
      ...world,
      ports: { ...world.ports, kubernetes: () => Promise.reject(fault('unreachable', 'no cluster')) },
    };
    expect(await look(alone, policyOf(KIND, { publish: [], consumers: [] }))).to.deep.equal([]);
  });

  it('does not look at obstacles with a login that lacks rights', async () => {
    const world = await established(KIND);
    grant(world, () => ['update']);
    await look(world);
    expect(world.kv.calls).to.not.include('readSecret');
  });
});

describe('[U] executor: pre-flight of obstacles', () => {
  const CASES: readonly {
    readonly what: string;
    readonly code: string;
    readonly summary: string;
    readonly make: (world: TestWorld) => void;
  }[] = [
    {
      what: 'a live path with few versions',
      code: 'KT4003',
      summary: 'max_versions is 3',
      make: (world) => alterMetadata(world, { maxVersions: 3 }),
    },
    {
      what: 'a live path whose versions vanish',
      code: 'KT4003',
      summary: 'delete_version_after is 3600s',
      make: (world) =>
        void (world.kv.mount = (path) =>
          Promise.resolve({ path, kvVersion: 2, deleteVersionAfter: 3_600_000, maxVersions: 0 })),
    },
    {
      what: 'an immutable Secret',
      code: 'KT4004',
      summary: 'is immutable',
      make: (world) => alterSecret(world, { immutable: true }),
    },
    {
      what: "another controller's Secret",
      code: 'KT4005',
      summary: 'is written by ExternalSecret/litellm',
      make: (world) => alterSecret(world, { owners: ['ExternalSecret/litellm'] }),
    },
    {
      what: 'a copy that differs from the live value',
      code: 'KT4006',
      summary: 'does not hold the live value of `secret/test/kv-random`',
      make: (world) => alterSecret(world, { value: new Material('another value') }),
    },
    {
      what: 'a copy whose value is live nowhere',
      code: 'KT4006',
      summary: 'does not hold the live value',
      make: (world) => void world.kv.paths.delete('secret/test/kv-random'),
    },
    {
      what: 'a consumer that does not exist',
      code: 'KT4007',
      summary: 'Deployment ns/app does not exist',
      make: (world) => void (world.cluster.readWorkload = () => Promise.resolve(null)),
    },
    {
      what: 'a paused Deployment',
      code: 'KT4008',
      summary: 'is paused: its pods would keep the old value',
      make: (world) => alterWorkload(world, { obstacle: 'paused' }),
    },
    {
      what: 'the strategy OnDelete',
      code: 'KT4008',
      summary: 'has the update strategy OnDelete',
      make: (world) => alterWorkload(world, { obstacle: 'OnDelete' }),
    },
    {
      what: 'a partition',
      code: 'KT4008',
      summary: 'holds pods back by a partition',
      make: (world) => alterWorkload(world, { obstacle: 'partitioned' }),
    },
    {
      what: 'pods that refer to no copy',
      code: 'KT4009',
      summary: 'do not refer to any Secret that this policy publishes',
      make: (world) => alterWorkload(world, { secrets: ['another'] }),
    },
    {
      what: 'a read that fails',
      code: 'KT4011',
      summary: 'no answer',
      make: (world) =>
        void (world.kv.before = (_n, call) => {
          if (call === 'readSecret') throw fault('timeout', 'no answer', { retriable: true });
        }),
    },
  ];

  for (const { what, code, summary, make } of CASES)
    it(`${what} is ${code}`, async () => {
      const world = await established(KIND);
      make(world);
      const found = await look(world);
      expect(codes(found)).to.deep.equal([code]);
      expect(found[0]?.summary).to.contain(summary);
      expect(found[0]).to.include({ severity: 'error', id: 'test/kv-random' });
      expect(found[0]?.action ?? '').to.not.equal('');
    });

  it("the key's own settings come before those of its mount", async () => {
    const world = await established(KIND);
    alterMetadata(world, { maxVersions: 2 });
    expect((await look(world))[0]?.action).to.equal('vault kv metadata put -max-versions=4 secret/test/kv-random');
    alterMetadata(world, { maxVersions: 0 });
    world.kv.mount = () => Promise.resolve({ path: 'secret', kvVersion: 2, deleteVersionAfter: 0, maxVersions: 3 });
    expect((await look(world))[0]?.summary).to.contain('max_versions is 3');
    world.kv.mount = () => Promise.resolve(null as never);
    expect(await look(world)).to.deep.equal([]);
  });

  it('a Secret without the key, or none at all, is no obstacle', async () => {
    const world = await established(KIND);
    const { value: _value, ...keyless } = world.cluster.secret ?? {
      resourceVersion: '1',
      type: 'Opaque',
      immutable: false,
      owners: [],
      annotations: {},
    };
    world.cluster.secret = keyless;
    expect(await look(world)).to.deep.equal([]);
    world.cluster.secret = null;
    expect(await look(world)).to.deep.equal([]);
  });

  it('a consumer that reads at start needs no copy', async () => {
    const world = await established(KIND);
    alterWorkload(world, { secrets: [] });
    const [consumer] = policyOf(KIND).consumers;
    if (consumer === undefined) throw new Error('one consumer');
    const policy = policyOf(KIND, { publish: [], consumers: [{ ...consumer, via: 'readAtStart' }] });
    expect(await look(world, policy)).to.deep.equal([]);
  });

  for (const [names, blocked] of [
    [['DATABASE_URL'], true],
    [['DATABASE_URL', 'LITELLM_SALT_KEY'], false],
    [['LITELLM_MASTER_KEY'], false],
  ] as const)
    it(`a LiteLLM proxy with ${names.join(' and ')} is ${blocked ? 'blocked' : 'let through'}`, async () => {
      const world = await established('litellm-master-key');
      alterWorkload(world, { env: names.map((name) => ({ name })) });
      const found = await look(world, policyOf('litellm-master-key'));
      expect(codes(found)).to.deep.equal(blocked ? ['KT4010'] : []);
    });

  it('being asked to stop is no obstacle but the end of the run', async () => {
    const world = await established(KIND);
    world.kv.before = (_n, call) => {
      if (call === 'readSecret') throw fault('interrupted', 'asked to stop');
    };
    expect(await runChange(world, changeOf(policyOf(KIND), 'rotate'))).to.include({ outcome: 'interrupted' });
  });
});
