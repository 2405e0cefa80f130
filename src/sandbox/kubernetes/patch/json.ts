import { ApiError, badRequest } from '../failures.js';
import { copyOf, isTree, same, textAt, type Tree, type Value } from '../value.js';

type Holder = Tree | Value[];

/** What went wrong is known here, but the API server does not tell it. */
const refuse = (_why: string): ApiError =>
  new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

function stepsOf(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw refuse(`invalid JSON pointer ${JSON.stringify(pointer)}`);
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function indexIn(list: readonly Value[], step: string, end: number): number {
  if (step === '-') return list.length;
  const index = /^(0|[1-9]\d*)$/.test(step) ? Number(step) : Number.NaN;
  if (!(index >= 0 && index < end)) throw refuse(`Unable to access invalid index: ${step}`);
  return index;
}

function inside(holder: Value | undefined, step: string): Value | undefined {
  if (Array.isArray(holder)) return holder[indexIn(holder, step, holder.length)];
  return isTree(holder) ? holder[step] : undefined;
}

/** The container of the last step. */
function holderOf(document: Value, steps: readonly string[], pointer: string): Holder {
  let here: Value | undefined = document;
  for (const step of steps.slice(0, -1)) here = inside(here, step);
  if (Array.isArray(here) || isTree(here)) return here;
  throw refuse(`doc is missing path: ${JSON.stringify(pointer)}: missing value`);
}

function read(document: Value, pointer: string): Value {
  const steps = stepsOf(pointer);
  let here: Value | undefined = document;
  for (const step of steps) here = inside(here, step);
  if (here === undefined) throw refuse(`doc is missing key: ${pointer}: missing value`);
  return here;
}

function add(document: Value, pointer: string, value: Value): Value {
  const steps = stepsOf(pointer);
  const last = steps.at(-1);
  if (last === undefined) return value;
  const holder = holderOf(document, steps, pointer);
  if (Array.isArray(holder)) holder.splice(indexIn(holder, last, holder.length + 1), 0, value);
  else holder[last] = value;
  return document;
}

function remove(document: Value, pointer: string): Value {
  const steps = stepsOf(pointer);
  const last = steps.at(-1);
  read(document, pointer);
  if (last === undefined) return {};
  const holder = holderOf(document, steps, pointer);
  if (Array.isArray(holder)) holder.splice(indexIn(holder, last, holder.length), 1);
  else delete holder[last];
  return document;
}

interface Operation {
  readonly path: string;
  readonly from: string;
  readonly value: Value;
}

const OPERATIONS: { readonly [op: string]: (document: Value, operation: Operation) => Value } = {
  add: (document, { path, value }) => add(document, path, value),
  remove: (document, { path }) => remove(document, path),
  replace: (document, { path, value }) => add(remove(document, path), path, value),
  move: (document, { path, from }) => {
    const moved = read(document, from);
    return add(remove(document, from), path, moved);
  },
  copy: (document, { path, from }) => add(document, path, copyOf(read(document, from))),
  test: (document, { path, value }) => {
    if (!same(read(document, path), value)) throw refuse(`testing value ${path} failed: test failed`);
    return document;
  },
};

function perform(document: Value, operation: Tree): Value {
  const [op, path] = [textAt(operation, 'op') ?? '', textAt(operation, 'path')];
  const run = OPERATIONS[op];
  if (run === undefined) throw refuse(`Unexpected kind: ${op}`);
  if (path === undefined) throw refuse('json patch has no path');
  return run(document, { path, from: textAt(operation, 'from') ?? '', value: copyOf(operation['value'] ?? null) });
}

/** JSON patch (RFC 6902). The target is left as it is; an operation that does not hold is 422, as the API server answers. */
export function jsonPatch(target: Tree, patch: Value): Tree {
  if (!Array.isArray(patch)) throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  let document: Value = copyOf(target);
  for (const operation of patch) {
    if (!isTree(operation))
      throw badRequest('json: cannot unmarshal a value into Go value of type jsonpatch.Operation');
    document = perform(document, operation);
  }
  if (!isTree(document)) throw badRequest('the patched object is no object');
  return document;
}
