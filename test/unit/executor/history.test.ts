import { expect } from 'chai';
import { labelKey, parseLabel } from '../../../src/domain/label.js';
import { runChange } from '../../../src/executor/claim.js';
import { fault } from '../../support/memory-kv.js';
import { changeOf, Killed, memoryWorld, policyOf, type TestWorld } from '../../support/memory-world.js';
import { established } from '../../support/rotation.js';
import { freshChange, historyOf, journalOf, refuseNewValue, runNow } from '../../support/runs.js';

const KIND = 'litellm-master-key';
const policy = policyOf(KIND);

async function killAt(world: TestWorld, start: string): Promise<void> {
  let dead = false;
  world.kv.before = (_n, call) => {
    dead ||= call.startsWith(start);
    if (dead) throw new Killed(start);
  };
  await runChange(world, changeOf(policy, 'rotate')).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
  world.kv.before = () => undefined;
  expect(dead).to.equal(true);
}

function labelOf(world: TestWorld): ReturnType<typeof parseLabel> {
  return parseLabel(world.kv.paths.get(policy.vault.path)?.custom[labelKey('key')]);
}

describe('[X] the history of a secret', () => {
  it('tells what was done, why, when, by whom and step by step', async () => {
    const world: TestWorld = {
      ...(await established(KIND)),
      revision: { commit: 'abc', committedAt: '2026-11-24T09:00:00.000Z' },
    };
    world.cluster.slow = 20;
    const change = { ...changeOf(policy, 'rotate'), findings: [{ reason: 'Overdue', evidence: 'every 30d' }] as const };
    await runChange(world, change);
    const [entry, ...rest] = await historyOf(world, policy);
    expect(rest).to.deep.equal([]);
    const { steps = [], rotation = '', ...told } = entry ?? {};
    expect(rotation).to.match(/^[0-9a-f]{16}$/);
    expect(told).to.deep.equal({
      format: 1,
      id: policy.id,
      kind: KIND,
      action: 'rotate',
      outcome: 'rotated',
      findings: ['Overdue: every 30d'],
      startedAt: '2026-11-24T10:00:00.000Z',
      settledAt: '2026-11-24T10:00:02.000Z',
      gap: 2000,
      revision: 'abc',
      runs: [world.run],
    });
    expect(steps.map(({ step, state, took }) => `${step} ${state} ${took}`)).to.deep.equal([
      'stage done 0',
      'promote done 0',
      'publish ns/copy:key done 0',
      'restart Deployment ns/app done 0',
      // A step that only looks has no intent to count from.
      'wait Deployment ns/app done 0',
      'verify done 0',
    ]);
  });

  it('names the reason of a way back, and every run that took part', async () => {
    const world = await established(KIND);
    refuseNewValue(world);
    await killAt(world, 'http');
    const other = memoryWorld(world);
    await runNow(other, policy, 'resume');
    const [entry] = await historyOf(world, policy);
    expect(entry?.outcome).to.equal('undone');
    expect(entry?.reason).to.equal('verify: the new value is refused (HTTP 400)');
    expect(entry?.runs).to.deep.equal([world.run, other.run]);
  });

  it('measures the gap over kills: from the intent to promote to the proof', async () => {
    const world = await established(KIND);
    let dead = false;
    world.kv.before = () => {
      if (dead) throw new Killed('dead');
    };
    world.kv.after = (_n, call) => {
      dead ||= call.startsWith('patch secret/');
      if (dead) throw new Killed('right after the promote');
    };
    await runChange(world, changeOf(policy, 'rotate')).catch(() => undefined);
    world.kv.before = () => undefined;
    world.kv.after = () => undefined;
    world.clock.at += 600_000;
    const result = await runNow(memoryWorld(world), policy, 'resume');
    expect(result.outcome).to.equal('rotated');
    expect(result.gap).to.be.at.least(600_000);
  });

  it('has no gap where the new value never came to the live path', async () => {
    const world = await established(KIND);
    let first = true;
    world.kv.before = (_n, call) => {
      if (!first || !call.startsWith('patch secret/')) return;
      first = false;
      throw fault('invalid', 'too large');
    };
    const result = await runNow(world, policy);
    expect(result).to.include({ outcome: 'undone', gap: null });
  });

  it('keeps one entry per rotation, oldest first', async () => {
    const world = await established(KIND);
    for (const [action, outcome] of [
      ['rotate', 'rotated'],
      ['reconcile', 'reconciled'],
      ['rotate', 'rotated'],
    ] as const) {
      world.clock.at += 1000;
      expect(await runNow(world, policy, action)).to.include({ outcome });
    }
    const entries = await historyOf(world, policy);
    expect(entries.map(({ action }) => action)).to.deep.equal(['rotate', 'reconcile', 'rotate']);
    expect(entries.map(({ gap }) => gap === null)).to.deep.equal([false, true, false]);
  });
});

describe('[X] tidying', () => {
  const TIDYING = [
    'destroy',
    `patchMetadata`,
    'write keyturn/test/history',
    'write keyturn/test/journal',
    'deleteMetadata',
  ];

  it('destroys pending, labels, writes history, closes the journal and removes the marker last', async () => {
    const world = await established(KIND);
    await runNow(world, policy);
    const start = world.kv.calls.findIndex((call) => call.startsWith('destroy'));
    const tidying = world.kv.calls.slice(start, start + TIDYING.length);
    for (const [i, call] of TIDYING.entries()) expect(tidying[i]).to.match(new RegExp(`^${call}`));
  });

  for (const [i, call] of TIDYING.entries())
    it(`is finished by the next run after a kill before ${call}`, async () => {
      const world = await established(KIND);
      const whole = await established(KIND);
      await runChange(whole, changeOf(policy, 'rotate'));
      const at = whole.kv.calls.findIndex((one) => one.startsWith('destroy')) + i + 1;
      let dead = false;
      world.kv.before = (n) => {
        dead ||= n === at;
        if (dead) throw new Killed(call);
      };
      await runChange(world, changeOf(policy, 'rotate')).catch(() => undefined);
      expect(dead).to.equal(true);
      world.kv.before = () => undefined;
      const marker = await world.kv.list(world.paths.markersOf(policy.id));
      expect(marker, 'whatever is not tidied can be found').to.have.length(1);
      const journal = await journalOf(world, policy);
      if (journal.open === null) return;
      expect(journal.open.outcome).to.equal('rotated');
      await runNow(memoryWorld(world), policy, 'resume');
      expect(await historyOf(world, policy)).to.have.length(1);
      expect((await journalOf(world, policy)).open).to.equal(null);
      expect(await world.kv.list(world.paths.markersOf(policy.id))).to.deep.equal([]);
      expect(world.kv.value(world.paths.pending(policy.id), 'value')).to.equal(undefined);
    });

  it("labels the live path with the journal's current generation", async () => {
    const world = await established(KIND);
    await runNow(world, policy);
    const { current } = await journalOf(world, policy);
    expect(labelOf(world)).to.deep.equal({
      rotation: current?.rotation,
      birth: '2026-11-24T10:00:00.000Z',
      version: 2,
      specHash: '0123456789ab',
    });
  });

  it('gives the old generation its birth back after a way back', async () => {
    const world = await established(KIND);
    await runNow(world, policy);
    const before = labelOf(world);
    world.clock.at += 3_600_000;
    refuseNewValue(world);
    expect(await runNow(world, policy)).to.include({ outcome: 'undone' });
    expect(labelOf(world)).to.deep.equal({ ...before, version: 4 });
  });

  it('removes the label of a creation that was taken back', async () => {
    const created = policyOf(KIND, { consumers: [], publish: [] });
    const world = memoryWorld();
    const change = { ...(await freshChange(world, created, 'create')), noOverlap: false };
    expect(await runChange(world, change)).to.include({ outcome: 'undone', gap: null });
    expect(world.kv.value(policy.vault.path, 'key')).to.equal(undefined);
    expect(labelOf(world)).to.equal(undefined);
    expect((await journalOf(world, policy)).current).to.equal(null);
  });

  it('has no label to write where a creation never wrote anything', async () => {
    const created = policyOf(KIND, { consumers: [], publish: [] });
    const world = memoryWorld();
    world.kv.before = (_n, call) => {
      if (call.startsWith('patchMetadata')) throw fault('absent', 'no such path');
    };
    expect(await runNow(world, created, 'create')).to.include({ outcome: 'undone' });
    expect((await journalOf(world, policy)).open).to.equal(null);
  });

  it('fences a stage of unknown outcome: what lands later meets a conflict', async () => {
    const world = await established(KIND);
    world.kv.before = (_n, call) => {
      if (call === `write ${world.paths.pending(policy.id)}`)
        throw fault('timeout', 'no answer', { retriable: true, effect: 'unknown' });
    };
    expect(await runChange(world, changeOf(policy, 'rotate'))).to.include({ outcome: 'failed' });
    world.kv.before = () => undefined;
    expect(await runNow(memoryWorld(world), policy, 'resume')).to.include({ outcome: 'rotated' });
    const late = world.kv.write(world.paths.pending(policy.id), { value: 'late', rotation: 'x' }, 0);
    expect(await late.catch((error: unknown) => error)).to.have.nested.property('details.kind', 'conflict');
    expect(world.kv.value(world.paths.pending(policy.id), 'value')).to.equal(undefined);
  });

  it('stays to be done where it fails, and says so', async () => {
    const world = await established(KIND);
    world.kv.before = (_n, call) => {
      if (call.startsWith('write keyturn/test/history')) throw fault('denied', 'no');
    };
    expect(await runChange(world, changeOf(policy, 'rotate'))).to.include({ outcome: 'failed' });
    expect((await journalOf(world, policy)).open?.outcome).to.equal('rotated');
  });
});
