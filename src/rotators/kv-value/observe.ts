import type { FaultDetails } from '../../domain/fault.js';
import type { Answers, AnswerValue, KvMetadata, Observation, Query, WorkloadView } from '../../domain/observation.js';
import { queryKey } from '../../domain/observation.js';
import type { Consumer, Policy, WorkloadRef } from '../../domain/policy.js';
import { instantOf } from '../../domain/time.js';
import { type Label, labelKey, parseLabel } from '../../domain/label.js';

/**
 * The reads of a kind whose value lives in one field of a KV v2 path: its metadata, the workloads of its consumers, and the field
 * names of the current version only where the label does not explain that version.
 */
export function queries(policy: Policy, known: Answers): readonly Query[] {
  const metadata: Query = { type: 'kvMetadata', path: policy.vault.path };
  const workloads = policy.consumers.map((consumer): Query => ({ type: 'workload', workload: refOf(consumer) }));
  const found = metadataOf(known, policy);
  if (found === undefined || found === null || found.deleted || explained(found, policy))
    return [metadata, ...workloads];
  return [metadata, ...workloads, subkeysQuery(policy, found)];
}

/**
 * @param hash of a text in hex; 12 digits of an id's hash name its annotation. A renamed secret's consumers may still carry the annotation
 *   of its former id.
 */
export function interpret(policy: Policy, answers: Answers, hash: (text: string) => string): Observation {
  const faults = faultsOf(policy, answers);
  const metadata = metadataOf(answers, policy);
  if (faults.length > 0 || metadata === undefined) return { state: 'unobserved', faults };
  const consumers = policy.consumers.map((consumer) => ({
    ref: refOf(consumer),
    view: workloadOf(answers, consumer) ?? null,
  }));
  const missingConsumers = consumers.filter(({ view }) => view === null).map(({ ref }) => ref);
  const none = { state: 'observed', present: false, driftedConsumers: [], missingConsumers } as const;
  if (metadata === null) return { ...none, version: 0 };
  const fields = fieldsOf(answers, policy, metadata);
  const place = { version: metadata.currentVersion, versionCreatedAt: metadata.createdAt };
  if (metadata.deleted || fields?.includes(policy.vault.field) === false) return { ...none, ...place };
  const generation = generationOf(policy, metadata, fields);
  const ids = [policy.id, ...(policy.movedFrom === undefined ? [] : [policy.movedFrom])];
  const names = ids.map((id) => `keyturn.dev/${hash(id).slice(0, 12)}`);
  const driftedConsumers = consumers.flatMap(({ ref, view }) => drifted(ref, view, generation.rotation, names));
  return { state: 'observed', present: true, ...place, ...generation, driftedConsumers, missingConsumers };
}

type Generation = Pick<
  Extract<Observation, { state: 'observed' }>,
  'birth' | 'birthFrom' | 'rotation' | 'specHash' | 'changedOutside'
>;

/** Which generation stands at the live place, and since when. */
function generationOf(policy: Policy, metadata: KvMetadata, fields: readonly string[] | null): Generation {
  const label = labelOf(metadata, policy);
  const alone = fields === null || fields.length <= 1;
  const unlabelled: Generation = alone
    ? { birth: metadata.createdAt, birthFrom: 'version' }
    : { birth: metadata.keyCreatedAt, birthFrom: 'key' };
  if (label === undefined) return unlabelled;
  const birth = instantOf(label.birth);
  // A sibling's write makes a newer version too, and without reading values nobody can tell the two apart on a shared path.
  const foreign = label.version > metadata.currentVersion || (!explained(metadata, policy) && alone);
  if (birth === undefined || foreign || bornLate(label, birth, metadata))
    return {
      ...unlabelled,
      changedOutside: { version: metadata.currentVersion, at: metadata.createdAt, labelVersion: label.version },
    };
  // A value that keyturn did not make has no spec that it was made by.
  const made = label.rotation === undefined ? {} : { rotation: label.rotation, specHash: label.specHash };
  return { birth, birthFrom: 'label', ...made };
}

/** One second for the label's rounding; both times are the server's. */
function bornLate(label: Label, birth: number, metadata: KvMetadata): boolean {
  return label.version === metadata.currentVersion && birth > metadata.createdAt + 1000;
}

/** Some label of the path, this field's or a sibling's, names the current version: keyturn wrote it. */
function explained(metadata: KvMetadata, policy: Policy): boolean {
  if (labelOf(metadata, policy) === undefined) return false;
  const labels = Object.values(metadata.customMetadata).map((text) => parseLabel(text));
  return labels.some((label) => label?.version === metadata.currentVersion);
}

function labelOf(metadata: KvMetadata, policy: Policy): Label | undefined {
  return parseLabel(metadata.customMetadata[labelKey(policy.vault.field)]);
}

function drifted(
  ref: WorkloadRef,
  view: WorkloadView | null,
  rotation: string | undefined,
  names: readonly string[],
): readonly { readonly workload: WorkloadRef; readonly manager?: string }[] {
  if (view === null || rotation === undefined) return [];
  if (names.some((name) => view.templateAnnotations[name]?.startsWith(`${rotation}.`) === true)) return [];
  const manager = names.map((name) => view.annotationManagers[name]).find((found) => found !== undefined);
  return [{ workload: ref, ...(manager === undefined ? {} : { manager }) }];
}

function refOf({ kind, namespace, name }: Consumer): WorkloadRef {
  return { kind, namespace, name };
}

function subkeysQuery(policy: Policy, metadata: KvMetadata): Query {
  return { type: 'kvSubkeys', path: policy.vault.path, version: metadata.currentVersion };
}

function valueOf(answers: Answers, query: Query): AnswerValue | undefined {
  const answer = answers.get(queryKey(query));
  return answer?.ok === true ? answer.value : undefined;
}

function metadataOf(answers: Answers, policy: Policy): KvMetadata | null | undefined {
  const value = valueOf(answers, { type: 'kvMetadata', path: policy.vault.path });
  return value?.type === 'kvMetadata' ? value.metadata : undefined;
}

/** Null where they were not asked for. */
function fieldsOf(answers: Answers, policy: Policy, metadata: KvMetadata): readonly string[] | null {
  const value = valueOf(answers, subkeysQuery(policy, metadata));
  return value?.type === 'kvSubkeys' ? value.fields : null;
}

function workloadOf(answers: Answers, consumer: Consumer): WorkloadView | null | undefined {
  const value = valueOf(answers, { type: 'workload', workload: refOf(consumer) });
  return value?.type === 'workload' ? value.workload : undefined;
}

function faultsOf(policy: Policy, answers: Answers): readonly FaultDetails[] {
  return queries(policy, answers).flatMap((query) => {
    const answer = answers.get(queryKey(query));
    return answer?.ok === false ? [answer.fault] : [];
  });
}
