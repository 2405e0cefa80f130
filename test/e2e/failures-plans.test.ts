import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { jsonOf } from '../support/cli.js';
import { expectEnd } from '../support/end-to-end/expect-end.js';
import { pathOf, seedOverdue, writeInventory } from '../support/end-to-end/inventory.js';
import type { Scene } from '../support/end-to-end/scene.js';
import { stageOf } from '../support/end-to-end/stage.js';
import { onBothWorlds, type Servers } from '../support/end-to-end/worlds.js';
import { eventually } from '../support/real/eventually.js';

interface PlanFile {
  readonly digest: string;
  readonly validUntil: string;
}

const SIX = ['a', 'b', 'c', 'd', 'e', 'f'] as const;

function body(servers: Servers): void {
  const stage = stageOf(servers);
  const scene = (): Scene => stage().scene;

  /** Nothing was ever created at the place of this policy. */
  async function expectNothing(name: string): Promise<void> {
    const { status } = await scene().vault.send('GET', pathOf(scene(), name).replace('/', '/data/'));
    expect(status).to.equal(404);
  }

  async function savedPlan(limits = ''): Promise<PlanFile> {
    writeInventory(scene(), { limits, policies: { one: '' } });
    expectEnd(await scene().run(['plan', '--out', 'plan.json']), 0, '1 to create');
    return JSON.parse(scene().read('plan.json')) as PlanFile;
  }

  it('says how to make a plan file where there is none, or none that can be used', async () => {
    writeInventory(scene(), { policies: { one: '' } });
    expectEnd(await scene().run(['apply', 'plan.json']), 65, '`plan.json`', 'keyturn plan --out');
    expectEnd(await scene().run(['show', 'plan.json']), 65, '`plan.json`', 'keyturn plan --out');
    for (const text of ['', 'no JSON', '{}', '[]', '{"format":99}']) {
      scene().write('plan.json', text);
      expectEnd(await scene().run(['apply', 'plan.json']), 65, '`plan.json`', 'keyturn plan --out');
    }
    await expectNothing('one');
  });

  it('refuses a plan file that was edited', async () => {
    const plan = await savedPlan();
    const text = JSON.stringify(plan);
    scene().write('plan.json', text.replaceAll(`"${pathOf(scene(), 'one')}"`, `"${pathOf(scene(), 'two')}"`));
    expectEnd(await scene().run(['apply', 'plan.json']), 5, 'edited');
    await expectNothing('one');
    await expectNothing('two');
  });

  it('refuses a plan file that is not the approved one', async () => {
    const { digest } = await savedPlan();
    const other = digest.replace(/^./, (first) => (first === '0' ? '1' : '0'));
    expectEnd(await scene().run(['apply', 'plan.json', '--digest', other]), 5, digest, other);
    expectEnd(await scene().run(['apply', '--auto-approve', '--digest', other]), 5, digest, other);
    await expectNothing('one');
    expectEnd(await scene().run(['apply', 'plan.json', '--digest', digest]), 0);
  });

  it('refuses a plan file that is no longer valid, and says until when it was', async () => {
    const { validUntil } = await savedPlan(', planValidFor: 1s');
    await eventually(
      () => Promise.resolve(Date.now()),
      (now) => now > Date.parse(validUntil),
      { what: 'the plan ends' },
    );
    expectEnd(await scene().run(['apply', 'plan.json']), 5, `valid until ${validUntil}`, 'keyturn plan --out');
    await expectNothing('one');
  });

  it('refuses a plan of another inventory', async () => {
    await savedPlan();
    const settings = scene().read('policies/keyturn.yaml');
    scene().write('policies/keyturn.yaml', settings.replace(scene().name, `${scene().name}-other`));
    expectEnd(await scene().run(['apply', 'plan.json']), 5, scene().name, `${scene().name}-other`);
    await expectNothing('one');
  });

  it('refuses planning flags beside a plan file', async () => {
    await savedPlan();
    expectEnd(await scene().run(['apply', 'plan.json', '--target', 'app/*']), 64, '--target');
    expectEnd(await scene().run(['apply', 'plan.json', '--exclude', 'app/*']), 64, '--exclude');
  });

  it('refuses a checkout that is older than the one that was applied last', async () => {
    writeInventory(scene(), { policies: { one: '' } });
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-C', scene().path('policies'), ...args], {
        env: {
          ...process.env,
          GIT_CONFIG_GLOBAL: '/dev/null',
          GIT_AUTHOR_NAME: 'a',
          GIT_AUTHOR_EMAIL: 'a@example.com',
          GIT_COMMITTER_NAME: 'a',
          GIT_COMMITTER_EMAIL: 'a@example.com',
          GIT_COMMITTER_DATE: args.includes('--allow-empty') ? '2026-02-02T00:00:00Z' : '2026-01-01T00:00:00Z',
        },
        encoding: 'utf8',
      }).trim();
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'first');
    git('commit', '-qm', 'second', '--allow-empty');
    const newest = git('rev-parse', '--short=7', 'HEAD');
    expectEnd(await scene().run(['apply', '--auto-approve']), 0);
    git('checkout', '-q', 'HEAD~1');
    const oldest = git('rev-parse', '--short=7', 'HEAD');
    const retried = await scene().run(['rotate', 'app/one', '--auto-approve']);
    expectEnd(retried, 5, oldest, newest, 'newest pipeline');
    git('checkout', '-q', '-');
    expectEnd(await scene().run(['rotate', 'app/one', '--auto-approve']), 0);
  });

  it('prints a plan that is over maxChanges, refuses to run it, and lets a person have it all the same', async () => {
    writeInventory(scene(), { limits: ', maxChanges: 1', policies: { one: '', two: '' } });
    const phrases = ['2 to create', 'maxChanges', '--over-limit'];
    expectEnd(await scene().run(['plan', '--out', 'plan.json']), 6, ...phrases);
    expectEnd(await scene().run(['apply', '--auto-approve']), 6, ...phrases);
    expectEnd(await scene().run(['apply', 'plan.json']), 6, 'maxChanges');
    await expectNothing('one');
    expectEnd(await scene().run(['apply', '--auto-approve', '--target', 'app/one']), 0);
    expectEnd(await scene().run(['apply', '--auto-approve', '--over-limit']), 0);
  });

  it('refuses to rotate more than maxShare of the secrets at once', async () => {
    const policies = Object.fromEntries(SIX.map((name) => [name, '']));
    writeInventory(scene(), { policies });
    scene().write(
      'policies/keyturn.yaml',
      scene().read('policies/keyturn.yaml').replace('maxShare: 100%', 'maxShare: 40%'),
    );
    await seedOverdue(scene(), ['a', 'b', 'c']);
    expectEnd(await scene().run(['plan']), 6, '3 to rotate, 3 to create', '3 of 6 secrets (50%)', 'maxShare');
    const before = await scene().live(pathOf(scene(), 'a'));
    expectEnd(await scene().run(['apply', '--auto-approve']), 6, 'maxShare');
    expect(await scene().live(pathOf(scene(), 'a'))).to.deep.equal(before);
  });

  it('holds due work back for a closed window, by name, and goes on when told to', async () => {
    const tomorrow = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'][(new Date().getUTCDay() + 2) % 7] ?? 'MON';
    const schedules = `  narrow: { every: 30d, window: later }
windows:
  later: { cron: "0 12 * * ${tomorrow}", lasts: 1h, timezone: UTC }
`;
    writeInventory(scene(), { schedules, policies: { one: 'schedule: narrow\n' } });
    await seedOverdue(scene(), ['one']);
    const before = await scene().live(pathOf(scene(), 'one'));
    expectEnd(await scene().run(['plan']), 0, 'later', '--ignore-window');
    expectEnd(await scene().run(['plan', '--detailed-exitcode']), 7, 'later');
    expectEnd(await scene().run(['apply', '--auto-approve']), 7, 'later', '--ignore-window');
    expect(await scene().live(pathOf(scene(), 'one'))).to.deep.equal(before);
    expectEnd(await scene().run(['apply', '--auto-approve', '--ignore-window']), 0);
    expect(await scene().live(pathOf(scene(), 'one'))).to.not.deep.equal(before);
  });

  it('holds due work back in a freeze, with its reason, and records why it was ignored', async () => {
    const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const schedules = `freezes:
  - { name: audit, from: ${day(-1)}, to: ${day(1)}, timezone: UTC, reason: the auditors are here }
`;
    writeInventory(scene(), { schedules, policies: { one: '' } });
    await seedOverdue(scene(), ['one']);
    expectEnd(await scene().run(['apply', '--auto-approve']), 7, 'audit', 'the auditors are here', '--ignore-freeze');
    const ignored = await scene().run(['apply', '--auto-approve', '--ignore-freeze', 'they asked for it']);
    expectEnd(ignored, 0);
    expectEnd(await scene().run(['history', 'app/one', '--details']), 0, 'they asked for it');
  });

  it('says the same in JSON, with the exit code in it', async () => {
    await savedPlan();
    scene().write('plan.json', 'no JSON');
    const result = await scene().run(['apply', 'plan.json', '--json']);
    expect(result.code).to.equal(65);
    const error = jsonOf(result) as { exitCode: number; diagnostics: { action: string }[] };
    expect(error.exitCode).to.equal(65);
    expect(error.diagnostics[0]?.action).to.include('keyturn plan --out');
    expect(result.stderr).to.equal('');
  });
}

onBothWorlds('failures of plans', ['openbao'], body);
