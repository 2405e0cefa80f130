import { expect } from 'chai';
import { type Fault, isFault } from '../../../src/domain/fault.js';
import type { Journal } from '../../../src/domain/journal.js';
import { beat, emptyJournal } from '../../../src/executor/log.js';
import { leaseOf } from '../../../src/executor/world.js';
import { JournalWriter, writeOnce } from '../../../src/executor/writer.js';
import { fault } from '../../support/memory-kv.js';
import { memoryWorld, type TestWorld } from '../../support/memory-world.js';
import { beatingWorld, foreignLease, journalOf } from '../../support/runs.js';

const ID = 'test/x';
const UNKNOWN = { retriable: true, effect: 'unknown' } as const;

function contentOf(world: TestWorld, writeId = 'aaaa'): Journal {
  return {
    ...emptyJournal({ id: ID, kind: 'kv-random', live: { path: 'secret/x', field: 'key' } }),
    lease: leaseOf(world),
    writeId,
  };
}

async function caught(work: Promise<unknown>): Promise<Fault> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isFault(error)) throw new Error(`not a fault: ${String(error)}`);
  return error;
}

/** The first calls that match fail so: before they take effect, or after. */
function failFirst(world: TestWorld, times: number, when: 'before' | 'after', error: Fault): void {
  let left = times;
  world.kv[when] = (_n, call) => {
    if (!call.startsWith('write') || left === 0) return;
    left -= 1;
    throw error;
  };
}

async function started(world: TestWorld): Promise<JournalWriter> {
  const journal = contentOf(world);
  await writeOnce(world, ID, journal, 0);
  return new JournalWriter(world, ID, { journal, version: 1 });
}

describe('[U] executor: the writer of one journal', () => {
  it('repeats a write of unknown outcome with the same content and cas', async () => {
    const world = memoryWorld();
    failFirst(world, 2, 'before', fault('timeout', 'no answer', UNKNOWN));
    await writeOnce(world, ID, contentOf(world), 0);
    expect(world.kv.calls.filter((call) => call.startsWith('write'))).to.have.length(3);
    const { versions } = world.kv.paths.get(world.paths.journal(ID)) ?? { versions: new Map() };
    expect([...versions.keys()]).to.deep.equal([1]);
    expect((await journalOf(world, { id: ID })).writeId).to.equal('aaaa');
  });

  it('knows its own write by its id where the answer was lost', async () => {
    const world = memoryWorld();
    failFirst(world, 1, 'after', fault('timeout', 'no answer', UNKNOWN));
    await writeOnce(world, ID, contentOf(world), 0);
    expect(world.kv.paths.get(world.paths.journal(ID))?.current).to.equal(1);
  });

  it('looks at the very version that it asked for: a successor may have written since', async () => {
    const world = memoryWorld();
    failFirst(world, 1, 'after', fault('timeout', 'no answer', UNKNOWN));
    const sleep = world.clock.sleep.bind(world.clock);
    world.clock.sleep = async (length) => {
      await sleep(length);
      await world.kv.write(world.paths.journal(ID), { journal: JSON.stringify(contentOf(world, 'bbbb')) }, 1);
    };
    await writeOnce(world, ID, contentOf(world), 0);
    expect((await journalOf(world, { id: ID })).writeId).to.equal('bbbb');
  });

  it('has lost the lease where the conflict is with a foreign write, and says whose', async () => {
    const world = memoryWorld();
    failFirst(world, 1, 'before', fault('timeout', 'no answer', UNKNOWN));
    const foreign = { ...contentOf(world, 'bbbb'), lease: foreignLease() };
    const sleep = world.clock.sleep.bind(world.clock);
    world.clock.sleep = async (length) => {
      await sleep(length);
      await world.kv.write(world.paths.journal(ID), { journal: JSON.stringify(foreign) }, 0);
    };
    const { details } = await caught(writeOnce(world, ID, contentOf(world), 0));
    expect(details).to.include({ kind: 'leaseLost', effect: 'none', retriable: false });
    expect(details.said).to.contain('bob@build');
  });

  it('throws at every later update once the lease is lost, and sends nothing more', async () => {
    const world = memoryWorld();
    const writer = await started(world);
    await world.kv.write(world.paths.journal(ID), { journal: JSON.stringify(contentOf(world, 'bbbb')) }, 1);
    expect((await caught(writer.update(beat))).details.kind).to.equal('leaseLost');
    expect(writer.lost()).to.equal(true);
    expect(writer.outlasts(0)).to.equal(false);
    const calls = world.kv.calls.length;
    expect((await caught(writer.update(beat))).details.kind).to.equal('leaseLost');
    expect(world.kv.calls).to.have.length(calls);
    expect((await journalOf(world, { id: ID })).writeId).to.equal('bbbb');
  });

  it('throws a fault without effect that will not pass, and can write again afterwards', async () => {
    const world = memoryWorld();
    const writer = await started(world);
    failFirst(world, 1, 'before', fault('denied', 'no'));
    expect((await caught(writer.update(beat))).details.kind).to.equal('denied');
    expect(writer.journal().lease?.beat).to.equal(0);
    expect(writer.lost()).to.equal(false);
    await writer.update(beat);
    expect((await journalOf(world, { id: ID })).lease?.beat).to.equal(1);
  });

  it('tries a passing trouble again, and gives up after leaseFor', async () => {
    const world = memoryWorld();
    failFirst(world, Infinity, 'before', fault('unavailable', 'sealed', { retriable: true }));
    const began = world.clock.at;
    expect((await caught(writeOnce(world, ID, contentOf(world), 0))).details.kind).to.equal('unavailable');
    expect(world.clock.at - began).to.be.within(60_000, 62_000);
  });

  it('queues updates: each sees what the one before it made, and its own version', async () => {
    const world = memoryWorld();
    const writer = await started(world);
    const versions: number[] = [];
    const update = writer.update((journal, version) => {
      versions.push(version);
      return beat(journal);
    });
    const second = writer.update((journal, version) => {
      versions.push(version);
      return beat(journal);
    });
    await Promise.all([update, second]);
    expect(versions).to.deep.equal([2, 3]);
    expect((await journalOf(world, { id: ID })).lease?.beat).to.equal(2);
  });

  it('passes on an error that is no fault', async () => {
    const world = memoryWorld();
    world.kv.before = () => {
      throw new TypeError('a defect');
    };
    const error: unknown = await writeOnce(world, ID, contentOf(world), 0).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(TypeError);
  });

  it('counts the lease from the start of its newest write', async () => {
    const world = memoryWorld();
    const writer = await started(world);
    world.clock.at += 44_999;
    expect(writer.outlasts(15_000)).to.equal(true);
    world.clock.at += 1;
    expect(writer.outlasts(15_000)).to.equal(false);
    world.kv.before = () => void (world.clock.at += 10_000);
    await writer.update(beat);
    world.clock.at += 35_000;
    expect(writer.outlasts(15_000)).to.equal(false);
  });

  it('beats three times per lease, and a beat that fails is only missed', async () => {
    const world = beatingWorld();
    const writer = await started(world);
    let also = 0;
    const stop = writer.startBeating(() => Promise.resolve(void (also += 1)));
    failFirst(world, 1, 'before', fault('denied', 'no'));
    await world.clock.sleep(60_000);
    stop();
    await world.clock.sleep(60_000);
    expect(also).to.equal(3);
    expect((await journalOf(world, { id: ID })).lease?.beat).to.equal(2);
  });
});
