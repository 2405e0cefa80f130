import { expect } from 'chai';
import { Material } from '../../../src/domain/material.js';
import type { StepRecord } from '../../../src/domain/journal.js';
import type { StepHandler } from '../../../src/domain/rotator.js';
import { fault } from '../../support/memory-kv.js';
import { changeOf, memoryWorld, policyOf, type TestWorld } from '../../support/memory-world.js';
import { established } from '../../support/rotation.js';
import { contextFor, recordOf, ROTATION } from '../../support/step-context.js';

const KIND = 'kv-random';
const CHANGE = changeOf(policyOf(KIND), 'rotate');
const PATH = 'secret/test/kv-random';
const NEW = 'the new value';

/** The old value is live, the new one is pending. */
async function staged(): Promise<TestWorld> {
  const world = await established(KIND);
  await world.kv.write(world.paths.pending(CHANGE.id), { value: NEW, rotation: ROTATION }, 0);
  return world;
}

function handler(world: TestWorld, verb: 'stage' | 'promote' | 'unpromote' | 'publish' | 'unpublish'): StepHandler {
  const found = world.rotators.get(KIND)?.handlers[verb];
  if (found === undefined) throw new Error(verb);
  return found;
}

async function kindOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  return (error as { details?: { kind?: string } }).details?.kind;
}

const PROMOTED = recordOf('promote', { mode: 'patch', cas: 1 });

describe('[U] rotators: promote', () => {
  it('changes its own field under the version of its intent, and no sibling', async () => {
    const world = await staged();
    const context = contextFor(world, CHANGE, 'promote');
    const intent = await handler(world, 'promote').prepare(context);
    expect(intent).to.deep.equal({ mode: 'patch', cas: 1 });
    const result = await handler(world, 'promote').perform(context, recordOf('promote', intent));
    expect(result).to.deep.equal({ result: 'done', receipt: { version: 2, createdTime: '2026-11-24T10:00:00.000Z' } });
    expect(world.kv.value(PATH, 'key')).to.equal(NEW);
    expect(world.kv.value(PATH, 'sibling')).to.equal('kept');
  });

  it("is a conflict where a sibling's newer version stands, whenever it is sent", async () => {
    const world = await staged();
    await world.kv.patch(PATH, { sibling: 'newer' }, 1);
    const late = handler(world, 'promote').perform(contextFor(world, CHANGE, 'promote'), PROMOTED);
    expect(await kindOf(late)).to.equal('conflict');
    expect(world.kv.value(PATH, 'key')).to.equal('old value');
  });

  for (const [mode, prepare, cas] of [
    ['create', (world: TestWorld) => void world.kv.paths.delete(PATH), 0],
    ['replace', (world: TestWorld) => world.kv.destroy(PATH, [1]), 1],
  ] as const)
    it(`writes the whole path where there is no version to patch: ${mode}`, async () => {
      const world = await staged();
      await prepare(world);
      const context = contextFor(world, CHANGE, 'promote');
      const intent = await handler(world, 'promote').prepare(context);
      expect(intent).to.deep.equal({ mode, cas });
      await handler(world, 'promote').perform(context, recordOf('promote', intent));
      expect(world.kv.value(PATH, 'key')).to.equal(NEW);
    });

  describe('for a role that may not patch', () => {
    async function unpatchable(): Promise<TestWorld> {
      const world = await staged();
      world.kv.before = (_n, call) => {
        if (call === `patch ${PATH}`) throw fault('denied', 'no');
      };
      return world;
    }

    it('writes the current fields with its own among them, under their version', async () => {
      const world = await unpatchable();
      await handler(world, 'promote').perform(contextFor(world, CHANGE, 'promote'), PROMOTED);
      expect(world.kv.value(PATH, 'key')).to.equal(NEW);
      expect(world.kv.value(PATH, 'sibling')).to.equal('kept');
    });

    it('never resolves a newer version by the old fields', async () => {
      const world = await unpatchable();
      await world.kv.write(PATH, { key: 'old value', sibling: 'newer' }, 1);
      const work = handler(world, 'promote').perform(contextFor(world, CHANGE, 'promote'), PROMOTED);
      expect(await kindOf(work)).to.equal('conflict');
      expect(world.kv.value(PATH, 'sibling')).to.equal('newer');
    });

    it('takes its field away on the way back of a creation, and keeps the others', async () => {
      const world = await unpatchable();
      const created = recordOf('promote', { mode: 'create', cas: 0 });
      const context = contextFor(world, CHANGE, 'unpromote', [created]);
      await handler(world, 'unpromote').perform(context, recordOf('unpromote', { mode: 'patch', cas: 1 }));
      expect(world.kv.value(PATH, 'key')).to.equal(undefined);
      expect(world.kv.value(PATH, 'sibling')).to.equal('kept');
    });

    it('gives up where fields cannot be carried over', async () => {
      const world = await unpatchable();
      const read = world.kv.read.bind(world.kv);
      world.kv.read = async (path, version) => {
        const found = await read(path, version);
        return found === null || path !== PATH ? found : { ...found, others: ['a list'] };
      };
      const work = handler(world, 'promote').perform(contextFor(world, CHANGE, 'promote'), PROMOTED);
      expect(await kindOf(work)).to.equal('denied');
    });
  });

  it('of unknown outcome is made certain by the write itself', async () => {
    const world = await staged();
    const found = await handler(world, 'promote').probe(contextFor(world, CHANGE, 'promote'), PROMOTED);
    expect(found).to.deep.include({ state: 'present' });
    expect(world.kv.value(PATH, 'key')).to.equal(NEW);
  });

  it('is found where it had landed, and a sibling wrote since', async () => {
    const world = await staged();
    await world.kv.patch(PATH, { key: NEW }, 1);
    await world.kv.patch(PATH, { sibling: 'newer' }, 2);
    const found = await handler(world, 'promote').probe(contextFor(world, CHANGE, 'promote'), PROMOTED);
    expect(found).to.deep.equal({ state: 'present', receipt: { version: 2, createdTime: '2026-11-24T10:00:00.000Z' } });
  });

  it("is absent where somebody else's write took its version", async () => {
    const world = await staged();
    await world.kv.patch(PATH, { sibling: 'newer' }, 1);
    const found = await handler(world, 'promote').probe(contextFor(world, CHANGE, 'promote'), PROMOTED);
    expect(found).to.deep.equal({ state: 'absent' });
  });

  it('needs pending material of its own rotation', async () => {
    const world = await established(KIND);
    const context = contextFor(world, CHANGE, 'promote');
    expect(await kindOf(handler(world, 'promote').perform(context, PROMOTED))).to.equal('absent');
    await world.kv.write(world.paths.pending(CHANGE.id), { value: NEW, rotation: 'of another' }, 0);
    expect(await kindOf(handler(world, 'promote').perform(context, PROMOTED))).to.equal('absent');
  });
});

describe('[U] rotators: unpromote', () => {
  const back = (world: TestWorld, records: readonly StepRecord[]) => contextFor(world, CHANGE, 'unpromote', records);

  it("gives the field the value of the version before the first promote, and keeps a sibling's newer one", async () => {
    const world = await staged();
    await world.kv.patch(PATH, { key: NEW }, 1);
    await world.kv.patch(PATH, { sibling: 'newer' }, 2);
    const context = back(world, [PROMOTED, recordOf('promote', { mode: 'patch', cas: 2 })]);
    const intent = await handler(world, 'unpromote').prepare(context);
    await handler(world, 'unpromote').perform(context, recordOf('unpromote', intent));
    expect(world.kv.value(PATH, 'key')).to.equal('old value');
    expect(world.kv.value(PATH, 'sibling')).to.equal('newer');
  });

  it('does not guess where the old version is gone', async () => {
    const world = await staged();
    await world.kv.patch(PATH, { key: NEW }, 1);
    await world.kv.destroy(PATH, [1]);
    const work = handler(world, 'unpromote').perform(
      back(world, [PROMOTED]),
      recordOf('unpromote', { mode: 'patch', cas: 2 }),
    );
    expect(await kindOf(work)).to.equal('absent');
    expect(world.kv.value(PATH, 'key')).to.equal(NEW);
  });

  it('of unknown outcome is done again, under a fresh version', async () => {
    const world = await staged();
    expect(await handler(world, 'unpromote').probe(back(world, []), PROMOTED)).to.deep.equal({ state: 'absent' });
  });
});

describe('[U] rotators: stage', () => {
  const INTENT = recordOf('stage', { cas: 0 });
  const pending = (world: TestWorld): string => world.paths.pending(CHANGE.id);

  it('stores a value with its rotation id, and shows its fingerprint alone', async () => {
    const world = await established(KIND);
    const change = { ...CHANGE, steps: [{ ...CHANGE.steps[0], params: { length: 12, alphabet: 'ab', prefix: 'p-' } }] };
    const context = contextFor(world, change as never, 'stage');
    const result = await handler(world, 'stage').perform(context, INTENT);
    const value = world.kv.value(pending(world), 'value') ?? '';
    expect(value).to.match(/^p-[ab]{12}$/);
    expect(world.kv.value(pending(world), 'rotation')).to.equal(ROTATION);
    expect(JSON.stringify(result)).to.not.contain(value);
    expect(result)
      .to.have.nested.property('receipt.fingerprint')
      .that.matches(/^[0-9a-f]{64}$/);
  });

  it('of unknown outcome is fenced by a tombstone, so that it can never land', async () => {
    const world = await established(KIND);
    const found = await handler(world, 'stage').probe(contextFor(world, CHANGE, 'stage'), INTENT);
    expect(found).to.deep.equal({ state: 'absent' });
    const late = world.kv.write(pending(world), { value: 'late', rotation: ROTATION }, 0);
    expect(await kindOf(late)).to.equal('conflict');
  });

  it('is present where its own rotation id stands', async () => {
    const world = await staged();
    const found = await handler(world, 'stage').probe(contextFor(world, CHANGE, 'stage'), INTENT);
    expect(found).to.have.property('state', 'present');
    expect(found).to.have.nested.property('receipt.version', 1);
  });

  for (const [what, fields] of [
    ["another's rotation id", { value: NEW, rotation: 'of another' }],
    ['a tombstone', { rotation: 'none' }],
  ] as const)
    it(`is absent where ${what} stands`, async () => {
      const world = await established(KIND);
      await world.kv.write(pending(world), fields, 0);
      const found = await handler(world, 'stage').probe(contextFor(world, CHANGE, 'stage'), INTENT);
      expect(found).to.deep.equal({ state: 'absent' });
    });

  it('goes on counting versions of what was destroyed', async () => {
    const world = await staged();
    await world.kv.destroy(pending(world), [1]);
    expect(await handler(world, 'stage').prepare(contextFor(world, CHANGE, 'stage'))).to.deep.equal({ cas: 1 });
    expect(await handler(world, 'stage').prepare(contextFor(memoryWorld(), CHANGE, 'stage'))).to.deep.equal({ cas: 0 });
  });
});

describe('[U] rotators: publish', () => {
  const published = (intent: object): StepRecord => recordOf('publish ns/copy:key', intent as never);

  it('writes the key under the resourceVersion of its intent, with a mark of its own', async () => {
    const world = await staged();
    const context = contextFor(world, CHANGE, 'publish');
    const intent = await handler(world, 'publish').prepare(context);
    expect(intent).to.deep.equal({ mode: 'patch', resourceVersion: '2', hadKey: true });
    await handler(world, 'publish').perform(context, published(intent));
    expect(world.cluster.secret?.value?.expose()).to.equal(NEW);
    expect(Object.values(world.cluster.secret?.annotations ?? {})).to.deep.equal([`${ROTATION}.7`]);
    expect(await kindOf(handler(world, 'publish').perform(context, published(intent))), 'sent again').to.equal(
      'conflict',
    );
  });

  it('creates a Secret that is not there', async () => {
    const world = await staged();
    world.cluster.secret = null;
    const context = contextFor(world, CHANGE, 'publish');
    const intent = await handler(world, 'publish').prepare(context);
    expect(intent).to.deep.equal({ mode: 'create', hadKey: false });
    await handler(world, 'publish').perform(context, published(intent));
    expect(world.cluster.secret).to.have.property('type', 'Opaque');
  });

  it('is present only where its own mark and its own value stand', async () => {
    const world = await staged();
    const context = contextFor(world, CHANGE, 'publish');
    const probe = async (): Promise<string> => (await handler(world, 'publish').probe(context, published({}))).state;
    expect(await probe(), 'nothing of it').to.equal('absent');
    await handler(world, 'publish').perform(context, published(await handler(world, 'publish').prepare(context)));
    expect(await probe()).to.equal('present');
    world.cluster.secret = { ...(world.cluster.secret ?? never()), value: new Material('of another') };
    expect(await probe(), 'the value was changed').to.equal('absent');
    const { value: _value, ...keyless } = world.cluster.secret;
    world.cluster.secret = keyless;
    expect(await probe(), 'the key is gone').to.equal('absent');
    world.cluster.secret = null;
    expect(await probe(), 'the Secret is gone').to.equal('absent');
  });

  for (const [hadKey, after] of [
    [true, 'old value'],
    [false, undefined],
  ] as const)
    it(`is taken back to ${hadKey ? 'the old value' : 'no key, where there was none'}`, async () => {
      const world = await staged();
      const first = published({ mode: 'patch', resourceVersion: '1', hadKey });
      const context = contextFor(world, CHANGE, 'unpublish', [PROMOTED, first, published({ hadKey: true })]);
      const intent = await handler(world, 'unpublish').prepare(context);
      await handler(world, 'unpublish').perform(context, recordOf('unpublish ns/copy:key', intent));
      expect(world.cluster.secret?.value?.expose()).to.equal(after);
      expect(await handler(world, 'unpublish').probe(context, first)).to.deep.equal({ state: 'absent' });
    });
});

function never(): never {
  throw new Error('no Secret');
}
