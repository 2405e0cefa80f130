import type { Diagnostic } from '../../domain/diagnostic.js';
import { Fault, isFault } from '../../domain/fault.js';
import type { StepRecord } from '../../domain/journal.js';
import type { JsonObject } from '../../domain/json.js';
import type { Material } from '../../domain/material.js';
import type { Kv, KvWritten } from '../../domain/ports.js';
import type { Probe, Right, StepContext, StepHandler, StepResult } from '../../domain/rotator.js';
import type { Step } from '../../domain/step.js';
import { isoOf } from '../../domain/time.js';
import { firstRecord, numberIn, stringIn } from './records.js';
import { newValue, oldValue } from './values.js';

/**
 * How a value gets to the live path. `create`: the path does not exist (POST, cas 0). `patch`: a version is there (PATCH, its cas: siblings
 * stay unread). `replace`: the current version is deleted or destroyed (POST, cas = that version).
 */
type Mode = 'create' | 'patch' | 'replace';

/** Writes the policy's own field of the live path, under the version that was read for the intent. */
export const promoteHandler: StepHandler = {
  effect: true,
  rights: liveRights,
  preflight: retention,
  prepare: liveVersion,
  async perform(context, record) {
    return written(await writeField(context, record, await newValue(context)));
  },
  probe,
};

/** Gives the live path's own field back what the first promote intent found there: the old value, or nothing. */
export const unpromoteHandler: StepHandler = {
  effect: true,
  rights: liveRights,
  prepare: liveVersion,
  async perform(context, record) {
    return written(await writeField(context, record, (await oldValue(context)) ?? null));
  },
  // Written again under a fresh cas, which ends whatever an earlier request could still do.
  probe: () => Promise.resolve({ state: 'absent' }),
};

function liveRights(step: Step): readonly Right[] {
  const path = stringIn(step.params, 'path');
  return [
    { system: 'vault', kind: 'data', path, capabilities: ['create', 'read', 'update', 'patch'] },
    { system: 'vault', kind: 'metadata', path, capabilities: ['read', 'patch'] },
  ];
}

async function liveVersion({ ports, step }: StepContext): Promise<JsonObject> {
  const metadata = await ports.kv.metadata(stringIn(step.params, 'path'));
  if (metadata === null) return { mode: 'create', cas: 0 };
  return { mode: metadata.deleted ? 'replace' : 'patch', cas: metadata.currentVersion };
}

async function writeField(context: StepContext, record: StepRecord, value: Material | null): Promise<KvWritten> {
  const path = stringIn(context.step.params, 'path');
  const field = stringIn(context.step.params, 'field');
  const cas = numberIn(record.intent, 'cas');
  const mode = stringIn(record.intent, 'mode') as Mode;
  const { kv } = context.ports;
  if (mode !== 'patch') return kv.write(path, value === null ? {} : { [field]: value }, cas);
  try {
    return await kv.patch(path, { [field]: value }, cas);
  } catch (error) {
    if (!isFault(error) || error.details.kind !== 'denied') throw error;
    return mergeField(kv, path, field, value, cas);
  }
}

/** For roles without the patch capability: the whole of the current data with one field changed, under its own version. */
async function mergeField(
  kv: Kv,
  path: string,
  field: string,
  value: Material | null,
  cas: number,
): Promise<KvWritten> {
  const current = await kv.read(path, cas);
  if (current === null || current.gone || current.others.length > 0)
    throw new Fault({
      kind: 'denied',
      server: 'Vault',
      call: `PATCH ${path}`,
      said: 'the role may not patch, and the other fields cannot be carried over',
      retriable: false,
      effect: 'none',
    });
  const { [field]: _mine, ...siblings } = current.fields;
  return kv.write(path, value === null ? siblings : { ...siblings, [field]: value }, cas);
}

function written(by: KvWritten): StepResult {
  return { result: 'done', receipt: { version: by.version, createdTime: isoOf(by.createdAt) } };
}

/**
 * The write itself under the recorded cas is the probe: if it lands, the earlier one never will; if it conflicts, version cas + 1 is
 * either the earlier write or somebody else's.
 */
async function probe(context: StepContext, record: StepRecord): Promise<Probe> {
  const value = await newValue(context);
  try {
    const done = written(await writeField(context, record, value));
    if (done.result === 'done') return { state: 'present', receipt: done.receipt };
  } catch (error) {
    if (!isFault(error) || error.details.kind !== 'conflict') throw error;
  }
  const path = stringIn(context.step.params, 'path');
  const next = await context.ports.kv.read(path, numberIn(record.intent, 'cas') + 1);
  const found = next?.fields[stringIn(context.step.params, 'field')];
  if (next === null || found === undefined || !found.equals(value)) return { state: 'absent' };
  return { state: 'present', receipt: { version: next.version, createdTime: isoOf(next.createdAt) } };
}

/** Versions that a rotation and its undo may add before the old value is not needed any more, siblings' writes included. */
const VERSIONS_NEEDED = 4;

/** The old value must outlive the rotation: it is what undo goes back to. */
async function retention({ ports, step, open }: StepContext): Promise<readonly Diagnostic[]> {
  if (firstRecord(open, 'promote') !== undefined) return [];
  const path = stringIn(step.params, 'path');
  const metadata = await ports.kv.metadata(path);
  if (metadata === null) return [];
  // 0 at the key means the mount's own settings.
  const mount = await ports.kv.mount(path);
  const problem = retentionProblem(
    metadata.maxVersions === 0 ? (mount?.maxVersions ?? 0) : metadata.maxVersions,
    metadata.deleteVersionAfter === 0 ? (mount?.deleteVersionAfter ?? 0) : metadata.deleteVersionAfter,
  );
  if (problem === undefined) return [];
  return [
    {
      severity: 'error',
      code: 'KT4003',
      id: open.change.id,
      summary: `\`${path}\` would lose the old value before the rotation ends: ${problem.fact}`,
      action: `vault kv metadata put ${problem.flag} ${path}`,
    },
  ];
}

function retentionProblem(
  maxVersions: number,
  deleteAfter: number,
): { readonly fact: string; readonly flag: string } | undefined {
  if (maxVersions > 0 && maxVersions < VERSIONS_NEEDED)
    return { fact: `max_versions is ${maxVersions}`, flag: `-max-versions=${VERSIONS_NEEDED}` };
  if (deleteAfter > 0)
    return { fact: `delete_version_after is ${deleteAfter / 1000}s`, flag: '-delete-version-after=0s' };
  return undefined;
}
