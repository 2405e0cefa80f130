import { expect } from 'chai';
import { jsonOf, said } from '../support/cli.js';
import { expectEnd } from '../support/end-to-end/expect-end.js';
import { pathOf, seedOverdue, writeInventory, writePolicy } from '../support/end-to-end/inventory.js';
import type { Scene } from '../support/end-to-end/scene.js';
import { stageOf } from '../support/end-to-end/stage.js';
import { onBothWorlds, type Servers } from '../support/end-to-end/worlds.js';

interface PlanJson {
  readonly at: string;
  readonly digest: string;
  readonly changes: readonly { readonly id: string; readonly action: string }[];
}

function body(servers: Servers): void {
  const stage = stageOf(servers);
  const scene = (): Scene => stage().scene;

  const metadata = async (name: string): Promise<{ current_version: number }> => {
    const path = pathOf(scene(), name).replace('/', '/metadata/');
    return (await scene().vault.ask<{ data: { current_version: number } }>('GET', path)).data;
  };
  const versionOf = async (name: string): Promise<number> => (await metadata(name)).current_version;
  const nothingToDo = async (): Promise<void> =>
    expectEnd(await scene().run(['plan', '--detailed-exitcode']), 0, 'No changes');

  /** Two secrets that are overdue, one that is missing. */
  async function three(): Promise<void> {
    writeInventory(scene(), { policies: { one: '', two: '', three: '' } });
    await seedOverdue(scene(), ['one', 'two']);
  }

  it('carries out what was saved, and leaves nothing to do', async () => {
    await three();
    expectEnd(await scene().run(['plan', '--out', 'plan.json', '--detailed-exitcode']), 2, '2 to rotate, 1 to create');
    expectEnd(await scene().run(['show', 'plan.json']), 0, '2 to rotate, 1 to create');
    expectEnd(await scene().run(['apply', 'plan.json']), 0, '3 done, 0 failed');
    expect(await Promise.all(['one', 'two', 'three'].map(versionOf))).to.deep.equal([2, 2, 1]);
    await nothingToDo();
  });

  it('runs a saved plan once, however often it is applied', async () => {
    await three();
    expectEnd(await scene().run(['plan', '--out', 'plan.json']), 0);
    expectEnd(await scene().run(['apply', 'plan.json']), 0);
    expectEnd(await scene().run(['apply', 'plan.json']), 0, 'app/one: already done', 'app/three: already done');
    expect(await Promise.all(['one', 'two', 'three'].map(versionOf))).to.deep.equal([2, 2, 1]);
    await nothingToDo();
  });

  it('runs a saved plan once, also when two runs apply it at the same time', async () => {
    await three();
    expectEnd(await scene().run(['plan', '--out', 'plan.json']), 0);
    const runs = await Promise.all([scene().run(['apply', 'plan.json']), scene().run(['apply', 'plan.json'])]);
    for (const run of runs) expect(run.code, said(run)).to.be.oneOf([0, 4, 5, 8]);
    expect(await Promise.all(['one', 'two', 'three'].map(versionOf))).to.deep.equal([2, 2, 1]);
    await nothingToDo();
  });

  it('names what has become stale, and runs the rest', async () => {
    await three();
    expectEnd(await scene().run(['plan', '--out', 'plan.json']), 0);
    writePolicy(scene(), 'one', 'spec: { length: 40 }\n');
    const applied = await scene().run(['apply', 'plan.json']);
    expectEnd(applied, 4, 'app/one', 'the policy changed', 'keyturn plan --out', '2 done');
    expect(await Promise.all(['one', 'two', 'three'].map(versionOf))).to.deep.equal([1, 2, 1]);
    const again = await scene().run(['apply', 'plan.json']);
    expectEnd(again, 5, 'app/one', 'the policy changed', 'app/two: already done');
  });

  it('names a live path that somebody wrote to after the plan, and leaves it alone', async () => {
    await three();
    expectEnd(await scene().run(['plan', '--out', 'plan.json', '--target', 'app/one']), 0);
    const data = { value: scene().secret('canary-of-somebody-else') };
    await scene().vault.ask('POST', pathOf(scene(), 'one').replace('/', '/data/'), { data });
    expectEnd(await scene().run(['apply', 'plan.json']), 5, 'app/one', 'a value that keyturn did not write is live');
    expect(await scene().live(pathOf(scene(), 'one'))).to.deep.equal(data);
  });

  it('does not run what has become due since', async () => {
    writeInventory(scene(), { policies: { one: '', two: '' } });
    await seedOverdue(scene(), ['one']);
    expectEnd(await scene().run(['apply', '--auto-approve', '--target', 'app/two']), 0);
    expectEnd(await scene().run(['plan', '--out', 'plan.json']), 0, '1 to rotate');
    await seedOverdue(scene(), ['two']);
    expectEnd(await scene().run(['apply', 'plan.json']), 0, 'app/two: not approved', '1 done');
    expectEnd(await scene().run(['plan', '--detailed-exitcode']), 2, 'app/two', '1 to rotate');
    expectEnd(await scene().run(['apply', '--auto-approve']), 0);
    await nothingToDo();
  });

  it('runs a plan whose digest the approver names, also from a file that was written anew', async () => {
    await three();
    expectEnd(await scene().run(['plan', '--out', 'plan.json']), 0);
    const first = JSON.parse(scene().read('plan.json')) as PlanJson;
    expectEnd(await scene().run(['plan', '--out', 'plan.json']), 0);
    expectEnd(await scene().run(['apply', 'plan.json', '--digest', first.digest]), 0, '3 done');
    await nothingToDo();
  });

  it('plans and applies what is named alone, and says what is near where nothing matches', async () => {
    await three();
    expectEnd(await scene().run(['plan', '--target', 'app/on']), 64, 'app/on', 'Did you mean `app/one`?');
    expectEnd(await scene().run(['apply', '--auto-approve', '--exclude', 'ap/two']), 64, 'Did you mean `app/two`?');
    expectEnd(await scene().run(['apply', '--auto-approve', '--exclude', 'app/t*']), 0, '1 done');
    expect(await versionOf('one')).to.equal(2);
    expect(await versionOf('two')).to.equal(1);
    expectEnd(await scene().run(['apply', '--auto-approve', '--target', 'app/t*']), 0, '2 done');
    await nothingToDo();
  });

  it('judges at another time without changing anything', async () => {
    writeInventory(scene(), { policies: { one: '' } });
    expectEnd(await scene().run(['apply', '--auto-approve']), 0);
    await nothingToDo();
    const later = await scene().run(['plan', '--at', '2036-01-01', '--json', '--detailed-exitcode']);
    expectEnd(later, 2);
    const { at, changes } = jsonOf(later) as PlanJson;
    expect(at).to.equal('2036-01-01T00:00:00.000Z');
    expect(changes.map(({ id, action }) => `${action} ${id}`)).to.deep.equal(['rotate app/one']);
    expectEnd(await scene().run(['why', 'app/one', '--at', '2036-01-01']), 0, 'Overdue');
    expectEnd(await scene().run(['apply', '--auto-approve', '--at', '2036-01-01']), 64, '--at');
    expect(await versionOf('one')).to.equal(1);
  });

  it('gives the same bytes for the same inputs and the same time', async () => {
    await three();
    for (const command of ['plan', 'status', 'drift']) {
      const args = [command, '--json', '--at', '2027-03-01T12:00:00Z'];
      const [first, second] = await Promise.all([scene().run(args), scene().run(args)]);
      expect(first.code, said(first)).to.equal(0);
      expect(first.stdout).to.equal(second.stdout);
      expect(first.stderr).to.equal('');
    }
    for (const file of ['first.json', 'second.json'])
      expectEnd(await scene().run(['plan', '--at', '2027-03-01T12:00:00Z', '--out', file]), 0);
    expect(scene().read('first.json')).to.equal(scene().read('second.json'));
  });

  it('changes nothing without a terminal and without approval', async () => {
    await three();
    const changing = [['apply'], ['apply', '--json'], ['rotate', 'app/one'], ['adopt', 'app/one']];
    for (const result of await Promise.all(changing.map((args) => scene().run(args))))
      expectEnd(result, 64, '--auto-approve');
    expect(await versionOf('one')).to.equal(1);
  });

  it('leaves nothing to do after each kind of apply', async () => {
    writeInventory(scene(), { policies: { one: '', two: '' } });
    expectEnd(await scene().run(['apply', '--auto-approve']), 0, '2 done');
    await nothingToDo();
    expectEnd(await scene().run(['rotate', 'app/one', '--auto-approve']), 0);
    await nothingToDo();
    expectEnd(await scene().run(['adopt', 'app/one', '--auto-approve']), 0);
    await nothingToDo();
    await seedOverdue(scene(), ['two']);
    expectEnd(await scene().run(['apply', '--auto-approve']), 0, '1 done');
    await nothingToDo();
    expectEnd(await scene().run(['apply', '--auto-approve']), 0, 'No changes');
  });
}

onBothWorlds('plans', ['openbao'], body);
