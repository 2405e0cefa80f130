import { REVISIONS } from '../resources.js';
import { copyOf, same, treeAt, type Tree } from '../value.js';
import type { ControllerContext } from './context.js';
import { templateHash } from './hash.js';
import { controllerReference, nameOf, namespaceOf, numberAt } from './objects.js';

/** Names the revision of a pod; the value for a StatefulSet is the revision's name, for a DaemonSet the hash alone. */
export const REVISION_LABEL = 'controller-revision-hash';

export const revisionTemplate = (revision: Tree): Tree => treeAt(revision, 'data', 'spec', 'template') ?? {};

/** The ControllerRevision of the owner's present template, made or moved to the end of the history where need be. */
export function syncRevisions(
  context: ControllerContext,
  owner: Tree,
): { readonly update: Tree; readonly all: readonly Tree[] } {
  const template = treeAt(owner, 'spec', 'template') ?? {};
  const all = context.owned(REVISIONS, owner);
  const latest = all.reduce((max, one) => Math.max(max, numberAt(one, 'revision')), 0);
  const equal = all.find((one) => same(bare(revisionTemplate(one)), template));
  if (equal === undefined) return { update: create(context, owner, template, latest + 1), all };
  if (numberAt(equal, 'revision') === latest) return { update: equal, all };
  const moved = context.update(REVISIONS, equal, (draft) => {
    draft['revision'] = latest + 1;
  });
  return { update: moved, all };
}

function bare(template: Tree): Tree {
  const { $patch: _directive, ...rest } = template;
  return rest;
}

function create(context: ControllerContext, owner: Tree, template: Tree, revision: number): Tree {
  const hash = templateHash(template);
  return context.create(REVISIONS, namespaceOf(owner), {
    metadata: {
      name: `${nameOf(owner)}-${hash}`,
      labels: { ...treeAt(template, 'metadata', 'labels'), [REVISION_LABEL]: hash },
      ownerReferences: [controllerReference(owner)],
    },
    data: { spec: { template: { ...copyOf(template), $patch: 'replace' } } },
    revision,
  });
}

/** Deletes revisions above revisionHistoryLimit that neither the status nor a pod names. */
export function trimRevisions(
  context: ControllerContext,
  owner: Tree,
  all: readonly Tree[],
  used: ReadonlySet<string>,
): void {
  const unused = all.filter((one) => !used.has(nameOf(one)));
  const oldest = [...unused].sort((a, b) => numberAt(a, 'revision') - numberAt(b, 'revision'));
  const surplus = oldest.slice(0, Math.max(0, unused.length - numberAt(owner, 'spec', 'revisionHistoryLimit')));
  for (const revision of surplus) context.delete(REVISIONS, revision);
}
