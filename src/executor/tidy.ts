import { isFault } from '../domain/fault.js';
import type { HistoryEntry, Journal, OpenChange, StepRecord } from '../domain/journal.js';
import { labelKey, labelText } from '../domain/label.js';
import type { Instant } from '../domain/time.js';
import { instantOf } from '../domain/time.js';
import { finish, openOf } from './log.js';
import type { Hold } from './perform.js';

/**
 * What is left after the outcome: pending destroyed, the label written, history written, journal closed, marker removed; in this order,
 * each harmless to repeat, so that a kill between any two is finished by doing all of them again.
 */
export async function tidy(hold: Hold): Promise<void> {
  const { world, id, writer } = hold;
  const { kv } = world.ports;
  const open = openOf(writer.journal());
  await destroyPending(hold, open);
  await writeLabel(hold, open, writer.journal());
  await writeHistory(hold, open);
  await writer.update(finish);
  await kv.deleteMetadata(world.paths.marker(id, open.rotation));
}

/**
 * Destroyed, never metadata-deleted: the version number lives on, so a late writer's cas fails. On the way back a stage of unknown
 * outcome is fenced first by a tombstone under its own cas; either way its version is the one that is destroyed.
 */
async function destroyPending(hold: Hold, open: OpenChange): Promise<void> {
  const { kv } = hold.world.ports;
  const path = hold.world.paths.pending(hold.id);
  const stages = open.records.filter((record) => stageNames(open).has(record.step));
  for (const record of stages.filter((candidate) => candidate.state === 'intended')) {
    const cas = record.intent['cas'];
    if (typeof cas === 'number') await kv.write(path, { rotation: 'none' }, cas).catch(ignoreConflict);
  }
  const versions = [...new Set(stages.flatMap(versionsOf))].toSorted((a, b) => a - b);
  if (versions.length > 0) await kv.destroy(path, versions);
}

function stageNames(open: OpenChange): ReadonlySet<string> {
  return new Set(open.change.steps.filter((step) => step.verb === 'stage').map((step) => step.name));
}

/** The one version that a stage's write can have made, landed or not: its cas and one. */
function versionsOf(record: StepRecord): readonly number[] {
  const cas = record.intent['cas'];
  return typeof cas === 'number' ? [cas + 1] : [];
}

function ignoreConflict(error: unknown): void {
  if (!isFault(error) || error.details.kind !== 'conflict') throw error;
}

/** For age and display alone; always says what the journal says. */
async function writeLabel(hold: Hold, open: OpenChange, journal: Journal): Promise<void> {
  const { path, field } = open.change.live;
  const touched = open.records.some((record) => record.step === 'promote' || record.step === 'unpromote');
  if (!touched) return;
  const { current } = journal;
  const label =
    current === null
      ? null
      : labelText({
          birth: current.birth,
          version: current.kvVersion,
          specHash: current.specHash,
          ...(current.rotation === '-' ? {} : { rotation: current.rotation }),
        });
  try {
    await hold.world.ports.kv.patchMetadata(path, { [labelKey(field)]: label });
  } catch (error) {
    // A creation that was undone before its first write has no path to put a label on.
    if (!(label === null && isFault(error) && error.details.kind === 'absent')) throw error;
  }
}

async function writeHistory(hold: Hold, open: OpenChange): Promise<void> {
  const { world, id } = hold;
  const entry = world.codec.encodeHistory(historyOf(hold.writer.journal(), open));
  await world.ports.kv.write(world.paths.history(id, open.rotation), { entry }, 0).catch(ignoreConflict);
}

/** Pure: one finished change as it is kept. */
export function historyOf(journal: Journal, open: OpenChange): HistoryEntry {
  return {
    format: 1,
    id: journal.id,
    kind: journal.kind,
    rotation: open.rotation,
    action: open.change.action,
    outcome: open.outcome ?? 'undone',
    findings: open.change.findings.map((finding) => `${finding.reason}: ${finding.evidence}`),
    startedAt: open.claimedAt,
    settledAt: open.settledAt ?? open.claimedAt,
    gap: gapOf(open),
    ...(open.turnReason === undefined ? {} : { reason: open.turnReason }),
    revision: open.revision,
    runs: [...new Set(open.records.map((record) => record.run))],
    steps: open.records.map((record) => ({
      step: record.step,
      state: record.state,
      at: record.intendedAt,
      took: Math.max(0, at(record.closedAt) - at(record.intendedAt)),
    })),
  };
}

function at(text: string | undefined): Instant {
  return (text === undefined ? undefined : instantOf(text)) ?? 0;
}

/**
 * Milliseconds in which a caller with one of the two values may have been refused: from the intent to write the new value to the live
 * path to the proof that it is accepted everywhere. An upper bound, and it survives kills: both ends are in the journal.
 */
export function gapOf(open: OpenChange): number | null {
  if (!open.change.noOverlap || open.settledAt === undefined) return null;
  const promoted = open.records.find((record) => record.step === 'promote' && record.state === 'done');
  return promoted === undefined ? null : Math.max(0, at(open.settledAt) - at(promoted.intendedAt));
}
