import type { Diagnostic } from '../../domain/diagnostic.js';
import type { StepRecord } from '../../domain/journal.js';
import type { JsonObject } from '../../domain/json.js';
import type { Material } from '../../domain/material.js';
import type { SecretView } from '../../domain/ports.js';
import type { Probe, Right, StepContext, StepHandler, StepResult } from '../../domain/rotator.js';
import type { Step } from '../../domain/step.js';
import { firstRecord, stringIn } from './records.js';
import { annotationName, copyOf, newValue, oldValue } from './values.js';

/** Writes one key of a Kubernetes Secret under its resourceVersion; the Secret is created, type Opaque, where it is absent. */
export const publishHandler: StepHandler = {
  effect: true,
  rights: secretRights,
  preflight: copyObstacles,
  prepare: secretVersion,
  async perform(context, record) {
    return writeKey(context, record, await newValue(context));
  },
  probe,
};

/** Gives the key back what the first publish intent found: the old value, or no key. The Secret itself stays. */
export const unpublishHandler: StepHandler = {
  effect: true,
  rights: secretRights,
  prepare: secretVersion,
  async perform(context, record) {
    const copy = copyOf(context);
    const first = firstRecord(context.open, 'publish', (step) => sameCopy(step, context.step));
    const before = first?.intent['hadKey'] === true ? await oldValue(context) : undefined;
    return writeKey(context, record, before ?? null, copy);
  },
  // Written again under a fresh resourceVersion, which ends whatever an earlier request could still do.
  probe: () => Promise.resolve({ state: 'absent' }),
};

function sameCopy(a: Step, b: Step): boolean {
  return (['namespace', 'name', 'key'] as const).every((part) => a.params[part] === b.params[part]);
}

function secretRights(step: Step): readonly Right[] {
  const namespace = stringIn(step.params, 'namespace');
  const name = stringIn(step.params, 'name');
  const on = { group: '', resource: 'secrets', namespace };
  return [
    { system: 'kubernetes', access: { ...on, name, verb: 'get' } },
    { system: 'kubernetes', access: { ...on, name, verb: 'patch' } },
    { system: 'kubernetes', access: { ...on, verb: 'create' } },
  ];
}

async function secretVersion(context: StepContext): Promise<JsonObject> {
  const secret = await (await context.ports.kubernetes()).readSecret(copyOf(context));
  if (secret === null) return { mode: 'create', hadKey: false };
  return { mode: 'patch', resourceVersion: secret.resourceVersion, hadKey: secret.value !== undefined };
}

/** The annotation changes with every intent, so that no write is a no-op: each one moves resourceVersion and so ends older requests. */
async function writeKey(
  context: StepContext,
  record: StepRecord,
  value: Material | null,
  copy = copyOf(context),
): Promise<StepResult> {
  const kubernetes = await context.ports.kubernetes();
  const annotations = { [annotationName(context.idHash)]: mark(context, record) };
  const resourceVersion =
    record.intent['mode'] === 'create'
      ? await kubernetes.createSecret(copy, value ?? undefined, annotations)
      : await kubernetes.patchSecret(copy, value, annotations, stringIn(record.intent, 'resourceVersion'));
  return { result: 'done', receipt: { resourceVersion } };
}

function mark(context: StepContext, record: StepRecord): string {
  return `${context.open.rotation}.${record.journalVersion}`;
}

async function probe(context: StepContext, record: StepRecord): Promise<Probe> {
  const secret = await (await context.ports.kubernetes()).readSecret(copyOf(context));
  const ours = secret?.annotations[annotationName(context.idHash)] === mark(context, record);
  if (secret?.value === undefined || !ours || !secret.value.equals(await newValue(context))) return { state: 'absent' };
  return { state: 'present', receipt: { resourceVersion: secret.resourceVersion } };
}

/** What makes a copy unfit: it cannot be changed, somebody else writes it, or it does not hold the live value. */
async function copyObstacles(context: StepContext): Promise<readonly Diagnostic[]> {
  const copy = copyOf(context);
  const secret = await (await context.ports.kubernetes()).readSecret(copy);
  if (secret === null) return [];
  const name = `${copy.namespace}/${copy.name}`;
  const found = [immutable(secret, name), owned(secret, name), await differs(context, secret, name)];
  return found
    .filter((problem) => problem !== undefined)
    .map((problem): Diagnostic => ({ severity: 'error', id: context.open.change.id, ...problem }));
}

type Obstacle = Pick<Diagnostic, 'code' | 'summary' | 'action'> | undefined;

function immutable(secret: SecretView, name: string): Obstacle {
  if (!secret.immutable) return undefined;
  return {
    code: 'KT4004',
    summary: `Secret \`${name}\` is immutable`,
    action: `Make a Secret of another name, point the workload and the policy's \`publish\` at it`,
  };
}

function owned(secret: SecretView, name: string): Obstacle {
  if (secret.owners.length === 0) return undefined;
  return {
    code: 'KT4005',
    summary: `Secret \`${name}\` is written by ${secret.owners.join(', ')}, which would undo the change`,
    action: `Take it from its owner, or remove it from \`publish\` and name the consumer's carrier with \`via\``,
  };
}

async function differs(context: StepContext, secret: SecretView, name: string): Promise<Obstacle> {
  const { path, field } = context.open.change.live;
  if (secret.value === undefined) return undefined;
  const live = (await context.ports.kv.read(path))?.fields[field];
  // Without a live value the one in the Secret exists nowhere else: to overwrite it would be to lose it.
  if (live?.equals(secret.value) === true) return undefined;
  return {
    code: 'KT4006',
    summary: `key \`${copyOf(context).key}\` of Secret \`${name}\` does not hold the live value of \`${path}\``,
    action: 'Find out which of the two the consumers use, then make the two equal or remove the key',
  };
}
