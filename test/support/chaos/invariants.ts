import type { Journal } from '../../../src/domain/journal.js';
import { labelText } from '../../../src/domain/label.js';
import type { Policy } from '../../../src/domain/policy.js';
import type { TestWorld } from '../memory-world.js';

/** What a watcher remembers of a world. */
export interface Watched {
  readonly world: TestWorld;
  readonly policy: Policy;
  /** What the foreign writer wrote last. */
  sibling: string;
  /** The generation that was current when another rotation was asked for. */
  before: string | undefined;
  /** Values that were ever pending, by rotation id. */
  readonly staged: Map<string, Set<string>>;
  /** History as it was seen, by path. */
  readonly history: Map<string, string>;
}

/** A sentence of the design, and whether it is broken now. */
export interface Invariant {
  readonly says: string;
  readonly broken: (watched: Watched) => boolean;
}

const OLD = 'old value';

/** The journal of a world as it was last parsed: it is asked for many times behind each call, and seldom another. */
const PARSED = new WeakMap<Watched, { readonly text: string; readonly journal: Journal }>();

function journalOf(watched: Watched): Journal | null {
  const { world, policy } = watched;
  const text = world.kv.value(world.paths.journal(policy.id), 'journal');
  if (text === undefined) return null;
  const parsed = PARSED.get(watched);
  if (parsed?.text === text) return parsed.journal;
  const journal = JSON.parse(text) as Journal;
  PARSED.set(watched, { text, journal });
  return journal;
}

/** The current generation, as the journal names it. */
export function rotationOf(watched: Watched): string | undefined {
  return journalOf(watched)?.current?.rotation;
}

function live({ world, policy }: Watched): string | undefined {
  return world.kv.value(policy.vault.path, policy.vault.field);
}

function known(watched: Watched, value: string | undefined): boolean {
  return value === OLD || [...watched.staged.values()].some((values) => value !== undefined && values.has(value));
}

function versionsOf(
  { world }: Watched,
  path: string,
): readonly { fields: Record<string, string>; destroyed: boolean }[] {
  return [...(world.kv.paths.get(path)?.versions.values() ?? [])];
}

/** Looks at what is pending and at history, before the invariants are judged. */
export function watch(watched: Watched): void {
  const { world, policy, staged } = watched;
  for (const { fields } of versionsOf(watched, world.paths.pending(policy.id))) {
    const { value, rotation = 'none' } = fields;
    if (value === undefined) continue;
    staged.set(rotation, (staged.get(rotation) ?? new Set()).add(value));
  }
}

/** Hold at every moment. */
export const ALWAYS: readonly Invariant[] = [
  { says: 'the live path always holds a value', broken: (watched) => live(watched) === undefined },
  {
    says: 'what is live, in the copy and in use was pending before it became effective',
    broken: (watched) =>
      ![live(watched), watched.world.cluster.secret?.value?.expose(), watched.world.cluster.accepts].every((value) =>
        known(watched, value),
      ),
  },
  {
    says: 'one rotation generates one material',
    broken: ({ staged }) => [...staged.values()].some((values) => values.size > 1),
  },
  {
    says: 'a sibling field is never changed',
    broken: ({ world, policy, sibling }) => world.kv.value(policy.vault.path, 'sibling') !== sibling,
  },
  {
    says: 'whatever is open has a marker',
    broken: (watched) => {
      const rotation = journalOf(watched)?.open?.rotation;
      const { world, policy } = watched;
      return rotation !== undefined && !world.kv.paths.has(world.paths.marker(policy.id, rotation));
    },
  },
  {
    says: 'a consumer accepts the live value, or is inside the announced gap of an open change',
    broken: (watched) => {
      const { cluster } = watched.world;
      const isOpen = (journalOf(watched)?.open ?? null) !== null;
      return !isOpen && (cluster.accepts !== live(watched) || cluster.secret?.value?.expose() !== live(watched));
    },
  },
  {
    says: 'pending material is kept until the change is settled',
    broken: (watched) => {
      const open = journalOf(watched)?.open ?? null;
      if (open === null || open.outcome !== undefined) return false;
      const done = open.records.some(({ step, state }) => step === 'stage' && state === 'done');
      const { world, policy } = watched;
      return done && world.kv.value(world.paths.pending(policy.id), 'rotation') !== open.rotation;
    },
  },
  {
    says: 'history only grows',
    broken: (watched) => {
      const { world, policy, history } = watched;
      const folder = `${world.paths.history(policy.id)}/`;
      for (const path of world.kv.paths.keys())
        if (path.startsWith(folder) && !history.has(path)) history.set(path, world.kv.value(path, 'entry') ?? '');
      return [...history].some(([path, entry]) => world.kv.value(path, 'entry') !== entry);
    },
  },
];

function outcomes({ history }: Watched): readonly string[] {
  return [...history.values()].map((entry) => (JSON.parse(entry) as { outcome: string }).outcome);
}

function below({ world }: Watched, folder: string): readonly string[] {
  return [...world.kv.paths.keys()].filter((path) => path.startsWith(`${folder}/`));
}

/** Hold when every fault is over and applies have gone on until nothing was left to do. */
export const AT_REST: readonly Invariant[] = [
  {
    says: 'every run ends: nothing is open and nobody holds it',
    broken: (watched) => {
      const journal = journalOf(watched);
      return journal === null || journal.open !== null || journal.lease !== null;
    },
  },
  {
    says: 'no marker is left',
    broken: (watched) => below(watched, watched.world.paths.markersOf(watched.policy.id)).length > 0,
  },
  {
    says: 'nothing is pending',
    broken: (watched) =>
      versionsOf(watched, watched.world.paths.pending(watched.policy.id)).some(({ destroyed }) => !destroyed),
  },
  {
    says: 'the pods were started from the template that stands',
    broken: ({ world: { cluster } }) => JSON.stringify(cluster.podAnnotations) !== JSON.stringify(cluster.annotations),
  },
  {
    says: 'the label says what the journal says',
    broken: (watched) => {
      const { world, policy } = watched;
      const current = journalOf(watched)?.current ?? null;
      if (current === null || current.rotation === '-') return false;
      const { rotation, birth, kvVersion, specHash } = current;
      const custom = world.kv.paths.get(policy.vault.path)?.custom ?? {};
      return custom[`keyturn-${policy.vault.field}`] !== labelText({ rotation, birth, version: kvVersion, specHash });
    },
  },
];

/** Holds at rest where nothing but kills and stalls befell the runners. */
export const AFTER_SILENCE: readonly Invariant[] = [
  { says: 'kills alone end wholly new', broken: (watched) => live(watched) === OLD },
];

/** Holds before anybody asks for another rotation. */
export const ONCE: Invariant = {
  says: 'each secret is rotated exactly once, or wholly old',
  broken: (watched) => {
    const rotated = outcomes(watched).filter((outcome) => outcome === 'rotated').length;
    return rotated !== (live(watched) === OLD ? 0 : 1);
  },
};

/** Hold when one more rotation was asked for: what a dead run left behind does not stand in its way. */
export const AFTER_ANOTHER: readonly Invariant[] = [
  {
    says: 'no workload is locked',
    broken: (watched) =>
      below(watched, 'keyturn/test/lock').some((path) => {
        const text = watched.world.kv.value(path, 'lock') ?? '{}';
        return (JSON.parse(text) as { lease: unknown }).lease !== null;
      }),
  },
  {
    says: 'the next rotation goes through',
    broken: (watched) => rotationOf(watched) === watched.before || live(watched) === OLD,
  },
];
