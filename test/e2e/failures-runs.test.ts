import { expect } from 'chai';
import { jsonOf, linesOf, type CliRun } from '../support/cli.js';
import { type Checker, startChecker } from '../support/end-to-end/checker.js';
import { expectEnd } from '../support/end-to-end/expect-end.js';
import { checkedBy, pathOf, seedOverdue, writeInventory } from '../support/end-to-end/inventory.js';
import type { Scene } from '../support/end-to-end/scene.js';
import { stageOf } from '../support/end-to-end/stage.js';
import { onBothWorlds, type Servers } from '../support/end-to-end/worlds.js';

/** The rights of a run on a scene's own paths, as a Vault policy; `secret` for the live paths. */
function rightsOf(scene: Scene, live: string): string {
  return `path "secret/data/${scene.name}/*" { capabilities = [${live}] }
path "secret/metadata/${scene.name}/*" { capabilities = ["read", "patch"] }
path "secret/subkeys/${scene.name}/*" { capabilities = ["read"] }
path "secret/config" { capabilities = ["read"] }
path "keyturn/*" { capabilities = ["create", "read", "update", "list", "delete"] }`;
}

interface SecretStatus {
  readonly id: string;
  readonly state: string;
}

function body(servers: Servers): void {
  const stage = stageOf(servers);
  const scene = (): Scene => stage().scene;
  let checker: Checker;

  beforeEach(async () => {
    checker = await startChecker();
    // Whatever is logged is searched for secrets like everything else.
    scene().env = { KEYTURN_LOG_LEVEL: 'debug' };
    writeInventory(scene(), { policies: { one: checkedBy(checker.url) } });
    await seedOverdue(scene(), ['one']);
  });
  afterEach(async () => {
    await checker.close();
  });

  const live = async (): Promise<string> => (await scene().live(pathOf(scene(), 'one')))['value'] ?? '';
  const markers = async (): Promise<number> =>
    (await scene().vault.send('GET', `keyturn/metadata/${scene().name}/open?list=true`)).status;
  const stateOf = async (id: string): Promise<string | undefined> => {
    const { secrets } = jsonOf(await scene().run(['status', '--json'])) as { secrets: readonly SecretStatus[] };
    return secrets.find((secret) => secret.id === id)?.state;
  };

  /** A run that has promoted the new value and waits in its check, which says neither yes nor no. */
  async function pausedRun(): Promise<CliRun> {
    checker.answer = () => 503;
    const asked = checker.asked();
    const run = scene().start(['apply', '--auto-approve']);
    await Promise.race([asked, run.ended]);
    return run;
  }

  /** From now on the new value is accepted and the old one is not. */
  function accept(old: string): void {
    checker.answer = (key) => (key === old ? 401 : 200);
  }

  async function expectFinished(old: string): Promise<void> {
    const fresh = await live();
    expect(fresh).to.not.equal(old);
    accept(old);
    expectEnd(await scene().run(['apply', '--auto-approve']), 0);
    expect(await live(), 'the same material, not a third one').to.equal(fresh);
    expectEnd(await scene().run(['plan', '--detailed-exitcode']), 0);
    expect(await markers(), 'no marker is left').to.equal(404);
  }

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`stops at ${signal} with the journal intact, and the next apply finishes`, async () => {
      const old = await live();
      const run = await pausedRun();
      run.child.kill(signal);
      expectEnd(await run.ended, code, 'Stopping after the call that is under way', 'interrupted', 'keyturn apply');
      expect(await stateOf('app/one')).to.equal('claimed');
      await expectFinished(old);
    });

    it(`says in JSON that it was stopped by ${signal}`, async () => {
      checker.answer = () => 503;
      const asked = checker.asked();
      const run = scene().start(['apply', '--auto-approve', '--json']);
      await Promise.race([asked, run.ended]);
      run.child.kill(signal);
      const result = await run.ended;
      expect(result.code).to.equal(code);
      expect(linesOf(result).at(-1)).to.include({ type: 'ending', exitCode: code });
    });
  }

  it('leaves at once at the second signal, and the next apply finishes after the lease has ended', async () => {
    const old = await live();
    const run = await pausedRun();
    const told = new Promise<void>((resolve) => {
      run.child.stderr?.on('data', (text: string) => text.includes('Stopping') && resolve());
    });
    checker.answer = () => new Promise(() => undefined);
    await checker.asked();
    run.child.kill('SIGINT');
    await Promise.race([told, run.ended]);
    run.child.kill('SIGINT');
    expectEnd(await run.ended, 130, 'Stopping after the call');
    await expectFinished(old);
  });

  it('takes nothing from a run that lives, and names it', async () => {
    const old = await live();
    const run = await pausedRun();
    const locked = await scene().run(['apply', '--auto-approve', '--lock-timeout', '1s']);
    expectEnd(locked, 8, 'app/one', 'in the hands of', 'keyturn apply');
    expectEnd(await scene().run(['unlock', 'app/one', '--auto-approve']), 64, 'app/one', 'is held by run', '--holder');
    expectEnd(await scene().run(['unlock', 'app/one', '--holder', '0123456789abcdef', '--auto-approve']), 8);
    expectEnd(await scene().run(['adopt', 'app/one', '--auto-approve']), 65, 'a change of it is open');
    expectEnd(await scene().run(['plan']), 0, 'has the lease');
    accept(old);
    expectEnd(await run.ended, 0, 'rotated');
    expect(await markers()).to.equal(404);
  });

  it('runs the others while one is locked, and says which is', async () => {
    const old = await live();
    const run = await pausedRun();
    writeInventory(scene(), { policies: { one: checkedBy(checker.url), two: '' } });
    expectEnd(await scene().run(['apply', '--auto-approve', '--lock-timeout', '1s']), 4, 'app/one', 'app/two');
    expect(await scene().live(pathOf(scene(), 'two'))).to.have.property('value');
    accept(old);
    expectEnd(await run.ended, 0);
  });

  it('goes back to the old value when the new one is refused, holds it with its reason, and can be told to try again', async () => {
    const old = await live();
    checker.answer = (key) => (key === old ? 200 : 401);
    expectEnd(
      await scene().run(['apply', '--auto-approve']),
      4,
      'the new value is refused (HTTP 401)',
      'keyturn why app/one',
    );
    expect(await live()).to.equal(old);
    expect(await stateOf('app/one')).to.equal('held');
    expectEnd(
      await scene().run(['plan', '--detailed-exitcode']),
      0,
      '1 held',
      'attempt 1 failed',
      'keyturn rotate app/one',
    );
    expectEnd(await scene().run(['apply', '--auto-approve']), 0, '1 held');
    expectEnd(await scene().run(['history', 'app/one']), 0, 'undone');
    accept(old);
    expectEnd(await scene().run(['rotate', 'app/one', '--auto-approve']), 0);
    expect(await live()).to.not.equal(old);
  });

  it('takes back a new secret that is refused', async () => {
    writeInventory(scene(), { policies: { two: checkedBy(checker.url) } });
    checker.answer = () => 401;
    const undone = await scene().run(['apply', '--auto-approve']);
    expectEnd(undone, 4, 'app/two', 'the new value is refused (HTTP 401)');
    expect(await scene().live(pathOf(scene(), 'two'))).to.deep.equal({});
    expect(await stateOf('app/two')).to.equal('held');
  });

  it('is stuck when the way back is refused as well, keeps both values, and goes on when what was wrong is put right', async () => {
    const old = await live();
    const { vault, name } = scene();
    await vault.policy(name, rightsOf(scene(), '"create", "read", "update", "patch"'));
    const token = await vault.token([name]);
    checker.answer = async () => {
      await vault.policy(name, rightsOf(scene(), '"read"'));
      return 401;
    };
    const stuck = await scene().run(['apply', '--auto-approve'], { token });
    expectEnd(stuck, 4, 'stuck', 'unpromote', 'keyturn recover app/one');
    expect(await stateOf('app/one')).to.equal('stuck');
    expectEnd(await scene().run(['plan', '--detailed-exitcode']), 0, 'stuck since', 'keyturn recover app/one');
    await vault.policy(name, rightsOf(scene(), '"create", "read", "update", "patch"'));
    expectEnd(await scene().run(['recover', 'app/one', '--auto-approve'], { token }), 4, 'the new value is refused');
    expect(await live()).to.equal(old);
    expect(await markers()).to.equal(404);
  });

  it('can be turned forward by a person when it is stuck', async () => {
    const old = await live();
    const { vault, name } = scene();
    await vault.policy(name, rightsOf(scene(), '"create", "read", "update", "patch"'));
    const token = await vault.token([name]);
    checker.answer = async () => {
      await vault.policy(name, rightsOf(scene(), '"read"'));
      return 401;
    };
    expectEnd(await scene().run(['apply', '--auto-approve'], { token }), 4, 'stuck');
    accept(old);
    expectEnd(await scene().run(['recover', 'app/one', '--forward', '--auto-approve']), 0, 'rotated');
    expect(await live()).to.not.equal(old);
    expectEnd(await scene().run(['plan', '--detailed-exitcode']), 0);
  });

  it('names what is not allowed before anything is made', async () => {
    const old = await live();
    const { vault, name } = scene();
    await vault.policy(name, rightsOf(scene(), '"read"'));
    const token = await vault.token([name]);
    const blocked = await scene().run(['apply', '--auto-approve'], { token });
    expectEnd(blocked, 4, `secret/data/${name}/one`, 'may not create, update, patch', 'Add to the Vault policy');
    expect(await live()).to.equal(old);
    expect(await markers()).to.equal(404);
  });

  it('starts nothing with a token that ends before the work would', async () => {
    const old = await live();
    const token = await scene().vault.token(['root'], { ttl: '2s', explicit_max_ttl: '2s' });
    const result = await scene().run(['apply', '--auto-approve'], { token });
    expect(result.code, result.stdout + result.stderr).to.be.oneOf([4, 77]);
    expect(await live()).to.equal(old);
  });

  it('stops starting others once more have failed than the budget allows', async () => {
    const names = ['p', 'q', 'r'];
    const policies = Object.fromEntries(names.map((name) => [name, checkedBy(checker.url)]));
    writeInventory(scene(), {
      limits: ', failureBudget: 0, parallelism: 1',
      policies: { one: checkedBy(checker.url), ...policies },
    });
    checker.answer = () => 401;
    const result = await scene().run(['apply', '--auto-approve', '--target', 'app/*']);
    expectEnd(result, 4, 'failureBudget 0', 'Not started: app/');
  });
}

onBothWorlds('failures of runs', ['openbao'], body);
