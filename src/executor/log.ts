import type { FaultDetails } from '../domain/fault.js';
import type { Generation, Held, Journal, Lease, OpenChange, StepRecord } from '../domain/journal.js';
import type { Json, JsonObject } from '../domain/json.js';
import type { Change } from '../domain/plan.js';
import type { Step } from '../domain/step.js';
import type { Instant } from '../domain/time.js';
import { isoOf } from '../domain/time.js';
import { goesBack, newestRecord } from './next.js';

/*
 * Journal -> journal, pure. Every function gives the whole next content; the writer adds the write id and sends it under cas.
 */

/** The journal of a secret that has none yet. */
export function emptyJournal(change: Pick<Change, 'id' | 'kind' | 'live'>): Journal {
  const { id, kind, live } = change;
  return { format: 1, id, kind, live, writeId: '', lease: null, current: null, open: null, held: null, revision: null };
}

export interface Claim {
  readonly change: Change;
  readonly rotation: string;
  readonly lease: Lease;
  readonly at: Instant;
  readonly revision: { readonly commit: string; readonly committedAt: string } | null;
}

/** Takes a change into the journal. A policy whose kind or place differs from a settled journal is a new secret: it has no current. */
export function claim(journal: Journal | null, { change, rotation, lease, at, revision }: Claim): Journal {
  const { kind, live } = change;
  const base = journal ?? emptyJournal(change);
  const same = base.kind === kind && base.live.path === live.path && base.live.field === live.field;
  const open: OpenChange = {
    change,
    rotation,
    claimedAt: isoOf(at),
    revision: revision?.commit ?? null,
    turn: 0,
    records: [],
  };
  const current = same ? base.current : null;
  return {
    ...base,
    kind,
    live,
    current,
    lease,
    open,
    held: waitedOut(base.held, at),
    revision: revision ?? base.revision,
  };
}

/** Whoever takes a held secret up ends the wait: if that run is killed, the next one goes on at once. The attempts stay counted. */
export function waitedOut(held: Held | null, at: Instant): Held | null {
  return held === null ? null : { ...held, until: isoOf(at) };
}

/** The open change, which every function below needs. */
export function openOf(journal: Journal): OpenChange {
  if (journal.open === null) throw new Error(`the journal of ${journal.id} holds no open change`);
  return journal.open;
}

function withOpen(journal: Journal, change: (open: OpenChange) => OpenChange): Journal {
  return { ...journal, open: change(openOf(journal)) };
}

export interface Intent {
  readonly step: Step;
  readonly intent: JsonObject;
  readonly run: string;
  readonly at: Instant;
}

/** Appends an intent; `version` is the KV version that this very write becomes. */
export function intend(journal: Journal, { step, intent, run, at }: Intent, version: number): Journal {
  return withOpen(journal, (open) => ({
    ...open,
    records: [
      ...open.records,
      {
        step: step.name,
        turn: open.turn,
        state: 'intended',
        run,
        intendedAt: isoOf(at),
        journalVersion: version,
        intent,
      },
    ],
  }));
}

export type Closing = {
  readonly state: Exclude<StepRecord['state'], 'intended'>;
  readonly receipt?: JsonObject;
  readonly fault?: FaultDetails;
  readonly reason?: string;
};

/** Closes the newest record of a step; a pivot that is done on the way forward settles the change in the same write. */
export function close(journal: Journal, step: Step, closing: Closing, at: Instant): Journal {
  const closed = withOpen(journal, (open) => {
    const mine = newestRecord(open, step);
    return {
      ...open,
      records: open.records.map((record) =>
        record === mine ? { ...record, ...closing, closedAt: isoOf(at) } : record,
      ),
    };
  });
  const pivots = step.pivot === true && closing.state === 'done' && !goesBack(openOf(closed));
  return pivots ? settle(closed, at) : closed;
}

/** Turns round; the list of steps starts anew. Going forward again is a person's new attempt; on the way back failures go on counting. */
export function turn(journal: Journal, reason: string): Journal {
  const turned = withOpen(journal, (open) => ({ ...open, turn: open.turn + 1, turnReason: reason }));
  return goesBack(openOf(turned)) ? turned : { ...turned, held: null };
}

const LOOKS: ReadonlySet<Step['verb']> = new Set(['wait', 'verify', 'verifyOld']);

/**
 * The change with its looking steps as they are given, by name. They have no effect that would have to be probed or undone, so a check that
 * was wrong when the change was claimed can be put right while it is open.
 */
export function withLooks(journal: Journal, looks: readonly Step[]): Journal {
  const byName = new Map(looks.filter(({ verb }) => LOOKS.has(verb)).map((step) => [step.name, step]));
  const corrected = (step: Step): Step => ({ ...step, params: byName.get(step.name)?.params ?? step.params });
  return withOpen(journal, (open) => ({
    ...open,
    change: { ...open.change, steps: open.change.steps.map(corrected), undo: open.change.undo.map(corrected) },
  }));
}

/** Refused and failed records of this turn become `absent`: whoever takes a stuck change up again tries those steps once more. */
export function reopen(journal: Journal): Journal {
  return withOpen(journal, (open) => ({
    ...open,
    records: open.records.map((record) =>
      record.turn === open.turn && (record.state === 'refused' || record.state === 'failed') && goesBack(open)
        ? { ...record, state: 'absent' }
        : record,
    ),
  }));
}

const HOUR = 3_600_000;

/** 1 h, doubling to 24 h. */
export function backOff(held: Held | null, reason: string, at: Instant, stuck: boolean): Held {
  const attempts = (held?.attempts ?? 0) + 1;
  const pause = Math.min(24 * HOUR, HOUR * 2 ** (attempts - 1));
  return { attempts, since: held?.since ?? isoOf(at), until: isoOf(at + pause), reason, ...(stuck ? { stuck } : {}) };
}

/** The one write that ends the way: the outcome, and which generation is current. */
export function settle(journal: Journal, at: Instant): Journal {
  const open = openOf(journal);
  const outcome = goesBack(open) ? 'undone' : open.change.action === 'reconcile' ? 'reconciled' : 'rotated';
  const held = outcome === 'undone' ? backOff(journal.held, open.turnReason ?? 'undone', at, false) : null;
  const settled: OpenChange = { ...open, outcome, settledAt: isoOf(at) };
  return { ...journal, open: settled, held, current: currentAfter(journal, open, outcome) };
}

function currentAfter(
  journal: Journal,
  open: OpenChange,
  outcome: NonNullable<OpenChange['outcome']>,
): Generation | null {
  if (outcome === 'reconciled') return journal.current;
  if (outcome === 'undone') return restored(journal, open);
  const promoted = receiptOf(open, 'promote');
  const { specHash, consumers } = open.change;
  return {
    rotation: open.rotation,
    birth: text(promoted?.['createdTime']) ?? open.claimedAt,
    kvVersion: count(promoted?.['version']) ?? 0,
    fingerprint: text(receiptOf(open, 'stage')?.['fingerprint']) ?? '',
    specHash,
    consumers,
  };
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function count(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** After a way back the old generation stands under a new version of the live path, with the birth it always had. */
function restored(journal: Journal, open: OpenChange): Generation | null {
  const version = count(receiptOf(open, 'unpromote')?.['version']);
  if (version === undefined) return journal.current;
  if (journal.current !== null) return { ...journal.current, kvVersion: version };
  const { before, specHash } = open.change;
  if (before === null) return null;
  return { rotation: '-', birth: before.birth, kvVersion: version, fingerprint: '', specHash, consumers: [] };
}

function receiptOf(open: OpenChange, verb: Step['verb']): JsonObject | undefined {
  const step = [...open.change.steps, ...open.change.undo].find((candidate) => candidate.verb === verb);
  return open.records.findLast((record) => record.step === step?.name && record.state === 'done')?.receipt;
}

/** Tidied: nothing open, nobody holds it. */
export function finish(journal: Journal): Journal {
  return { ...journal, open: null, lease: null };
}

export function release(journal: Journal): Journal {
  return { ...journal, lease: null };
}

export function beat(journal: Journal): Journal {
  return journal.lease === null ? journal : { ...journal, lease: { ...journal.lease, beat: journal.lease.beat + 1 } };
}
