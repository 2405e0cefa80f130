import { expect } from 'chai';
import type { ChangeResult } from '../../../src/domain/events.js';
import type { SecretId } from '../../../src/domain/ids.js';
import type { Change } from '../../../src/domain/plan.js';
import type { Policy } from '../../../src/domain/policy.js';
import { runChanges } from '../../../src/executor/run.js';
import { fault } from '../../support/memory-kv.js';
import { changeOf, memoryWorld, policyOf, type TestWorld } from '../../support/memory-world.js';
import { OPTIONS } from '../../support/rotation.js';

/** A secret that nobody restarts for: one value in Vault. */
function plain(name: string, more: Partial<Policy> = {}): Policy {
  const { verify: _verify, ...policy } = policyOf('kv-random');
  return {
    ...policy,
    id: name as SecretId,
    vault: { path: `secret/${name}`, field: 'key' },
    publish: [],
    consumers: [],
    ...more,
  };
}

function changes(names: readonly string[], more: Partial<Change> = {}): readonly Change[] {
  return names.map((name) => ({ ...changeOf(plain(name), 'create'), ...more }));
}

function limited(limits: Partial<TestWorld['limits']>): TestWorld {
  const world = memoryWorld();
  return { ...world, limits: { ...world.limits, ...limits } };
}

/** Promoting these is refused, taking it back is not; they end undone. */
function refusePromote(world: TestWorld, names: readonly string[]): void {
  const left = new Set(names.map((name) => `write secret/${name}`));
  world.kv.before = (_n, call) => {
    if (left.delete(call)) throw fault('denied', 'no');
  };
}

/** Nothing is written to these any more; they end stuck. */
function refuseWrites(world: TestWorld, names: readonly string[]): void {
  world.kv.before = (_n, call) => {
    if (names.some((name) => call === `write secret/${name}`)) throw fault('denied', 'no');
  };
}

function outcomes(results: readonly ChangeResult[]): Record<string, string> {
  return Object.fromEntries(results.map(({ id, outcome }) => [id, outcome]));
}

/** The most changes that were on their way at the same time, and the order in which they started. */
function course(world: TestWorld): { readonly most: number; readonly order: readonly string[] } {
  let [now, most] = [0, 0];
  const order: string[] = [];
  for (const event of world.events) {
    if (event.type === 'changeStarted') {
      now += 1;
      order.push(event.id);
    }
    if (event.type === 'changeEnded') now -= 1;
    most = Math.max(most, now);
  }
  return { most, order };
}

describe('[U] executor: running the changes of a plan', () => {
  it('carries out as many side by side as parallelism allows', async () => {
    for (const parallelism of [1, 2, 5]) {
      const world = limited({ parallelism });
      const results = await runChanges(world, changes(['a', 'b', 'c', 'd', 'e']), OPTIONS);
      expect(new Set(results.map(({ outcome }) => outcome))).to.deep.equal(new Set(['rotated']));
      expect(course(world).most).to.equal(parallelism);
    }
  });

  it('carries out the changes of one chain one after the other, in the order of the plan', async () => {
    const world = memoryWorld();
    await runChanges(world, changes(['c', 'a', 'b'], { chain: 'a' }), OPTIONS);
    expect(course(world)).to.deep.equal({ most: 1, order: ['c', 'a', 'b'] });
  });

  it('goes on with a chain where one of it failed', async () => {
    const world = memoryWorld();
    refusePromote(world, ['a']);
    const results = await runChanges(world, changes(['a', 'b'], { chain: 'a' }), OPTIONS);
    expect(outcomes(results)).to.deep.equal({ a: 'undone', b: 'rotated' });
  });

  it('starts what depends on another only after that is settled', async () => {
    const world = memoryWorld();
    const [a, b] = changes(['a', 'b']);
    if (a === undefined || b === undefined) throw new Error('two changes');
    await runChanges(world, [a, { ...b, dependsOn: ['a'] }], OPTIONS);
    const told = world.events.flatMap((event) =>
      event.type === 'changeStarted' || event.type === 'changeEnded' ? [`${event.type} ${event.id}`] : [],
    );
    expect(told).to.deep.equal(['changeStarted a', 'changeEnded a', 'changeStarted b', 'changeEnded b']);
  });

  it('does not start what depends on a failed one, nor what depends on that', async () => {
    const world = memoryWorld();
    refusePromote(world, ['a']);
    const [a, b, c] = changes(['a', 'b', 'c']);
    if (a === undefined || b === undefined || c === undefined) throw new Error('three changes');
    const results = await runChanges(world, [a, { ...b, dependsOn: ['a'] }, { ...c, dependsOn: ['b'] }], OPTIONS);
    expect(outcomes(results)).to.deep.equal({ a: 'undone', b: 'notStarted', c: 'notStarted' });
    expect(results[1]?.reason).to.equal('a, which it depends on, is not settled');
  });

  it('takes a dependency that is not part of this run as settled', async () => {
    const world = memoryWorld();
    const [a] = changes(['a'], { dependsOn: ['elsewhere'] });
    if (a === undefined) throw new Error('one change');
    expect(outcomes(await runChanges(world, [a], OPTIONS))).to.deep.equal({ a: 'rotated' });
  });

  it('starts nothing new once more changes failed than the failure budget', async () => {
    const world = limited({ parallelism: 1, failureBudget: 1 });
    refusePromote(world, ['a', 'b']);
    const results = await runChanges(world, changes(['a', 'b', 'c']), OPTIONS);
    expect(outcomes(results)).to.deep.equal({ a: 'undone', b: 'undone', c: 'notStarted' });
    expect(results[2]?.reason).to.equal('2 changes failed, more than failureBudget 1');
  });

  it('tolerates as many failures as the budget says', async () => {
    const world = limited({ parallelism: 1, failureBudget: 2 });
    refusePromote(world, ['a', 'b']);
    const results = await runChanges(world, changes(['a', 'b', 'c']), OPTIONS);
    expect(outcomes(results)).to.deep.equal({ a: 'undone', b: 'undone', c: 'rotated' });
  });

  it('counts a change that got stuck in this run, but not one that was known to be', async () => {
    const world = limited({ parallelism: 1, failureBudget: 0 });
    refuseWrites(world, ['a']);
    const first = await runChanges(world, changes(['a', 'b']), OPTIONS);
    expect(outcomes(first)).to.deep.equal({ a: 'stuck', b: 'notStarted' });
    const again = await runChanges(world, [...changes(['a'], { action: 'resume' }), ...changes(['b'])], OPTIONS);
    expect(outcomes(again)).to.deep.equal({ a: 'stuck', b: 'rotated' });
  });

  it('asks whether a change may start only when its turn has come', async () => {
    const world = limited({ parallelism: 1 });
    const asked: string[] = [];
    const results = await runChanges(world, changes(['a', 'b']), {
      ...OPTIONS,
      mayStart: ({ id }) => {
        asked.push(`${id} after ${course(world).order.join()}`);
        return id === 'b' ? 'the window has closed' : undefined;
      },
    });
    expect(asked).to.deep.equal(['a after ', 'b after a']);
    expect(results[1]).to.include({ outcome: 'notStarted', reason: 'the window has closed', next: 'keyturn apply' });
  });

  it('finishes claimed work whatever budget and calendar say', async () => {
    const world = limited({ parallelism: 1, failureBudget: 0 });
    refusePromote(world, ['a']);
    const [a, b] = [...changes(['a']), ...changes(['b'], { action: 'resume' })];
    if (a === undefined || b === undefined) throw new Error('two changes');
    const results = await runChanges(world, [a, b], {
      ...OPTIONS,
      mayStart: ({ id }) => (id === 'a' ? undefined : 'closed'),
    });
    expect(results[1]).to.include({ outcome: 'rotated', reason: 'another run finished it' });
  });

  it('tells the start, the changes and the end of a run', async () => {
    const world = memoryWorld();
    const results = await runChanges(world, changes(['a']), OPTIONS);
    expect(world.events[0]).to.deep.equal({ type: 'runStarted', run: world.run, changes: ['a'] });
    expect(world.events.at(-1)).to.deep.equal({ type: 'runEnded', run: world.run, results });
  });

  it('is not ended for the others by the fault of one', async () => {
    const world = memoryWorld();
    world.kv.before = (_n, call) => {
      if (call === `read ${world.paths.journal('a')} current`)
        throw fault('unavailable', 'sealed', { retriable: true });
    };
    const results = await runChanges(world, changes(['a', 'b']), OPTIONS);
    expect(outcomes(results)).to.deep.equal({ a: 'failed', b: 'rotated' });
    expect(results[0]?.fault?.kind).to.equal('unavailable');
  });
});
