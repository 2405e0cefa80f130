import { DEPLOYMENTS, REPLICASETS } from '../resources.js';
import { at, copyOf, ensureTree, listAt, same, textAt, treeAt, type Tree } from '../value.js';
import type { ControllerContext } from './context.js';
import { templateHash } from './hash.js';
import { controllerReference, createdAt, nameOf, namespaceOf } from './objects.js';
import { condition, conditionOf, hasDeadline, withCondition } from './progress.js';
import { DESIRED, margins, MAX, nextReplicas, replicasOf, type Sets } from './rollout.js';

const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const HASH_LABEL = 'pod-template-hash';
const NOT_COPIED = new Set([REVISION, DESIRED, MAX, HISTORY, 'kubectl.kubernetes.io/last-applied-configuration']);

function withoutHash(template: Tree | undefined): Tree {
  const bare = copyOf(template ?? {});
  const labels = treeAt(bare, 'metadata', 'labels');
  if (labels !== undefined) delete labels[HASH_LABEL];
  return bare;
}

/** Which of its ReplicaSets has the Deployment's present template: the oldest, should there be two. */
export function setsOf(context: ControllerContext, deployment: Tree): Sets {
  const sets = [...context.owned(REPLICASETS, deployment)].sort((a, b) => (createdAt(a) < createdAt(b) ? -1 : 1));
  const template = withoutHash(treeAt(deployment, 'spec', 'template'));
  const next = sets.find((set) => same(withoutHash(treeAt(set, 'spec', 'template')), template));
  return { next, old: sets.filter((set) => set !== next) };
}

export const revisionOf = (object: Tree): number => Number(textAt(object, 'metadata', 'annotations', REVISION) ?? 0);

function copiedAnnotations(deployment: Tree): Record<string, string> {
  const entries = Object.entries(treeAt(deployment, 'metadata', 'annotations') ?? {});
  return Object.fromEntries(entries.filter(([name]) => !NOT_COPIED.has(name))) as Record<string, string>;
}

const newRevision = (sets: Sets): number => Math.max(0, ...sets.old.map(revisionOf)) + 1;

export function sizeAnnotations(deployment: Tree): Record<string, string> {
  const wanted = replicasOf(deployment);
  return { [DESIRED]: String(wanted), [MAX]: String(wanted + margins(deployment).surge) };
}

/** Writes the revision and the first word on progress; answers the Deployment as it then is. */
function announce(context: ControllerContext, deployment: Tree, revision: number, progress: Tree | undefined): Tree {
  return context.updateStatus(DEPLOYMENTS, deployment, (draft) => {
    context.annotate(draft, { [REVISION]: String(revision) });
    if (progress === undefined) return;
    const status = ensureTree(draft, 'status');
    status['conditions'] = withCondition(listAt(status, 'conditions') as Tree[], progress);
  });
}

/** Keeps the revision and the annotations of the present ReplicaSet in step with its Deployment. */
export function adoptRevision(context: ControllerContext, deployment: Tree, sets: Sets): Tree {
  const { next } = sets;
  if (next === undefined) return deployment;
  const before = revisionOf(next);
  const revision = Math.max(before, newRevision(sets));
  // A set that comes back gets a new revision; the ones that it had are kept.
  const earlier = [textAt(next, 'metadata', 'annotations', HISTORY) ?? '', String(before)].filter((one) => one !== '');
  const history = before > 0 && before < revision ? { [HISTORY]: earlier.join(',') } : {};
  const annotations = { ...copiedAnnotations(deployment), ...history, [REVISION]: String(revision) };
  context.update(REPLICASETS, next, (draft) => {
    context.annotate(draft, annotations);
    ensureTree(draft, 'spec')['minReadySeconds'] = at(deployment, 'spec', 'minReadySeconds') ?? null;
  });
  const found = condition(
    context.stamp(),
    'Progressing',
    'True',
    'FoundNewReplicaSet',
    `Found new replica set "${nameOf(next)}"`,
  );
  const silent = hasDeadline(deployment) && conditionOf(deployment, 'Progressing') === undefined;
  return announce(context, deployment, revision, silent ? found : undefined);
}

/** Makes the ReplicaSet of the present template; answers the Deployment as it then is. */
export function createNext(context: ControllerContext, deployment: Tree, sets: Sets): Tree {
  const template = copyOf(treeAt(deployment, 'spec', 'template') ?? {});
  const hash = templateHash(template);
  ensureTree(template, 'metadata', 'labels')[HASH_LABEL] = hash;
  const selector = copyOf(treeAt(deployment, 'spec', 'selector') ?? {});
  ensureTree(selector, 'matchLabels')[HASH_LABEL] = hash;
  const revision = newRevision(sets);
  const minReadySeconds = at(deployment, 'spec', 'minReadySeconds');
  const created = context.create(REPLICASETS, namespaceOf(deployment), {
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      labels: { ...treeAt(template, 'metadata', 'labels') },
      annotations: { ...copiedAnnotations(deployment), ...sizeAnnotations(deployment), [REVISION]: String(revision) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: nextReplicas(deployment, sets),
      selector,
      template,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
    },
  });
  const words = `Created new replica set "${nameOf(created)}"`;
  const news = condition(context.stamp(), 'Progressing', 'True', 'NewReplicaSetCreated', words);
  return announce(context, deployment, revision, hasDeadline(deployment) ? news : undefined);
}
