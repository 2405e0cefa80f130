import { expect } from 'chai';
import {
  type Arena,
  bothServers,
  type Desk,
  openBaoAlone,
  type Start,
  startArena,
  vaultAlone,
} from '../support/arena.js';
import { sideBySide } from '../support/aside.js';
import { type CliResult, linesOf, said } from '../support/cli.js';
import { startChecker } from '../support/end-to-end/checker.js';
import {
  expectCode,
  expectNothingToDo,
  expectWhollyNew,
  fingerprints,
  liveValue,
  liveVersion,
  policyOf,
  Records,
  requests,
  settingsOf,
  startConsumers,
  type Subject,
} from '../support/lane.js';
import type { Passing, Verdict } from '../support/proxy.js';
import { describeReal } from '../support/real/require.js';

const LONGEST = 240_000;
const MONTHLY = 'schedule: { every: 30d }\n';
const AGES_AGO = '2026-01-01';

function filesOf(inventory: string, policies: readonly string[]): ReadonlyMap<string, string> {
  const numbered = policies.map((text, number) => [`secret-${number}.yaml`, text] as const);
  return new Map([['keyturn.yaml', settingsOf(inventory)], ...numbered]);
}

/** Values that were there before keyturn, and are overdue. */
async function overdue(arena: Arena, desk: Desk, subjects: readonly Subject[], isSeeded = false): Promise<void> {
  for (const { id, path } of subjects) {
    if (!isSeeded)
      await arena.ask('POST', `secret/data/${path}`, { data: { key: 'an old value' }, options: { cas: 0 } });
    expectCode(await desk.run('adopt', id, '--born', AGES_AGO, '--auto-approve'), 0);
  }
}

/** A process that keeps to the rules may find everything done, locked, or changed since it planned. */
const POLITE = [0, 4, 5, 8];

async function rotatedOnce(arena: Arena, runners: number): Promise<void> {
  const inventory = `crowd-${runners}`;
  const subjects = [1, 2, 3, 4].map((number): Subject => ({ id: `crowd/${number}`, path: `${inventory}/${number}` }));
  const files = filesOf(
    inventory,
    subjects.map((subject) => policyOf('kv-random', subject, MONTHLY)),
  );
  const desks = await Promise.all(Array.from({ length: runners }, () => arena.desk(files)));
  const [first] = desks;
  if (first === undefined) throw new Error('no runner');
  await overdue(arena, first, subjects);
  const results = await Promise.all(desks.map((desk) => desk.run('apply', '--auto-approve')));
  for (const result of results) expect(result.code, said(result)).to.be.oneOf(POLITE);
  expectCode(await first.run('apply', '--auto-approve'), 0);
  const records = new Records(arena, inventory);
  for (const subject of subjects) {
    expect(await liveVersion(arena, subject), `${subject.id} was written once`).to.equal(2);
    await records.expectSettled(subject, 1);
  }
  await expectNothingToDo(first);
}

function describeCrowds(title: string, start: () => Start): void {
  describe(title, function () {
    this.timeout(LONGEST);
    let arena: Arena;
    before(async () => {
      arena = await startArena(start());
    });
    after(() => arena.close());

    for (const runners of [2, 4])
      it(`rotate each of several due secrets exactly once when ${runners} apply at the same time`, () =>
        rotatedOnce(arena, runners));

    it('do not rob a holder that lives, however long it takes', () => holderIsNotRobbed(arena));

    it('end the lease of a dead run for nobody who cannot name it', () => unlockNeedsTheHolder(arena));
  });
}

/** The check keeps the holder in its verify step for longer than its lease lasts without heartbeats. */
async function holderIsNotRobbed(arena: Arena): Promise<void> {
  const checker = await startChecker();
  try {
    checker.answer = () => 503;
    const subject: Subject = { id: 'held/one', path: 'held-one' };
    const check = `verify:\n  http: { url: "${checker.url}", header: "Authorization: Bearer {value}", ok: [200] }\n`;
    const files = filesOf('held', [policyOf('kv-random', subject, check)]);
    const [holder, other] = [await arena.desk(files), await arena.desk(files)];
    const asked = checker.asked();
    const holding = holder.start('apply', '--auto-approve');
    await asked;
    for (const patience of ['1s', '10s']) {
      const turnedAway = await other.run('apply', '--auto-approve', '--lock-timeout', patience);
      expectCode(turnedAway, 8);
      expect(turnedAway.stdout).to.include('in the hands of');
    }
    checker.answer = () => 200;
    expectCode(await holding.ended, 0);
    await new Records(arena, 'held').expectSettled(subject, 1);
    expect(await liveVersion(arena, subject)).to.equal(1);
  } finally {
    await checker.close();
  }
}

async function unlockNeedsTheHolder(arena: Arena): Promise<void> {
  const subject: Subject = { id: 'unlocked/one', path: 'unlocked-one' };
  const desk = await arena.desk(filesOf('unlocked', [policyOf('kv-random', subject)]));
  const records = new Records(arena, 'unlocked');
  const dying = desk.start('apply', '--auto-approve');
  const rule = desk.vault.rule({
    match: requests.pending(subject),
    nth: 1,
    after: async (): Promise<Verdict> => {
      await dying.kill();
      return 'drop';
    },
  });
  await rule.acted;
  const holder = (await records.journal(subject))?.lease?.holder ?? '';
  const unlock = (...more: string[]): Promise<CliResult> => desk.run('unlock', subject.id, '--auto-approve', ...more);
  const unnamed = await unlock();
  expectCode(unnamed, 64);
  expect(said(unnamed), 'it says whose it is').to.include(holder);
  expectCode(await unlock('--holder', '0123456789abcdef'), 8);
  expect((await records.journal(subject))?.lease?.holder, 'still held').to.equal(holder);
  expectCode(await unlock('--holder', holder), 0);
  expect((await records.journal(subject))?.lease).to.equal(null);
  expectCode(await desk.run('apply', '--auto-approve', '--lock-timeout', '0s'), 0);
  await records.expectSettled(subject, 1);
}

describeCrowds('[I] runners of one embedded Vault', vaultAlone);

describeReal('openbao', '[I] runners of one OpenBao', () => {
  describeCrowds('as real processes', openBaoAlone);
});

/** Where a run falls asleep: its request is on its way, and arrives when another run has finished; or the answer waits for it. */
interface Sleep {
  readonly name: string;
  readonly server: 'vault' | 'kubernetes';
  readonly match: (subject: Subject) => (request: Passing) => boolean;
  readonly nth: number;
  readonly isLate: boolean;
}

const SLEEPS: readonly Sleep[] = [
  { name: 'with promote on its way', server: 'vault', match: requests.promote, nth: 1, isLate: true },
  { name: 'with publish on its way', server: 'kubernetes', match: requests.publish, nth: 1, isLate: true },
  { name: 'with restart on its way', server: 'kubernetes', match: requests.restart, nth: 1, isLate: true },
  { name: 'with a journal write on its way', server: 'vault', match: requests.journal, nth: 3, isLate: true },
  { name: 'before it hears that promote took effect', server: 'vault', match: requests.promote, nth: 1, isLate: false },
  { name: 'while it waits for the pods', server: 'kubernetes', match: requests.pods, nth: 2, isLate: false },
];

/** Asleep past its lease, while another run finishes the work; then it wakes, and its late request arrives. */
async function zombieChangesNothing(arena: Arena, sleep: Sleep, number: number): Promise<void> {
  const name = `zombie-${number}`;
  const { service, subjects } = await startConsumers(arena, name);
  const [subject] = subjects;
  if (subject === undefined) throw new Error('a consumer without a value');
  try {
    const files = filesOf(name, [policyOf('litellm-master-key', subject)]);
    const [sleeper, other] = [await arena.desk(files), await arena.desk(files)];
    const records = new Records(arena, name);
    const old = await liveValue(arena, subject);
    const zombie = sleeper.start('rotate', subject.id, '--auto-approve');
    let deliver: () => void = () => undefined;
    const delivery = new Promise<void>((resolve) => (deliver = resolve));
    const fallAsleep = new Promise<void>((asleep) => {
      const wait = async (): Promise<undefined> => {
        zombie.stop();
        asleep();
        await delivery;
        return undefined;
      };
      const side = sleep.isLate ? 'before' : 'after';
      sleeper[sleep.server]?.rule({ match: sleep.match(subject), nth: sleep.nth, [side]: wait });
    });
    await fallAsleep;
    expectCode(await other.run('apply', '--auto-approve'), 0);
    await expectWhollyNew(arena, subject, old);
    await records.expectSettled(subject, 1);
    const finished = await fingerprints(arena, records, subject);
    deliver();
    zombie.wake();
    const woken = await zombie.ended;
    expect(woken.code, said(woken)).to.be.oneOf([4, 8]);
    expect(await fingerprints(arena, records, subject), 'the sleeper changed nothing').to.deep.equal(finished);
    await expectWhollyNew(arena, subject, old);
    await expectNothingToDo(other);
  } finally {
    await service.close();
  }
}

async function twoBehindOneDeployment(arena: Arena, name: string) {
  const { service, subjects } = await startConsumers(arena, name, 2);
  const [one, two] = subjects;
  if (one === undefined || two === undefined) throw new Error('fewer than two values');
  const files = filesOf(
    name,
    subjects.map((subject) => policyOf('kv-random', subject, MONTHLY)),
  );
  return { service, one, two, files, records: new Records(arena, name) };
}

interface RunLine {
  readonly type: string;
  readonly id?: string;
}

async function chainInOneRun(arena: Arena): Promise<void> {
  const { service, one, two, files, records } = await twoBehindOneDeployment(arena, 'chain');
  try {
    const desk = await arena.desk(files);
    await overdue(arena, desk, [one, two], true);
    const old = [await liveValue(arena, one), await liveValue(arena, two)] as const;
    const result = await desk.run('apply', '--auto-approve', '--json');
    expectCode(result, 0);
    const turns = (linesOf(result) as readonly RunLine[]).filter(
      ({ type }) => type === 'changeStarted' || type === 'changeEnded',
    );
    expect(turns.map(({ type }) => type)).to.deep.equal([
      'changeStarted',
      'changeEnded',
      'changeStarted',
      'changeEnded',
    ]);
    expect(new Set(turns.map(({ id }) => id))).to.deep.equal(new Set([one.id, two.id]));
    for (const [index, subject] of [one, two].entries()) {
      await expectWhollyNew(arena, subject, old[index] ?? '');
      await records.expectSettled(subject, 1);
    }
  } finally {
    await service.close();
  }
}

/** The lock of the workload keeps them apart: what one began it settled before the other began. */
async function chainInTwoRuns(arena: Arena): Promise<void> {
  const { service, one, two, files, records } = await twoBehindOneDeployment(arena, 'queue');
  try {
    const desks = [await arena.desk(files), await arena.desk(files)] as const;
    const patient = ['--auto-approve', '--lock-timeout', '60s'];
    const results = await Promise.all([
      desks[0].run('rotate', one.id, ...patient),
      desks[1].run('rotate', two.id, ...patient),
    ]);
    for (const result of results) expectCode(result, 0);
    await Promise.all([one, two].map((subject) => records.expectSettled(subject, 1)));
    const spans = (await Promise.all([records.history(one), records.history(two)])).flat();
    const [first, second] = spans.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
    expect(Date.parse(second?.startedAt ?? '')).to.be.at.least(Date.parse(first?.settledAt ?? ''));
  } finally {
    await service.close();
  }
}

function describeSleepers(title: string, isReal: boolean): void {
  describe(title, function () {
    this.timeout(LONGEST);
    const chains = [
      { name: 'two secrets behind one Deployment are rotated one after the other by one run', work: chainInOneRun },
      { name: 'two secrets behind one Deployment are rotated one after the other by two runs', work: chainInTwoRuns },
    ];
    const sleepers = SLEEPS.map((sleep, number) => ({
      name: `a run that slept past its lease ${sleep.name} changes nothing when it wakes`,
      work: (arena: Arena) => zombieChangesNothing(arena, sleep, number),
    }));
    const cases = [...sleepers, ...chains];
    let outcomes: ReadonlyMap<object, Promise<void>>;
    let arena: Arena;

    before(async () => {
      arena = await startArena(bothServers(isReal));
      outcomes = sideBySide(cases, ({ work }) => work(arena));
    });
    after(() => arena.close());

    for (const each of cases) it(each.name, () => outcomes.get(each));
  });
}

describeSleepers('[I] runners with consumers, embedded world', false);

describeReal(['openbao', 'testcluster'], '[I] runners with consumers, real servers', () => {
  describeSleepers('as real processes', true);
});
