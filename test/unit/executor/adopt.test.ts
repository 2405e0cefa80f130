import { expect } from 'chai';
import { labelKey, parseLabel } from '../../../src/domain/label.js';
import { adoptValue } from '../../../src/executor/adopt.js';
import { emptyJournal } from '../../../src/executor/log.js';
import { endLease, leaseOn } from '../../../src/executor/unlock.js';
import { writeOnce } from '../../../src/executor/writer.js';
import { changeOf, codec, memoryWorld, policyOf } from '../../support/memory-world.js';
import { established } from '../../support/rotation.js';
import { foreignLease, journalOf, lockPath, runNow } from '../../support/runs.js';

const KIND = 'kv-random';
const policy = policyOf(KIND);
const WRITTEN = Date.parse('2026-11-24T10:00:00Z');
const journal = { ...emptyJournal({ id: policy.id, kind: KIND, live: policy.vault }), writeId: 'x' };

describe('[U] executor: adopting a live value', () => {
  it('records it with the birth that a person gives, and leaves the value as it is', async () => {
    const world = await established(KIND);
    const birth = Date.parse('2026-03-01T00:00:00Z');
    expect(await adoptValue(world, policy, birth)).to.deep.equal({ birth: '2026-03-01T00:00:00.000Z' });
    const { current, kind, live } = await journalOf(world, policy);
    expect({ kind, live }).to.deep.equal({ kind: KIND, live: policy.vault });
    expect(current).to.deep.include({ rotation: '-', birth: '2026-03-01T00:00:00.000Z', kvVersion: 1 });
    expect(current?.fingerprint).to.match(/^[0-9a-f]{64}$/);
    const label = parseLabel(world.kv.paths.get(policy.vault.path)?.custom[labelKey('key')]);
    expect(label).to.deep.equal({ birth: '2026-03-01T00:00:00.000Z', version: 1, specHash: current?.specHash });
    expect(world.kv.paths.get(policy.vault.path)?.current).to.equal(1);
  });

  it('takes the time at which the version was written where nobody knows better', async () => {
    const world = await established(KIND);
    world.clock.at += 1000;
    expect(await adoptValue(world, policy, undefined)).to.deep.equal({ birth: '2026-11-24T10:00:00.000Z' });
    expect(await adoptValue(world, policy, WRITTEN), 'also to the very instant').to.have.property('birth');
  });

  it('ends a back-off, and the next rotation goes back to it by its birth', async () => {
    const world = await established(KIND);
    const held = { attempts: 3, since: 'x', until: '2026-11-25T10:00:00.000Z', reason: 'z' };
    await writeOnce(world, policy.id, { ...journal, held }, 0);
    await adoptValue(world, policy, WRITTEN - 1);
    expect((await journalOf(world, policy)).held).to.equal(null);
    expect(await runNow(world, policy)).to.include({ outcome: 'rotated' });
  });

  for (const [what, prepare, birth, summary, action] of [
    [
      'a birth after the version',
      undefined,
      WRITTEN + 1,
      'it cannot be born after its version was written',
      'Give a time before',
    ],
    [
      'an open change',
      { open: { change: changeOf(policy, 'rotate') } },
      undefined,
      'a change of it is open',
      'keyturn recover',
    ],
    ['a holder', { lease: foreignLease() }, undefined, 'a change of it is open', 'keyturn recover'],
  ] as const)
    it(`refuses ${what}`, async () => {
      const world = await established(KIND);
      if (prepare !== undefined) await writeOnce(world, policy.id, { ...journal, ...prepare } as never, 0);
      const found = await adoptValue(world, policy, birth);
      expect(found).to.include({ severity: 'error', code: 'KT4012', id: policy.id });
      expect(found).to.have.property('summary').that.contains(summary);
      expect(found).to.have.property('action').that.contains(action);
      expect(world.kv.paths.get(policy.vault.path)?.custom).to.deep.equal({});
    });

  it('refuses a field that is not there', async () => {
    const world = memoryWorld();
    expect(await adoptValue(world, policy, undefined))
      .to.have.property('summary')
      .that.contains('has no field `key`');
    await world.kv.write(policy.vault.path, { other: 'x' }, 0);
    expect(await adoptValue(world, policy, undefined)).to.have.property('code', 'KT4012');
  });

  it('loses to a run that claims at the same time', async () => {
    const world = await established(KIND);
    const read = world.kv.read.bind(world.kv);
    world.kv.read = async (path, version) => {
      const found = await read(path, version);
      if (path === policy.vault.path) await writeOnce(world, policy.id, journal, 0);
      return found;
    };
    const error: unknown = await adoptValue(world, policy, undefined).catch((thrown: unknown) => thrown);
    expect(error).to.have.nested.property('details.kind', 'leaseLost');
  });
});

describe('[U] executor: ending a lease by hand', () => {
  it('says who holds a secret', async () => {
    const world = memoryWorld();
    expect(await leaseOn(world.kv, world.paths, codec, policy.id)).to.equal(null);
    await writeOnce(world, policy.id, { ...journal, lease: foreignLease() }, 0);
    expect(await leaseOn(world.kv, world.paths, codec, policy.id)).to.deep.equal(foreignLease());
  });

  it('ends the lease of the holder that was named, on journal and workloads alike', async () => {
    const world = memoryWorld();
    const change = changeOf(policy, 'rotate');
    const [resource = ''] = change.resources;
    const open = { change, rotation: 'r', claimedAt: 'x', revision: null, turn: 0, records: [] };
    await writeOnce(world, policy.id, { ...journal, lease: foreignLease(), open }, 0);
    const lock = JSON.stringify({ format: 1, resource, lease: foreignLease() });
    await world.kv.write(lockPath(world, resource), { lock }, 0);
    expect(await endLease(world, policy.id, 'other')).to.equal(true);
    expect(await journalOf(world, policy)).to.deep.include({ lease: null, open });
    expect(JSON.parse(world.kv.value(lockPath(world, resource), 'lock') ?? '')).to.have.property('lease', null);
  });

  it('ends nothing where another holder has it by now, or nobody', async () => {
    const world = memoryWorld();
    expect(await endLease(world, policy.id, 'other')).to.equal(false);
    await writeOnce(world, policy.id, { ...journal, lease: foreignLease() }, 0);
    expect(await endLease(world, policy.id, 'third')).to.equal(false);
    expect((await journalOf(world, policy)).lease).to.deep.equal(foreignLease());
    expect(await endLease(world, policy.id, 'other'), 'and one without a change').to.equal(true);
  });
});
