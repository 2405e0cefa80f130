import { expect } from 'chai';
import { type Arena, bothServers, type Desk, openBaoAlone, startArena } from '../support/arena.js';
import {
  expectCode,
  expectNothingToDo,
  expectWhollyNew,
  liveValue,
  policyOf,
  Records,
  requests,
  settingsOf,
  startConsumers,
  type Subject,
} from '../support/lane.js';
import { sideBySide } from '../support/aside.js';
import { said } from '../support/cli.js';
import type { Running } from '../support/process.js';
import type { Passing, Rule } from '../support/proxy.js';
import { describeReal } from '../support/real/require.js';

/** Where a run is killed: around the n-th request of a kind. */
interface Point {
  readonly name: string;
  readonly server: 'vault' | 'kubernetes';
  readonly match: (subject: Subject) => (request: Passing) => boolean;
  readonly nth: number;
  readonly side: 'before' | 'after';
}

const CLAIMED: Point = {
  name: 'after the claim, before stage',
  server: 'vault',
  match: requests.journal,
  nth: 1,
  side: 'after',
};
const STAGING: Point = {
  name: 'before its material is pending',
  server: 'vault',
  match: requests.pending,
  nth: 1,
  side: 'before',
};
const STAGED: Point = {
  name: 'when its material is pending, before that is journalled',
  server: 'vault',
  match: requests.pending,
  nth: 1,
  side: 'after',
};
const PROMOTED: Point = {
  name: 'when promote took effect, before that is journalled',
  server: 'vault',
  match: requests.promote,
  nth: 1,
  side: 'after',
};
const PUBLISHED: Point = {
  name: 'when publish took effect, before that is journalled',
  server: 'kubernetes',
  match: requests.publish,
  nth: 1,
  side: 'after',
};
const RESTARTED: Point = {
  name: 'when the template is patched, before that is journalled',
  server: 'kubernetes',
  match: requests.restart,
  nth: 1,
  side: 'after',
};
const WAITING: Point = {
  name: 'while it waits for the pods',
  server: 'kubernetes',
  match: requests.pods,
  nth: 2,
  side: 'before',
};
const PIVOTED: Point = {
  name: 'after the pivot, before history',
  server: 'vault',
  match: requests.history,
  nth: 1,
  side: 'before',
};
const RECORDED: Point = {
  name: 'after history, before the journal is closed',
  server: 'vault',
  match: requests.history,
  nth: 1,
  side: 'after',
};

/** One kill each, and pairs: the run that recovers is killed as well. */
const KILLS: readonly (readonly Point[])[] = [
  [CLAIMED],
  [STAGED],
  [PROMOTED],
  [PUBLISHED],
  [RESTARTED],
  [WAITING],
  [PIVOTED],
  [PROMOTED, RESTARTED],
  [RESTARTED, PIVOTED],
];

const KINDS = ['kv-random', 'litellm-master-key'] as const;

/** A rule that kills the run and cuts the connection. `after`: the server has acted, and nobody hears of it. */
function killing(point: Point, subject: Subject, victim: Running): Rule {
  const kill = async (): Promise<'drop'> => {
    await victim.kill();
    return 'drop';
  };
  return { match: point.match(subject), nth: point.nth, [point.side]: kill };
}

async function killedAt(desk: Desk, subject: Subject, point: Point, args: readonly string[]): Promise<void> {
  const running = desk.start(...args);
  const rule = desk[point.server]?.rule(killing(point, subject, running));
  const ended = await running.ended;
  rule?.remove();
  expect(ended.signal, `not killed ${point.name}: ${said(ended)}`).to.equal('SIGKILL');
}

interface Lane {
  readonly arena: Arena;
  readonly desk: Desk;
  readonly records: Records;
  readonly subject: Subject;
}

/** A rotation that is killed at each point in turn, and the apply that finishes it. */
async function survives(
  { arena, desk, records, subject }: Lane,
  points: readonly Point[],
  rotations = 1,
): Promise<void> {
  const old = await liveValue(arena, subject);
  for (const [index, point] of points.entries())
    await killedAt(
      desk,
      subject,
      point,
      index === 0 ? ['rotate', subject.id, '--auto-approve'] : ['apply', '--auto-approve'],
    );
  expectCode(await desk.run('apply', '--auto-approve'), 0);
  await expectWhollyNew(arena, subject, old);
  await records.expectSettled(subject, rotations);
  await expectNothingToDo(desk);
}

async function laneOf(arena: Arena, kind: string, number: number): Promise<Lane & { close(): Promise<void> }> {
  const name = `${kind === 'kv-random' ? 'session' : 'gateway'}-${number}`;
  const { service, subjects } = await startConsumers(arena, name);
  const [subject] = subjects;
  if (subject === undefined) throw new Error('a consumer without a value');
  const files = new Map([
    ['keyturn.yaml', settingsOf(name)],
    ['secret.yaml', policyOf(kind, subject)],
  ]);
  return {
    arena,
    subject,
    desk: await arena.desk(files),
    records: new Records(arena, name),
    close: () => service.close(),
  };
}

const LONGEST = 300_000;

function describeKills(title: string, isReal: boolean): void {
  describe(title, function () {
    this.timeout(LONGEST);
    const cases = KINDS.flatMap((kind) => KILLS.map((points) => ({ kind, points })));
    let outcomes: ReadonlyMap<object, Promise<void>>;
    let arena: Arena;

    before(async () => {
      arena = await startArena(bothServers(isReal));
      outcomes = sideBySide(cases, async ({ kind, points }, number) => {
        const lane = await laneOf(arena, kind, number);
        try {
          await survives(lane, points);
        } finally {
          await lane.close();
        }
      });
    });
    after(() => arena.close());

    for (const each of cases)
      it(`${each.kind} is wholly new after a kill ${wordsOf(each.points)}`, () => outcomes.get(each));
  });
}

function wordsOf(points: readonly Point[]): string {
  return points.map((point) => point.name).join('; and of the next run ');
}

describeKills('[I] kills of the real process, embedded world', false);

describeReal(['openbao', 'testcluster'], '[I] kills of the real process, real servers', () => {
  describeKills('with a consumer', true);
});

/** Without a consumer the pivot is promote itself. */
const ALONE: readonly (readonly Point[])[] = [
  [CLAIMED],
  [STAGING],
  [STAGED],
  [PROMOTED],
  [PIVOTED],
  [RECORDED],
  [PROMOTED, RECORDED],
];

async function aloneSurvives(arena: Arena, points: readonly Point[], number: number): Promise<void> {
  const inventory = `alone-${number}`;
  const subject: Subject = { id: `alone/${number}`, path: inventory };
  const files = new Map([
    ['keyturn.yaml', settingsOf(inventory)],
    ['secret.yaml', policyOf('kv-random', subject)],
  ]);
  const desk = await arena.desk(files);
  const records = new Records(arena, inventory);
  expectCode(await desk.run('apply', '--auto-approve'), 0);
  await survives({ arena, desk, records, subject }, points, 2);
}

describeReal('openbao', '[I] kills of the real process, a secret of OpenBao alone', () => {
  let outcomes: ReadonlyMap<object, Promise<void>>;
  let arena: Arena;

  before(async () => {
    arena = await startArena(openBaoAlone());
    outcomes = sideBySide(ALONE, (points, number) => aloneSurvives(arena, points, number));
  });
  after(() => arena.close());

  for (const points of ALONE)
    it(`is wholly new after a kill ${wordsOf(points)}`, () => outcomes.get(points)).timeout(LONGEST);
});
