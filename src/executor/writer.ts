import { Fault, isFault } from '../domain/fault.js';
import type { Journal } from '../domain/journal.js';
import { beat } from './log.js';
import type { World } from './world.js';
import { readJournal } from './state.js';

/** The next content, given the KV version that the write becomes. */
export type Update = (journal: Journal, version: number) => Journal;

/**
 * The one writer of one journal: heartbeats and records queue up here. Each write carries a write id. When its outcome is unknown it is
 * repeated with the same content and cas; on a conflict the own write id means done, any other means that the lease is lost, and
 * from then on every write throws.
 */
export class JournalWriter {
  readonly #world: World;
  readonly #id: string;
  #journal: Journal;
  #version: number;
  #writtenAt: number;
  #lost: Fault | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param start the content that this run wrote last, and its KV version. */
  constructor(world: World, id: string, start: { readonly journal: Journal; readonly version: number }) {
    this.#world = world;
    this.#id = id;
    this.#journal = start.journal;
    this.#version = start.version;
    this.#writtenAt = world.clock.monotonic();
  }

  journal(): Journal {
    return this.#journal;
  }

  /** Queues one write; resolves with what it made of the journal. */
  update(change: Update): Promise<Journal> {
    return this.#inTurn(() => this.#write(change));
  }

  #inTurn(work: () => Promise<Journal>): Promise<Journal> {
    const mine = this.#queue.then(work);
    this.#queue = mine.catch(() => undefined);
    return mine;
  }

  /** A beat whose turn comes after the lease was given back would only stand in the way of the next holder's claim. */
  #beat(): Promise<Journal> {
    return this.#inTurn(() => (this.#journal.lease === null ? Promise.resolve(this.#journal) : this.#write(beat)));
  }

  /** Does the lease outlast a call of that many milliseconds that starts now? */
  outlasts(call: number): boolean {
    const { clock, limits } = this.#world;
    return this.#lost === undefined && clock.monotonic() - this.#writtenAt + call < limits.leaseFor;
  }

  /** Another run took over; nothing in memory is true any more. */
  lost(): boolean {
    return this.#lost !== undefined;
  }

  /** Starts to beat; the function returned ends it. */
  startBeating(also: () => Promise<void>): () => void {
    const { clock, limits } = this.#world;
    return clock.every(limits.leaseFor / 3, async () => {
      // A beat that fails says nothing that the next record's write will not say with more weight.
      await this.#beat().catch(() => undefined);
      await also();
    });
  }

  async #write(change: Update): Promise<Journal> {
    if (this.#lost !== undefined) throw this.#lost;
    const content = { ...change(this.#journal, this.#version + 1), writeId: this.#world.crypto.randomHex(8) };
    const began = this.#world.clock.monotonic();
    try {
      await writeOnce(this.#world, this.#id, content, this.#version);
    } catch (error) {
      if (isFault(error) && error.details.kind === 'leaseLost') this.#lost = error;
      throw error;
    }
    this.#journal = content;
    this.#version += 1;
    this.#writtenAt = began;
    return content;
  }
}

/**
 * One write under cas, its outcome made certain.
 *
 * @throws Fault `leaseLost` where somebody else's write has that version; any other fault where it could not be made in time.
 */
export async function writeOnce(world: World, id: string, content: Journal, cas: number): Promise<void> {
  const { clock, limits, paths, codec } = world;
  const text = codec.encodeJournal(content);
  const started = clock.monotonic();
  let unsure = false;
  for (;;) {
    const fault = await tryWrite(world, paths.journal(id), text, cas);
    if (fault === undefined) return;
    if (fault.details.kind === 'conflict') return mineOrLost(world, id, content, unsure ? cas + 1 : undefined);
    unsure ||= fault.details.effect === 'unknown';
    const repeats = fault.details.retriable || fault.details.effect === 'unknown';
    if (!repeats || clock.monotonic() - started > limits.leaseFor) throw fault;
    await clock.sleep(Math.min(1000, limits.callDeadline / 4));
  }
}

async function tryWrite(world: World, path: string, text: string, cas: number): Promise<Fault | undefined> {
  try {
    await world.ports.kv.write(path, { journal: text }, cas);
    return undefined;
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
}

/** After a conflict: the very version asked for tells whose it is; the newest may be a standby's past. */
async function mineOrLost(world: World, id: string, content: Journal, version: number | undefined): Promise<void> {
  const { paths, codec } = world;
  const found = version === undefined ? undefined : await readJournal(world.ports.kv, paths, codec, id, version);
  if (found?.journal?.writeId === content.writeId) return;
  throw leaseLost(paths.journal(id), found?.journal ?? null);
}

function leaseLost(path: string, found: Journal | null): Fault {
  const by = found?.lease?.who ?? 'another run';
  return new Fault({
    kind: 'leaseLost',
    server: 'Vault',
    call: `POST ${path}`,
    said: `the journal was written by ${by}; this run holds the lease no longer`,
    retriable: false,
    effect: 'none',
  });
}
