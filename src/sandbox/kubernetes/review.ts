import { allows, type Identity } from './access.js';
import { invalid } from './failures.js';
import { customResource } from './resources.js';
import { textAt, treeAt, type Tree } from './value.js';

const EXACTLY_ONE = 'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
const REVIEWS = customResource('authorization.k8s.io', 'v1', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview');

/** POST selfsubjectaccessreviews: may the caller do that? Answers the review with its status. */
export function reviewAccess(identity: Identity, review: Tree): object {
  const spec = treeAt(review, 'spec');
  const wanted = treeAt(spec, 'resourceAttributes');
  if (spec === undefined || (wanted === undefined && treeAt(spec, 'nonResourceAttributes') === undefined)) {
    throw invalid(REVIEWS, '', [{ type: 'FieldValueInvalid', field: 'spec.resourceAttributes', text: EXACTLY_ONE }]);
  }
  const text = (field: string): string => textAt(wanted, field) ?? '';
  const subresource = text('subresource');
  const allowed =
    wanted === undefined
      ? identity.rules === 'admin'
      : allows(identity, {
          verb: text('verb'),
          group: text('group'),
          resource: subresource === '' ? text('resource') : `${text('resource')}/${subresource}`,
          namespace: text('namespace') === '' ? undefined : text('namespace'),
          name: text('name') === '' ? undefined : text('name'),
        });
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec,
    status: allowed ? { allowed, reason: 'a rule of the token allows it' } : { allowed },
  };
}
