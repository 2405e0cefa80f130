import { expect } from 'chai';
import { goesBack, next, newestRecord } from '../../../src/executor/next.js';
import type { Journal, OpenChange } from '../../../src/domain/journal.js';
import { runChanges } from '../../../src/executor/run.js';
import { rotatorsByKind } from '../../../src/app/rotators.js';
import { changeOf, policyOf, sha256, type TestWorld } from '../../support/memory-world.js';
import { established, OPTIONS } from '../../support/rotation.js';
import { pageAt, tableBelow } from './pages.js';

const KIND = 'litellm-master-key';
const PAGE = pageAt('docs/life-of-a-rotation.md');

/** Calls that change something outside of keyturn's own state, in words. */
const OUTSIDE: { readonly [verb: string]: string } = {
  patchSecret: 'write the Secret',
  annotateTemplate: 'change the pod template',
  patch: 'write the live path',
  patchMetadata: 'write the label',
};

/** The same for its state; `write` says which part of it. */
const STATE: { readonly [verb: string]: (part: string) => string } = {
  write: (part) => `write ${part}`,
  destroy: (part) => `destroy ${part}`,
  deleteMetadata: () => 'remove the marker',
};

/** Undefined for a call that reads. */
function wordsOf(call: string): string | undefined {
  const [verb = '', path = ''] = call.split(' ');
  return path.startsWith('keyturn/') ? STATE[verb]?.(path.split('/')[2] ?? '') : OUTSIDE[verb];
}

function journalWords(journal: Journal | undefined): string {
  const open = journal?.open;
  if (journal === undefined) return 'none';
  if (open === null || open === undefined) return 'settled, no lease';
  if (open.outcome !== undefined) return `outcome ${open.outcome}`;
  const last = open.records.at(-1);
  return last === undefined ? 'claimed' : `${verbOf(open, last.step)} ${last.state}`;
}

function verbOf(open: OpenChange, step: string): string {
  return [...open.change.steps, ...open.change.undo].find(({ name }) => name === step)?.verb ?? step;
}

/** What `next` says about the journal that a kill leaves. */
function recoveryWords(world: TestWorld): string {
  const open = journalOf(world)?.open;
  if (open === null || open === undefined) return withoutOpen(world);
  expect(goesBack(open)).to.equal(false);
  const action = next(open);
  if (action.do === 'perform') {
    const known = newestRecord(open, action.step);
    expect(known).to.equal(undefined);
    return `does ${action.step.verb}`;
  }
  return action.do === 'probe' ? `probes ${action.step.verb}` : 'tidies';
}

/** Nothing is claimed: a marker that no journal names is cleared away, and the secret is planned like any other. */
function withoutOpen(world: TestWorld): string {
  if (journalOf(world) !== undefined) return hasMarker(world) ? 'removes the marker' : 'has nothing to do';
  return hasMarker(world) ? 'removes the marker, begins anew' : 'begins anew';
}

function hasMarker(world: TestWorld): boolean {
  return [...world.kv.paths.keys()].some((path) => path.startsWith(`${world.paths.open}/`));
}

function journalOf(world: TestWorld): Journal | undefined {
  const stored = world.kv.paths.get(world.paths.journal(`test/${KIND}`));
  const text = stored?.versions.get(stored.current)?.fields['journal'];
  return text === undefined ? undefined : (JSON.parse(text) as Journal);
}

/** One row for each call that changes something: the call, the journal after it, what the next apply begins with. */
async function lifeOf(): Promise<readonly (readonly string[])[]> {
  const world = await established(KIND);
  const rows: string[][] = [];
  world.kv.after = (_, call) => {
    const words = wordsOf(call);
    if (words === undefined) return;
    rows.push([String(rows.length + 1), words, journalWords(journalOf(world)), recoveryWords(world)]);
  };
  await runChanges(world, [changeOf(policyOf(KIND), 'rotate')], OPTIONS);
  return rows;
}

describe('[U] docs/life-of-a-rotation.md', () => {
  it('lists every call that changes something, the journal after it, and what the next apply begins with', async () => {
    const shown = tableBelow(PAGE, '## Every write, and a kill after it').map((row) => row.slice(0, 4));
    expect(shown).to.deep.equal(await lifeOf());
  });

  it('says of every step what it does', () => {
    const verbs = new Set([...rotatorsByKind(sha256).values()].flatMap(({ handlers }) => Object.keys(handlers)));
    const shown = tableBelow(PAGE, '## Every step').map(([verb = '']) => verb.replaceAll('`', ''));
    expect(shown).to.have.members([...verbs]);
  });
});
