import { expect } from 'chai';
import { removeStrayMarker, runChange } from '../../../src/executor/claim.js';
import { emptyJournal } from '../../../src/executor/log.js';
import { readJournal } from '../../../src/executor/state.js';
import { writeOnce } from '../../../src/executor/writer.js';
import { changeOf, codec, Killed, memoryWorld, policyOf, type TestWorld } from '../../support/memory-world.js';
import { established, expectWhollyNew } from '../../support/rotation.js';
import { foreignLease, freshChange, journalOf, lockPath, runNow, writeBehind } from '../../support/runs.js';

const KIND = 'kv-random';
const policy = policyOf(KIND);
const CHANGE = changeOf(policy, 'rotate');
const ROTATION = '00000000000000aa';

/** A journal of the secret in which nothing is open. */
function settled(more: object = {}) {
  return { ...emptyJournal({ id: policy.id, kind: KIND, live: policy.vault }), writeId: 'foreign', ...more };
}

/** Kills the run at the first call that begins so. */
async function killAt(world: TestWorld, start: string, work: () => Promise<unknown>): Promise<void> {
  let dead = false;
  world.kv.before = (_n, call) => {
    dead ||= call.startsWith(start);
    if (dead) throw new Killed(start);
  };
  const error: unknown = await work().catch((thrown: unknown) => thrown);
  world.kv.before = () => undefined;
  expect(error).to.be.instanceOf(Killed);
}

describe('[U] executor: claiming a change', () => {
  it('begins nothing where the journal is another than the plan saw', async () => {
    const world = await established(KIND);
    await writeOnce(world, policy.id, settled(), 0);
    const result = await runChange(world, CHANGE);
    expect(result).to.include({ outcome: 'stale', next: 'keyturn plan' });
    expect(await world.kv.list(world.paths.markersOf(policy.id))).to.deep.equal([]);
    expect(world.kv.value(policy.vault.path, 'key')).to.equal('old value');
  });

  it('says who holds it where that is why the journal is another', async () => {
    const world = await established(KIND);
    await writeOnce(world, policy.id, settled({ lease: foreignLease() }), 0);
    const result = await runChange(world, CHANGE);
    expect(result).to.include({ outcome: 'locked', reason: 'in the hands of bob@build' });
  });

  it('is locked out, before anything is marked, where a workload of it is in live hands', async () => {
    const world: TestWorld = { ...(await established(KIND)), lockTimeout: 5_000 };
    const [resource = ''] = CHANGE.resources;
    const lock = JSON.stringify({ format: 1, resource, lease: foreignLease() });
    await world.kv.write(lockPath(world, resource), { lock }, 0);
    const result = await runChange(world, CHANGE);
    expect(result).to.include({ outcome: 'locked', reason: `${resource} is in the hands of bob@build` });
    expect(await world.kv.list(world.paths.markersOf(policy.id))).to.deep.equal([]);
  });

  it('writes the marker first, the claim second, and only then the first intent', async () => {
    const world = await established(KIND);
    await runChange(world, CHANGE);
    const writes = world.kv.calls.filter((call) => /^write .*\/(open|journal|pending)\//.test(call));
    expect(writes.slice(0, 4).map((call) => call.split('/')[2])).to.deep.equal([
      'open',
      'journal',
      'journal',
      'pending',
    ]);
  });

  it('leaves its marker where another run claims first, for its own claim may still land', async () => {
    const world = await established(KIND);
    let first = true;
    world.kv.before = (_n, call) => {
      if (!first || call !== `write ${world.paths.journal(policy.id)}`) return;
      first = false;
      writeBehind(world, world.paths.journal(policy.id), { journal: codec.encodeJournal(settled()) });
    };
    const result = await runChange(world, CHANGE);
    expect(result).to.include({ outcome: 'locked' });
    expect(await world.kv.list(world.paths.markersOf(policy.id))).to.have.length(1);
    expect(world.kv.value(policy.vault.path, 'key')).to.equal('old value');
  });

  it('ends the back-off of an earlier attempt: killed right after, the next apply goes on at once', async () => {
    const world = await established(KIND);
    const held = {
      attempts: 2,
      since: '2026-11-24T09:00:00.000Z',
      until: '2026-11-25T00:00:00.000Z',
      reason: 'refused',
    };
    await writeOnce(world, policy.id, settled({ held }), 0);
    await killAt(world, 'write keyturn/test/pending', async () => runNow(world, policy));
    const journal = await journalOf(world, policy);
    expect(journal.open?.records).to.have.length(1);
    expect(journal.held).to.deep.equal({ ...held, until: '2026-11-24T10:00:00.000Z' });
  });

  it('starts without a current generation where the policy has moved to another place', async () => {
    const world = await established(KIND);
    const current = {
      rotation: ROTATION,
      birth: '2026-01-01T00:00:00.000Z',
      kvVersion: 1,
      fingerprint: '',
      specHash: '',
      consumers: [],
    };
    await writeOnce(world, policy.id, settled({ current, live: { path: 'secret/elsewhere', field: 'key' } }), 0);
    await killAt(world, 'write keyturn/test/pending', async () => runNow(world, policy));
    expect(await journalOf(world, policy)).to.deep.include({ current: null, live: policy.vault });
  });

  it('does nothing to a secret whose journal cannot be read, and says how to go on', async () => {
    const world = await established(KIND);
    const refused = {
      severity: 'error',
      code: 'KT5002',
      summary: 'written by a newer keyturn',
      action: 'Use it',
    } as const;
    await world.kv.write(world.paths.journal(policy.id), { journal: '{}' }, 0);
    const newer = { ...world, codec: { ...codec, decodeJournal: () => refused } };
    const change = { ...CHANGE, bindings: { ...CHANGE.bindings, journalVersion: 1 } };
    expect(await runChange(newer, change)).to.include({ outcome: 'failed', reason: refused.summary, next: 'Use it' });
    expect(await runChange(newer, { ...change, action: 'resume' })).to.include({ outcome: 'failed' });
  });
});

describe('[U] executor: resuming a change', () => {
  for (const [held, outcome] of [
    [null, 'rotated'],
    [{ attempts: 1, since: 'x', until: 'y', reason: 'z' }, 'undone'],
  ] as const)
    it(`reports it ${outcome} where another run ended it so meanwhile`, async () => {
      const world = await established(KIND);
      await writeOnce(world, policy.id, settled({ held }), 0);
      const result = await runChange(world, changeOf(policy, 'resume'));
      expect(result).to.include({ outcome, reason: 'another run finished it' });
    });

  it('takes the change from the journal and no step of it from the plan', async () => {
    const world = await established(KIND);
    await killAt(world, 'patch secret/', async () => runChange(world, CHANGE));
    const other = { ...changeOf(policy, 'resume'), steps: [], undo: [], kind: 'another' };
    expect(await runChange(memoryWorld(world), other)).to.include({ outcome: 'rotated' });
    await expectWhollyNew(world, policy);
  });
});

describe('[U] executor: stray markers', () => {
  const known = { kind: KIND, live: policy.vault };
  const marker = { id: policy.id, rotation: ROTATION };

  async function marked(): Promise<TestWorld> {
    const world = await established(KIND);
    await world.kv.write(world.paths.marker(policy.id, ROTATION), { run: 'gone' }, 0);
    world.kv.calls.length = 0;
    return world;
  }

  it('are removed only after the journal was written under its cas', async () => {
    const world = await marked();
    await removeStrayMarker(world, marker, known);
    const changes = world.kv.calls.filter((call) => /^(write|deleteMetadata)/.test(call));
    expect(changes).to.deep.equal([
      `write ${world.paths.journal(policy.id)}`,
      `deleteMetadata ${world.paths.marker(policy.id, ROTATION)}`,
    ]);
  });

  it('so a claim that was still on its way can never land', async () => {
    const world = await marked();
    await removeStrayMarker(world, marker, known);
    const late = writeOnce(world, policy.id, settled({ lease: foreignLease() }), 0);
    const error: unknown = await late.catch((thrown: unknown) => thrown);
    expect(error).to.have.nested.property('details.kind', 'leaseLost');
    expect(await journalOf(world, policy)).to.include({ open: null, lease: null });
  });

  it('stay where that write is lost to somebody else', async () => {
    const world = await marked();
    let first = true;
    world.kv.before = (_n, call) => {
      if (!first || !call.startsWith('write')) return;
      first = false;
      writeBehind(world, world.paths.journal(policy.id), { journal: codec.encodeJournal(settled()) });
    };
    const error: unknown = await removeStrayMarker(world, marker, known).catch((thrown: unknown) => thrown);
    expect(error).to.have.nested.property('details.kind', 'leaseLost');
    expect(await world.kv.list(world.paths.markersOf(policy.id))).to.deep.equal([ROTATION]);
  });

  it('are left alone while somebody holds the journal, or where it names them after all', async () => {
    const world = await marked();
    await writeOnce(world, policy.id, settled({ lease: foreignLease() }), 0);
    await removeStrayMarker(world, marker, known);
    const open = { change: CHANGE, rotation: ROTATION, claimedAt: 'x', revision: null, turn: 0, records: [] };
    await writeOnce(world, policy.id, settled({ open }), 1);
    await removeStrayMarker(world, marker, known);
    expect(await world.kv.list(world.paths.markersOf(policy.id))).to.deep.equal([ROTATION]);
    expect((await readJournal(world.kv, world.paths, codec, policy.id)).version).to.equal(2);
  });

  it('keep nobody from planning: a change bound to the journal before is carried out first', async () => {
    const world = await marked();
    const change = await freshChange(world, policy);
    expect(await runChange(world, change)).to.include({ outcome: 'rotated' });
    await removeStrayMarker(world, marker, known);
    expect(await world.kv.list(world.paths.markersOf(policy.id))).to.deep.equal([]);
    await expectWhollyNew(world, policy);
  });
});
