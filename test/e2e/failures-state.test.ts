import { expect } from 'chai';
import { expectEnd } from '../support/end-to-end/expect-end.js';
import { pathOf, seedOverdue, writeInventory, writePolicy } from '../support/end-to-end/inventory.js';
import { Scene } from '../support/end-to-end/scene.js';
import { stageOf } from '../support/end-to-end/stage.js';
import { onBothWorlds, type Servers } from '../support/end-to-end/worlds.js';

function body(servers: Servers): void {
  const stage = stageOf(servers);
  const scene = (): Scene => stage().scene;

  const statePath = (name: string): string => `keyturn/data/${scene().name}/${name}`;
  const writeState = (name: string, data: Record<string, string>): Promise<unknown> =>
    scene().vault.ask('POST', statePath(name), { data });

  /** Two overdue secrets, the first with a journal of that text. */
  async function withJournal(text: string): Promise<void> {
    writeInventory(scene(), { policies: { one: '', two: '' } });
    await seedOverdue(scene(), ['one', 'two']);
    await writeState('journal/app.one', { journal: text });
  }

  it('names a journal that is damaged, does nothing to its secret, and goes on with the others', async () => {
    await withJournal('no JSON');
    const before = await scene().live(pathOf(scene(), 'one'));
    const journal = `keyturn/${scene().name}/journal/app.one`;
    expectEnd(await scene().run(['plan']), 65, '1 to rotate', '1 not observed', journal, 'cannot be read');
    expectEnd(await scene().run(['status']), 65, 'app/one', 'app/two');
    expectEnd(await scene().run(['apply', '--auto-approve']), 4, journal, '1 done');
    expect(await scene().live(pathOf(scene(), 'one'))).to.deep.equal(before);
    expectEnd(await scene().run(['apply', '--auto-approve']), 65, journal);
    expectEnd(await scene().run(['rotate', 'app/one', '--auto-approve']), 65, journal);
    expectEnd(await scene().run(['adopt', 'app/one', '--auto-approve']), 65, 'app/one', 'cannot be read');
  });

  it('says to use a newer keyturn where a journal is of a newer format', async () => {
    await withJournal('{"format":99}');
    expectEnd(await scene().run(['plan']), 65, 'another keyturn', '1 to rotate');
    expectEnd(await scene().run(['unlock', 'app/one', '--auto-approve']), 65, 'app/one', 'another keyturn');
  });

  it('refuses a state mount that forgets', async () => {
    writeInventory(scene(), { policies: { one: '' } });
    const { vault } = scene();
    await vault.ask('POST', 'keyturn/config', { delete_version_after: '1h' });
    try {
      expectEnd(await scene().run(['plan']), 65, 'keyturn/', '3600s', 'delete_version_after=0s');
    } finally {
      await vault.ask('POST', 'keyturn/config', { delete_version_after: '0s' });
    }
    expectEnd(await scene().run(['plan']), 0);
  });

  it('makes nothing with a fingerprint key that was deleted', async () => {
    writeInventory(scene(), { policies: { one: '' } });
    await seedOverdue(scene(), ['one']);
    await scene().vault.ask('DELETE', statePath('fingerprint-key'));
    const before = await scene().live(pathOf(scene(), 'one'));
    expectEnd(await scene().run(['apply', '--auto-approve']), 65, 'fingerprint-key', 'restore');
    expect(await scene().live(pathOf(scene(), 'one'))).to.deep.equal(before);
  });

  it('says which live path lies on no mount, and plans the others', async () => {
    writeInventory(scene(), { policies: { one: '' } });
    writePolicy(scene(), 'lost');
    const lost = scene().read('policies/lost.yaml').replace('path: secret/', 'path: nowhere/');
    scene().write('policies/lost.yaml', lost);
    const path = `nowhere/${scene().name}/lost`;
    expectEnd(await scene().run(['plan']), 65, '1 to create', 'app/lost', path, 'nothing is mounted there');
  });

  it('removes a marker that no journal names, and leaves no trace of it', async () => {
    writeInventory(scene(), { policies: { one: '' } });
    expectEnd(await scene().run(['apply', '--auto-approve']), 0);
    await writeState('open/app.one/0123456789abcdef', { run: 'gone' });
    expectEnd(await scene().run(['apply', '--auto-approve']), 0);
    const { status } = await scene().vault.send('GET', `keyturn/metadata/${scene().name}/open?list=true`);
    expect(status).to.equal(404);
    expectEnd(await scene().run(['plan', '--detailed-exitcode']), 0, 'No changes');
  });

  it('leaves the other fields of a live path as they are', async () => {
    writeInventory(scene(), { policies: { one: '' } });
    const data = pathOf(scene(), 'one').replace('/', '/data/');
    const sibling = scene().secret('canary-of-a-sibling');
    await scene().vault.ask('POST', data, { data: { value: scene().secret('canary-of-old'), sibling } });
    expectEnd(await scene().run(['adopt', 'app/one', '--born', '2026-01-01', '--auto-approve']), 0);
    expectEnd(await scene().run(['apply', '--auto-approve']), 0);
    const now = await scene().live(pathOf(scene(), 'one'));
    expect(now['sibling']).to.equal(sibling);
    expect(now['value']).to.not.equal('canary-of-old');
  });

  it('settles the open change of a policy that is gone', async () => {
    writeInventory(scene(), { policies: { one: '', two: '' } });
    await seedOverdue(scene(), ['one']);
    const killed = await scene().run(['apply', '--auto-approve', '--target', 'app/one'], {
      onOutput: (text, child) => void (/✓ stage/.test(text) && child.kill('SIGKILL')),
    });
    expect(killed.signal).to.equal('SIGKILL');
    writePolicy(scene(), 'one');
    scene().write('policies/one.yaml', '# gone\n');
    expectEnd(await scene().run(['plan']), 0, 'Orphaned', 'app/one');
    expectEnd(await scene().run(['apply', '--auto-approve']), 0, 'app/one');
    expectEnd(await scene().run(['plan', '--detailed-exitcode']), 0, 'No changes');
  });
}

onBothWorlds('failures of state', ['openbao'], body);

describe('[I] what the suites search for secrets', () => {
  it('finds one raw, in base64 at any offset, in hex and in a URL', () => {
    const scene = new Scene({ rootToken: 'unused-root-token' } as Scene['vault']);
    const secret = scene.secret('canary/of+the search=');
    const bytes = Buffer.from(secret);
    const texts = {
      raw: `x${secret}x`,
      hex: bytes.toString('hex'),
      url: encodeURIComponent(secret),
      base64: Buffer.from(`{"a":"${secret}","b":1}`).toString('base64'),
      base64Later: Buffer.from(`{"ab":"${secret}"}`).toString('base64'),
      base64Last: Buffer.from(`{"abc":"${secret}"}`).toString('base64'),
    };
    for (const [name, text] of Object.entries(texts)) scene.write(name, text);
    scene.write('innocent', 'canary');
    try {
      expect(scene.leaks().toSorted()).to.deep.equal(Object.keys(texts).toSorted());
    } finally {
      scene.close();
    }
  });
});
