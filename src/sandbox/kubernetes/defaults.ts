import type { Resource } from './resources.js';
import { ensureTree, isTree, listAt, textAt, treeAt, type Tree, type Value } from './value.js';

const fill = (tree: Tree, defaults: Tree): void => {
  for (const [name, value] of Object.entries(defaults)) tree[name] ??= value;
};

function pullPolicy(image: string): string {
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  const latest = !image.includes('@') && (tag === undefined || tag === 'latest');
  return latest ? 'Always' : 'IfNotPresent';
}

function fillProbe(probe: Value | undefined): void {
  if (!isTree(probe)) return;
  fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (isTree(probe['httpGet'])) fill(probe['httpGet'], { path: '/', scheme: 'HTTP' });
}

function fillContainer(container: Value): void {
  if (!isTree(container)) return;
  fill(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(textAt(container, 'image') ?? ''),
  });
  for (const port of listAt(container, 'ports')) if (isTree(port)) fill(port, { protocol: 'TCP' });
  for (const variable of listAt(container, 'env')) {
    const field = treeAt(variable, 'valueFrom', 'fieldRef');
    if (field !== undefined) fill(field, { apiVersion: 'v1' });
  }
  for (const probe of ['readinessProbe', 'livenessProbe', 'startupProbe']) fillProbe(container[probe]);
}

function fillPodSpec(spec: Tree): void {
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]) fillContainer(container);
  for (const volume of listAt(spec, 'volumes')) {
    for (const source of ['secret', 'configMap', 'projected']) {
      const tree = treeAt(volume, source);
      if (tree !== undefined) fill(tree, { defaultMode: 420 });
    }
  }
}

/** The rolling parameters exist for the type RollingUpdate only. */
function fillStrategy(spec: Tree, field: string, rolling: Tree): void {
  const strategy = ensureTree(spec, field);
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] === 'RollingUpdate') fill(ensureTree(strategy, 'rollingUpdate'), rolling);
}

function fillWorkload(kind: string, spec: Tree): void {
  if (kind !== 'DaemonSet') fill(spec, { replicas: 1 });
  if (kind !== 'ReplicaSet') fill(spec, { revisionHistoryLimit: 10 });
  if (kind === 'Deployment') {
    fill(spec, { progressDeadlineSeconds: 600 });
    fillStrategy(spec, 'strategy', { maxUnavailable: '25%', maxSurge: '25%' });
  } else if (kind === 'StatefulSet') {
    fill(spec, { podManagementPolicy: 'OrderedReady' });
    fill(ensureTree(spec, 'persistentVolumeClaimRetentionPolicy'), { whenDeleted: 'Retain', whenScaled: 'Retain' });
    fillStrategy(spec, 'updateStrategy', { partition: 0 });
  } else if (kind === 'DaemonSet') {
    fillStrategy(spec, 'updateStrategy', { maxUnavailable: 1, maxSurge: 0 });
  }
  fillPodSpec(ensureTree(spec, 'template', 'spec'));
}

/** Counts that are told even where they are 0. */
const FIRST_STATUS: { readonly [kind: string]: Tree } = {
  ReplicaSet: { replicas: 0 },
  StatefulSet: { replicas: 0, availableReplicas: 0 },
  DaemonSet: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
};

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** stringData is for writing only: it ends up in data. */
function fillSecret(object: Tree): void {
  const { stringData } = object;
  if (isTree(stringData)) {
    const data = ensureTree(object, 'data');
    for (const [key, value] of Object.entries(stringData)) data[key] = bytes(typeof value === 'string' ? value : '');
    delete object['stringData'];
  }
  fill(object, { type: 'Opaque' });
}

/** Maps and lists of metadata and data that are empty are left out of the API's answers. */
function dropEmpty(object: Tree): void {
  const places = [object, treeAt(object, 'metadata'), treeAt(object, 'spec', 'template', 'metadata')];
  for (const place of places) {
    for (const field of ['labels', 'annotations', 'ownerReferences', 'finalizers', 'data']) {
      const value = place?.[field];
      if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) delete place?.[field];
    }
  }
}

/** Fills in what the API server fills in, in place, as far as anybody here looks at it. */
export function applyDefaults(resource: Resource, object: Tree): void {
  if (!resource.typed) return;
  const { kind } = resource;
  if (kind === 'Secret') fillSecret(object);
  else if (kind === 'Pod') {
    const spec = ensureTree(object, 'spec');
    fill(spec, { enableServiceLinks: true });
    fillPodSpec(spec);
    fill(ensureTree(object, 'status'), { phase: 'Pending', qosClass: 'BestEffort' });
  } else if (kind === 'Namespace') {
    const name = textAt(object, 'metadata', 'name') ?? '';
    ensureTree(object, 'metadata', 'labels')['kubernetes.io/metadata.name'] = name;
    fill(ensureTree(object, 'spec'), { finalizers: ['kubernetes'] });
    fill(ensureTree(object, 'status'), { phase: 'Active' });
  } else if (['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'].includes(kind)) {
    fillWorkload(kind, ensureTree(object, 'spec'));
    fill(ensureTree(object, 'status'), FIRST_STATUS[kind] ?? {});
  }
  dropEmpty(object);
}
