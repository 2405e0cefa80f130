import { ApiError, badRequest, invalid, type FieldError } from './failures.js';
import type { Resource } from './resources.js';
import { selects } from './selectors.js';
import { at, copyOf, isTree, listAt, same, textAt, treeAt, type Tree } from './value.js';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const IMMUTABLE_SECRET = 'Forbidden: field is immutable when `immutable` is set';
const CONFIG_KEY =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', " +
  "regex used for validation is '[-._a-zA-Z0-9]+')";
const MAX_SECRET = 1_048_576;

const wrong = (field: string, value: unknown, why: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  text: `Invalid value: ${JSON.stringify(value)}: ${why}`,
});
const required = (field: string, why = ''): FieldError => ({
  type: 'FieldValueRequired',
  field,
  text: why === '' ? 'Required value' : `Required value: ${why}`,
});
const forbiddenField = (field: string, text: string): FieldError => ({ type: 'FieldValueForbidden', field, text });

function nameErrors(resource: Resource, object: Tree): FieldError[] {
  const name = textAt(object, 'metadata', 'name');
  if (name === undefined || name === '') return [required('metadata.name', 'name or generateName is required')];
  const isLabel = resource.kind === 'Namespace';
  const pattern = isLabel ? LABEL : SUBDOMAIN;
  if (name.length <= (isLabel ? 63 : 253) && pattern.test(name)) return [];
  const what = isLabel ? 'label' : 'subdomain';
  const letters = `consist of lower case alphanumeric characters${isLabel ? " or '-'" : ", '-' or '.'"}`;
  const example = isLabel ? "'my-name',  or '123-abc'" : "'example.com'";
  const regex = `regex used for validation is '${pattern.source.replaceAll(/^\^|\$$/g, '')}'`;
  const rule = `a lowercase RFC 1123 ${what} must ${letters}, and must start and end with an alphanumeric character (e.g. ${example}, ${regex})`;
  return [wrong('metadata.name', name, rule)];
}

function secretErrors(object: Tree): FieldError[] {
  const entries = Object.entries(treeAt(object, 'data') ?? {});
  const errors = entries
    .filter(([key]) => !/^[-._a-zA-Z0-9]{1,253}$/.test(key) || key === '.' || key.startsWith('..'))
    .map(([key]) => wrong(`data[${key}]`, key, CONFIG_KEY));
  const size = entries.reduce(
    (sum, [, value]) => sum + (typeof value === 'string' ? Buffer.byteLength(value, 'base64') : 0),
    0,
  );
  const long: FieldError = {
    type: 'FieldValueTooLong',
    field: 'data',
    text: `Too long: may not be more than ${MAX_SECRET} bytes`,
  };
  return size > MAX_SECRET ? [...errors, long] : errors;
}

function secretUpdateErrors(old: Tree, next: Tree): FieldError[] {
  const errors: FieldError[] = [];
  if (next['type'] !== old['type']) errors.push(wrong('type', next['type'], 'field is immutable'));
  if (old['immutable'] === true) {
    if (next['immutable'] !== true) errors.push(forbiddenField('immutable', IMMUTABLE_SECRET));
    if (!same(next['data'] ?? {}, old['data'] ?? {})) errors.push(forbiddenField('data', IMMUTABLE_SECRET));
  }
  return errors;
}

function containerErrors(spec: Tree | undefined, path: string): FieldError[] {
  const containers = listAt(spec, 'containers');
  if (containers.length === 0) return [required(`${path}.containers`)];
  return containers.flatMap((container, index) =>
    ['name', 'image']
      .filter((field) => (textAt(container, field) ?? '') === '')
      .map((field) => required(`${path}.containers[${index}].${field}`)),
  );
}

function workloadErrors(resource: Resource, object: Tree): FieldError[] {
  const spec = treeAt(object, 'spec');
  const selector = treeAt(spec, 'selector');
  const labels = treeAt(spec, 'template', 'metadata', 'labels');
  const errors: FieldError[] = selector === undefined ? [required('spec.selector')] : [];
  if (selector === undefined || !selects(selector, labels)) {
    const why = '`selector` does not match template `labels`';
    errors.push(wrong('spec.template.metadata.labels', labels ?? null, why));
  }
  errors.push(...containerErrors(treeAt(spec, 'template', 'spec'), 'spec.template.spec'));
  return [
    ...errors,
    ...replicasErrors(resource, spec),
    ...(resource.kind === 'Deployment' ? deploymentErrors(spec) : []),
  ];
}

function replicasErrors(resource: Resource, spec: Tree | undefined): FieldError[] {
  const replicas = at(spec, 'replicas');
  const fine = typeof replicas === 'number' && Number.isInteger(replicas) && replicas >= 0;
  if (resource.kind === 'DaemonSet' || fine) return [];
  return [wrong('spec.replicas', replicas, 'must be greater than or equal to 0')];
}

function deploymentErrors(spec: Tree | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const deadline = Number(at(spec, 'progressDeadlineSeconds') ?? 600);
  if (deadline <= Number(at(spec, 'minReadySeconds') ?? 0)) {
    errors.push(wrong('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  if (textAt(spec, 'strategy', 'type') === 'Recreate' && at(spec, 'strategy', 'rollingUpdate') !== undefined) {
    const why = "Forbidden: may not be specified when strategy `type` is 'Recreate'";
    errors.push(forbiddenField('spec.strategy.rollingUpdate', why));
  }
  return errors;
}

const STATEFUL_MUTABLE = [
  'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy', 'minReadySeconds',
]; // prettier-ignore

function workloadUpdateErrors(resource: Resource, old: Tree, next: Tree): FieldError[] {
  const selector = at(next, 'spec', 'selector');
  if (resource.kind === 'StatefulSet') {
    const rest = (object: Tree): Tree =>
      Object.fromEntries(
        Object.entries(treeAt(object, 'spec') ?? {}).filter(([field]) => !STATEFUL_MUTABLE.includes(field)),
      );
    const names = `'${STATEFUL_MUTABLE.slice(0, -1).join("', '")}' and 'minReadySeconds'`;
    const why = `Forbidden: updates to statefulset spec for fields other than ${names} are forbidden`;
    return same(rest(old), rest(next)) ? [] : [forbiddenField('spec', why)];
  }
  return same(selector, at(old, 'spec', 'selector')) ? [] : [wrong('spec.selector', selector, 'field is immutable')];
}

/** Of a pod's spec only images, the active deadline and tolerations may change. */
function podUpdateErrors(old: Tree, next: Tree): FieldError[] {
  const fixed = (object: Tree): Tree => {
    const spec = copyOf(treeAt(object, 'spec') ?? {});
    delete spec['activeDeadlineSeconds'];
    delete spec['tolerations'];
    for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]) {
      if (isTree(container)) delete container['image'];
    }
    return spec;
  };
  if (same(fixed(old), fixed(next))) return [];
  const fields =
    '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations`';
  return [forbiddenField('spec', `Forbidden: pod updates may not change fields other than ${fields}`)];
}

const isWorkload = (resource: Resource): boolean => resource.group === 'apps' && resource.kind !== 'ControllerRevision';

/** Throws 422 with every field that the API server would refuse, as far as it is judged here. */
export function validate(resource: Resource, next: Tree, old?: Tree): void {
  const errors = old === undefined ? nameErrors(resource, next) : [];
  if (resource.kind === 'Secret') {
    errors.push(...(old === undefined ? [] : secretUpdateErrors(old, next)), ...secretErrors(next));
  } else if (resource.kind === 'Pod') {
    errors.push(...(old === undefined ? containerErrors(treeAt(next, 'spec'), 'spec') : podUpdateErrors(old, next)));
  } else if (isWorkload(resource)) {
    errors.push(...workloadErrors(resource, next));
    if (old !== undefined) errors.push(...workloadUpdateErrors(resource, old, next));
  }
  if (errors.length > 0) throw invalid(resource, textAt(next, 'metadata', 'name') ?? '', errors);
}

/** Throws where a map of texts holds something else, or data is no base64: what typed decoding refuses. */
export function decode(resource: Resource, object: Tree, patched = false): void {
  const fault = resource.typed ? decodingFaults(resource, object)[0] : undefined;
  if (fault === undefined) return;
  const { kind, version } = resource;
  if (!patched) throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${fault}`);
  // So the API server answers a patch, and so it tells the whole patched object: callers must not repeat its words.
  const text = `Invalid value: ${JSON.stringify(JSON.stringify(object))}: ${fault}`;
  const causes = [{ reason: 'FieldValueInvalid', message: text, field: 'patch' }];
  throw new ApiError(422, 'Invalid', ` "" is invalid: patch: ${text}`, { causes });
}

function decodingFaults(resource: Resource, object: Tree): string[] {
  const maps = [['metadata', 'labels'], ['metadata', 'annotations'], ['data'], ['stringData']];
  const wrongTypes = (resource.kind === 'ControllerRevision' ? maps.slice(0, 2) : maps).flatMap((path) =>
    Object.values(treeAt(object, ...path) ?? {})
      .filter((value) => typeof value !== 'string')
      .map((value) => {
        const type = path[0] === 'data' && resource.kind === 'Secret' ? '[]uint8' : 'string';
        return `json: cannot unmarshal ${typeof value} into Go struct field ${resource.kind}.${path.join('.')} of type ${type}`;
      }),
  );
  if (resource.kind !== 'Secret') return wrongTypes;
  const texts = Object.values(treeAt(object, 'data') ?? {}).filter((value) => typeof value === 'string');
  const broken = texts.filter((text) => text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text));
  return [...wrongTypes, ...broken.map(() => 'illegal base64 data at input byte 0')];
}
