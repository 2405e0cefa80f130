import type { Diagnostic } from '../domain/diagnostic.js';
import { labelKey, labelText } from '../domain/label.js';
import { canonicalJson } from '../domain/json.js';
import type { Journal } from '../domain/journal.js';
import type { KvVersion } from '../domain/ports.js';
import type { Policy } from '../domain/policy.js';
import type { Instant } from '../domain/time.js';
import { isoOf } from '../domain/time.js';
import { emptyJournal } from './log.js';
import { readJournal } from './state.js';
import type { World } from './world.js';
import { writeOnce } from './writer.js';

/**
 * Records the live value as the current generation, with its birth; the value stays as it is. `-` as rotation id says that keyturn did not
 * make it, so no consumer is expected to carry it by name.
 *
 * @param birth when it was made; undefined: when the live version was written.
 */
export async function adoptValue(
  world: World,
  policy: Policy,
  birth: Instant | undefined,
): Promise<{ readonly birth: string } | Diagnostic> {
  const { ports, paths, codec, crypto } = world;
  const { id, kind, vault } = policy;
  const stored = await readJournal(ports.kv, paths, codec, id);
  const live = await ports.kv.read(vault.path);
  const value = live?.fields[vault.field];
  const why = obstacle(policy, stored.journal, live, birth);
  if (why !== undefined || live === null || value === undefined) return refusal(id, ...(why ?? absence(policy)));
  const born = isoOf(birth ?? live.createdAt);
  const specHash = crypto.sha256(canonicalJson(world.rotators.get(kind)?.shape(policy) ?? {})).slice(0, 12);
  const fingerprint = crypto.fingerprint(world.fingerprintKey, value);
  const { version } = live;
  const current = {
    rotation: '-',
    birth: born,
    kvVersion: version,
    fingerprint,
    specHash,
    consumers: policy.consumers,
  };
  const base = stored.journal ?? emptyJournal({ id, kind, live: vault });
  const journal = { ...base, kind, live: vault, current, held: null, writeId: crypto.randomHex(8) };
  await writeOnce(world, id, journal, stored.version);
  const label = labelText({ birth: born, version, specHash });
  await ports.kv.patchMetadata(vault.path, { [labelKey(vault.field)]: label });
  return { birth: born };
}

type Why = readonly [fact: string, action: string];

function obstacle(
  policy: Policy,
  journal: Journal | null,
  live: KvVersion | null,
  birth: Instant | undefined,
): Why | undefined {
  if (journal !== null && (journal.open !== null || journal.lease !== null))
    return ['a change of it is open', `keyturn recover ${policy.id}`];
  if (live?.fields[policy.vault.field] === undefined) return absence(policy);
  if (birth === undefined || birth <= live.createdAt) return undefined;
  return ['it cannot be born after its version was written', `Give a time before ${isoOf(live.createdAt)}`];
}

function absence({ vault }: Policy): Why {
  return [`\`${vault.path}\` has no field \`${vault.field}\``, 'Correct `vault`, or let apply create it'];
}

function refusal(id: string, why: string, action: string): Diagnostic {
  return { severity: 'error', code: 'KT4012', id, summary: `\`${id}\` cannot be adopted: ${why}`, action };
}
