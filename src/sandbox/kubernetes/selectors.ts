import { badRequest } from './failures.js';
import { PODS, SECRETS, type Resource } from './resources.js';
import { at, listAt, textAt, treeAt, type Tree } from './value.js';

type Labels = Tree | undefined;
type Requirement = (labels: Labels) => boolean;

const anyOf =
  (key: string, values: readonly string[], wanted: boolean): Requirement =>
  (labels) => {
    const value = textAt(labels, key);
    // "notin" and "!=" also take objects that lack the label.
    return wanted ? value !== undefined && values.includes(value) : value === undefined || !values.includes(value);
  };

const listed = (text: string): string[] => text.split(',').map((value) => value.trim());

function requirement(text: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s+\(([^()]*)\)$/.exec(text);
  if (set !== null) return anyOf(set[1] ?? '', listed(set[3] ?? ''), set[2] === 'in');
  const equality = /^([^\s!=]+)\s*(==|=|!=)\s*([^\s!=]*)$/.exec(text);
  if (equality !== null) return anyOf(equality[1] ?? '', [equality[3] ?? ''], equality[2] !== '!=');
  const existence = /^(!?)\s*([^\s!=(),]+)$/.exec(text);
  if (existence === null) throw badRequest(`unable to parse requirement: found '${text}'`);
  const key = existence[2] ?? '';
  return (labels) => (labels?.[key] !== undefined) === (existence[1] === '');
}

/** `a=b,c in (d,e),!f`: equality and set based requirements, all of which must hold. */
export function labelSelector(text: string): (object: Tree) => boolean {
  const requirements = text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(requirement);
  return (object) => requirements.every((holds) => holds(treeAt(object, 'metadata', 'labels')));
}

/** metav1.LabelSelector of a workload's spec, against labels. */
export function selects(selector: Tree | undefined, labels: Labels): boolean {
  const equal = Object.entries(treeAt(selector, 'matchLabels') ?? {});
  if (!equal.every(([key, value]) => labels?.[key] === value)) return false;
  return listAt(selector, 'matchExpressions').every((expression) => {
    const key = textAt(expression, 'key') ?? '';
    const values = listAt(expression, 'values').filter((value) => typeof value === 'string');
    const operator = textAt(expression, 'operator');
    if (operator === 'Exists') return labels?.[key] !== undefined;
    if (operator === 'DoesNotExist') return labels?.[key] === undefined;
    return anyOf(key, values, operator === 'In')(labels);
  });
}

const EVERYWHERE = ['metadata.name', 'metadata.namespace'];
const POD_FIELDS = [
  ...EVERYWHERE, 'spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName',
  'status.phase', 'status.podIP', 'status.nominatedNodeName',
]; // prettier-ignore

function knownFields(resource: Resource): readonly string[] {
  if (resource === PODS) return POD_FIELDS;
  return resource === SECRETS ? [...EVERYWHERE, 'type'] : EVERYWHERE;
}

/** `spec.nodeName=worker,status.phase!=Failed`; a field that the resource does not index is 400. */
export function fieldSelector(resource: Resource, text: string): (object: Tree) => boolean {
  const terms = text.split(',').filter((part) => part.trim() !== '');
  const requirements = terms.map((part) => {
    const match = /^\s*([^=!]+?)\s*(==|=|!=)\s*(.*?)\s*$/.exec(part);
    if (match === null) throw badRequest(`invalid field selector: ${part}`);
    const [, field = '', operator, value = ''] = match;
    if (!knownFields(resource).includes(field)) throw badRequest(unknownField(resource, field));
    return { path: field.split('.'), value, wanted: operator !== '!=' };
  });
  return (object) =>
    requirements.every(({ path, value, wanted }) => ((at(object, ...path) ?? '') === value) === wanted);
}

function unknownField(resource: Resource, field: string): string {
  if (resource === PODS || resource === SECRETS) return `field label not supported: ${field}`;
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}
