import type { Diagnostic } from '../domain/diagnostic.js';
import type { HistoryEntry, Journal } from '../domain/journal.js';
import type { Kv } from '../domain/ports.js';
import { idOfStateName, type SecretId } from '../domain/ids.js';
import type { StatePaths } from '../domain/state-paths.js';
import { Fault } from '../domain/fault.js';
import type { Material } from '../domain/material.js';
import type { Instant } from '../domain/time.js';

/** Text <-> journal and history, with their format versions; a text that is refused comes back as a diagnostic. */
export interface StateCodec {
  encodeJournal(journal: Journal): string;
  decodeJournal(text: string): Journal | Diagnostic;
  encodeHistory(entry: HistoryEntry): string;
  decodeHistory(text: string): HistoryEntry | Diagnostic;
}

/** A journal as it was read: version 0 and null where there is none. */
export interface StoredJournal {
  readonly version: number;
  readonly writtenAt: Instant;
  readonly journal: Journal | null;
}

/** A journal that cannot be used: written by a newer keyturn, or damaged. */
export class StateProblem extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.summary);
    this.diagnostic = diagnostic;
  }
}

/** @throws Fault; StateProblem where the stored text is refused. */
export async function readJournal(
  kv: Kv,
  paths: StatePaths,
  codec: Pick<StateCodec, 'decodeJournal'>,
  id: string,
  version?: number,
): Promise<StoredJournal> {
  const found = await kv.read(paths.journal(id), version);
  const text = found?.fields['journal'];
  if (found === null || text === undefined)
    return { version: found?.version ?? 0, writtenAt: found?.createdAt ?? 0, journal: null };
  const journal = codec.decodeJournal(text.expose());
  if ('code' in journal) throw new StateProblem({ ...journal, id });
  return { version: found.version, writtenAt: found.createdAt, journal };
}

/** Every open marker: one LIST for the ids, one for each of them. */
export async function listOpen(
  kv: Kv,
  paths: StatePaths,
): Promise<readonly { readonly id: SecretId; readonly rotation: string }[]> {
  const folders = await kv.list(paths.open);
  const found = await Promise.all(
    folders.map(async (folder) => {
      const id = idOfStateName(folder.replace(/\/$/, ''));
      if (id === undefined) return [];
      const rotations = await kv.list(paths.markersOf(id));
      return rotations.map((rotation) => ({ id, rotation }));
    }),
  );
  return found.flat();
}

/** The finished rotations of one secret, oldest first. */
export async function readHistory(
  kv: Kv,
  paths: StatePaths,
  codec: StateCodec,
  id: string,
): Promise<readonly HistoryEntry[]> {
  const rotations = await kv.list(paths.history(id));
  const entries = await Promise.all(
    rotations.map(async (rotation) => {
      const text = (await kv.read(paths.history(id, rotation)))?.fields['entry'];
      if (text === undefined) return [];
      const entry = codec.decodeHistory(text.expose());
      if ('code' in entry) throw new StateProblem({ ...entry, id });
      return [entry];
    }),
  );
  return entries.flat().sort((a, b) => (a.settledAt < b.settledAt ? -1 : 1));
}

/** The inventory's fingerprint key, made once (cas 0) and never replaced. */
export async function fingerprintKey(kv: Kv, paths: StatePaths, make: () => Material): Promise<Material> {
  const known = await readKey(kv, paths);
  if (known !== undefined) return known;
  try {
    const key = make();
    await kv.write(paths.fingerprintKey, { key }, 0);
    return key;
  } catch (error) {
    if (!(error instanceof Fault) || error.details.kind !== 'conflict') throw error;
  }
  const other = await readKey(kv, paths);
  if (other !== undefined) return other;
  throw new Fault({
    kind: 'invalid',
    server: 'Vault',
    call: `GET ${paths.fingerprintKey}`,
    said: 'the fingerprint key was deleted; restore an earlier version of it',
    retriable: false,
    effect: 'none',
  });
}

async function readKey(kv: Kv, paths: StatePaths): Promise<Material | undefined> {
  return (await kv.read(paths.fingerprintKey))?.fields['key'];
}
