import { expect } from 'chai';
import { Material } from '../../../src/domain/material.js';
import { fingerprintKey, listOpen, readHistory, readJournal, StateProblem } from '../../../src/executor/state.js';
import { codec, memoryWorld, policyOf } from '../../support/memory-world.js';
import { established } from '../../support/rotation.js';
import { runNow, writeBehind } from '../../support/runs.js';

const policy = policyOf('kv-random');
const REFUSED = { severity: 'error', code: 'KT5003', summary: 'damaged' } as const;

describe('[U] executor: state in Vault', () => {
  it('a journal that is not there is version 0, and one without text keeps its version', async () => {
    const world = memoryWorld();
    const { kv, paths } = world;
    expect(await readJournal(kv, paths, codec, policy.id)).to.include({ version: 0, journal: null });
    await kv.write(paths.journal(policy.id), { other: 'x' }, 0);
    expect(await readJournal(kv, paths, codec, policy.id)).to.include({ version: 1, journal: null });
  });

  it('a journal that is refused is a problem that names the secret', async () => {
    const { kv, paths } = memoryWorld();
    await kv.write(paths.journal(policy.id), { journal: '{' }, 0);
    const read = readJournal(kv, paths, { decodeJournal: () => REFUSED }, policy.id);
    const error: unknown = await read.catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(StateProblem);
    expect(error)
      .to.have.property('diagnostic')
      .that.deep.equals({ ...REFUSED, id: policy.id });
  });

  it('an old version is read where it is asked for', async () => {
    const world = await established('kv-random');
    await runNow(world, policy);
    const { journal, version } = await readJournal(world.kv, world.paths, codec, policy.id, 6);
    expect(version).to.equal(6);
    expect(journal?.open?.records.map(({ step }) => step)).to.deep.equal(['stage', 'promote', 'publish ns/copy:key']);
  });

  it('open markers are found by one LIST per folder; names that no id has are passed over', async () => {
    const { kv, paths } = memoryWorld();
    expect(await listOpen(kv, paths)).to.deep.equal([]);
    await kv.write(paths.marker('a/b', '01'), { run: 'x' }, 0);
    await kv.write(paths.marker('a/b', '02'), { run: 'x' }, 0);
    await kv.write(paths.marker('c', '03'), { run: 'x' }, 0);
    await kv.write(`${paths.open}/Not An Id/04`, { run: 'x' }, 0);
    expect(await listOpen(kv, paths)).to.deep.equal([
      { id: 'a/b', rotation: '01' },
      { id: 'a/b', rotation: '02' },
      { id: 'c', rotation: '03' },
    ]);
  });

  it('a history entry that is refused is a problem, and one without text is passed over', async () => {
    const { kv, paths } = memoryWorld();
    expect(await readHistory(kv, paths, codec, policy.id)).to.deep.equal([]);
    await kv.write(paths.history(policy.id, '01'), { other: 'x' }, 0);
    expect(await readHistory(kv, paths, codec, policy.id)).to.deep.equal([]);
    await kv.write(paths.history(policy.id, '02'), { entry: '{' }, 0);
    const read = readHistory(kv, paths, { ...codec, decodeHistory: () => REFUSED }, policy.id);
    expect(await read.catch((thrown: unknown) => thrown)).to.be.instanceOf(StateProblem);
  });

  it('two entries of one instant stay two', async () => {
    const { kv, paths } = memoryWorld();
    for (const rotation of ['01', '02'])
      await kv.write(paths.history(policy.id, rotation), { entry: JSON.stringify({ rotation, settledAt: 'x' }) }, 0);
    expect(await readHistory(kv, paths, codec, policy.id)).to.have.length(2);
  });
});

describe('[U] executor: the fingerprint key', () => {
  it('is made once and never replaced', async () => {
    const { kv, paths } = memoryWorld();
    const first = await fingerprintKey(kv, paths, () => new Material('first'));
    const second = await fingerprintKey(kv, paths, () => new Material('second'));
    expect([first.expose(), second.expose()]).to.deep.equal(['first', 'first']);
  });

  it("is the other run's where two make it at once", async () => {
    const world = memoryWorld();
    const { kv, paths } = world;
    const make = (): Material => {
      writeBehind(world, paths.fingerprintKey, { key: 'theirs' });
      return new Material('mine');
    };
    expect((await fingerprintKey(kv, paths, make)).expose()).to.equal('theirs');
  });

  it('is not made anew where it was deleted, for every fingerprint was made under it', async () => {
    const { kv, paths } = memoryWorld();
    await fingerprintKey(kv, paths, () => new Material('first'));
    await kv.destroy(paths.fingerprintKey, [1]);
    const made = fingerprintKey(kv, paths, () => new Material('second'));
    const error: unknown = await made.catch((thrown: unknown) => thrown);
    expect(error).to.have.nested.property(
      'details.said',
      'the fingerprint key was deleted; restore an earlier version of it',
    );
  });

  it('passes on any other fault', async () => {
    const { kv, paths } = memoryWorld();
    kv.before = (_n, call) => {
      if (call.startsWith('write')) throw new TypeError('a defect');
    };
    const made = fingerprintKey(kv, paths, () => new Material('first'));
    expect(await made.catch((thrown: unknown) => thrown)).to.be.instanceOf(TypeError);
  });
});
