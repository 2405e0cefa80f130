import type { Diagnostic } from '../../domain/diagnostic.js';
import { Fault } from '../../domain/fault.js';
import type { StepRecord } from '../../domain/journal.js';
import type { WorkloadDetails } from '../../domain/ports.js';
import type { Right, StepContext, StepHandler } from '../../domain/rotator.js';
import type { Step } from '../../domain/step.js';
import { workloadKey } from '../../domain/observation.js';
import { objectIn, stringIn } from './records.js';
import { annotationName, workloadOf } from './values.js';

/**
 * Restarts a workload through its pod template. The annotation's value (rotation id and journal version of this intent) was never used
 * before, so that "started after the carrier held the value" can be read off each pod.
 */
export const restartHandler: StepHandler = {
  effect: true,
  rights: restartRights,
  preflight: rollObstacles,
  async prepare(context) {
    const { resourceVersion } = await readWorkload(context);
    return { resourceVersion };
  },
  async perform(context, record) {
    const kubernetes = await context.ports.kubernetes();
    const value = templateValue(context.step, context, record);
    const annotations = { [annotationName(context.idHash)]: value };
    const patched = await kubernetes.annotateTemplate(
      workloadOf(context),
      annotations,
      stringIn(record.intent, 'resourceVersion'),
    );
    return { result: 'done', receipt: { value, generation: patched.generation } };
  },
  async probe(context, record) {
    const workload = await readWorkload(context);
    const value = templateValue(context.step, context, record);
    if (workload.templateAnnotations[annotationName(context.idHash)] !== value) return { state: 'absent' };
    return { state: 'present', receipt: { value, generation: workload.generation } };
  },
};

/** A way back names the generation that it goes back to in its params; a way forward has the one on its way. */
function templateValue(step: Step, context: StepContext, record: StepRecord): string {
  const back = step.params['rotation'];
  return `${typeof back === 'string' ? back : context.open.rotation}.${record.journalVersion}`;
}

async function readWorkload(context: StepContext): Promise<WorkloadDetails> {
  const ref = workloadOf(context);
  const workload = await (await context.ports.kubernetes()).readWorkload(ref);
  if (workload !== null) return workload;
  throw new Fault({
    kind: 'absent',
    server: 'Kubernetes',
    call: `GET ${workloadKey(ref)}`,
    said: 'the workload does not exist',
    retriable: false,
    effect: 'none',
  });
}

const RESOURCES = { Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets' } as const;

function restartRights(step: Step): readonly Right[] {
  const ref = objectIn(step.params, 'workload');
  const kind = stringIn(ref, 'kind') as keyof typeof RESOURCES;
  const namespace = stringIn(ref, 'namespace');
  const workload = { group: 'apps', resource: RESOURCES[kind], namespace, name: stringIn(ref, 'name') };
  const lists = kind === 'Deployment' ? [{ group: 'apps', resource: 'replicasets' }] : [];
  return [
    { system: 'kubernetes', access: { ...workload, verb: 'get' } },
    { system: 'kubernetes', access: { ...workload, verb: 'patch' } },
    ...[...lists, { group: '', resource: 'pods' }].map(
      (list): Right => ({
        system: 'kubernetes',
        access: { ...list, namespace, verb: 'list' },
      }),
    ),
  ];
}

const OBSTACLES = {
  paused: { fact: 'is paused', action: (key: string) => `kubectl rollout resume ${key}` },
  OnDelete: { fact: 'has the update strategy OnDelete', action: () => 'Set its update strategy to RollingUpdate' },
  partitioned: {
    fact: 'holds pods back by a partition',
    action: () => 'Set spec.updateStrategy.rollingUpdate.partition to 0',
  },
} as const;

/** Does the workload roll when its template changes, and do its pods take the value from a copy that this change writes? */
async function rollObstacles(context: StepContext): Promise<readonly Diagnostic[]> {
  const ref = workloadOf(context);
  const key = workloadKey(ref);
  const workload = await (await context.ports.kubernetes()).readWorkload(ref);
  const about = { severity: 'error', id: context.open.change.id } as const;
  if (workload === null)
    return [
      {
        ...about,
        code: 'KT4007',
        summary: `${key} does not exist`,
        action: 'Create it, or remove it from `consumers`',
      },
    ];
  const found: Diagnostic[] = [];
  if (workload.obstacle !== undefined) {
    const { fact, action } = OBSTACLES[workload.obstacle];
    const command = action(`${ref.kind.toLowerCase()}/${ref.name} -n ${ref.namespace}`);
    found.push({
      ...about,
      code: 'KT4008',
      summary: `${key} ${fact}: its pods would keep the old value`,
      action: command,
    });
  }
  if (context.step.params['via'] === 'copy' && !refersToCopy(context, workload))
    found.push({
      ...about,
      code: 'KT4009',
      summary: `the pods of ${key} do not refer to any Secret that this policy publishes`,
      action: 'Point the pod template at the Secret, correct `publish`, or say `via: { readAtStart: true }`',
    });
  return found;
}

function refersToCopy(context: StepContext, workload: WorkloadDetails): boolean {
  const names = context.step.params['secrets'];
  return Array.isArray(names) && names.some((name) => typeof name === 'string' && workload.secrets.includes(name));
}
