import { qualified, type Resource } from './resources.js';

interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

interface Details {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
}

/** metav1.Status, the body of every refusal. */
export interface StatusBody {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: object;
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: Details;
  readonly code?: number;
}

/** A refusal by the API, with the body that it answers. */
export class ApiError extends Error {
  readonly status: StatusBody;
  readonly code: number;

  constructor(code: number, reason: string | undefined, message: string, details?: Details) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

function named(resource: Resource, name: string): Details {
  return { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural };
}

export function notFound(resource: Resource, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, named(resource, name));
}

export function alreadyExists(resource: Resource, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, named(resource, name));
}

export const STALE = 'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(resource: Resource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`;
  return new ApiError(409, 'Conflict', message, named(resource, name));
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

export function forbidden(resource: Resource, name: string | undefined, why: string): ApiError {
  const subject = name === undefined ? qualified(resource) : `${qualified(resource)} "${name}"`;
  const details = name === undefined ? { kind: resource.plural } : named(resource, name);
  const group = resource.group === '' ? {} : { group: resource.group };
  return new ApiError(403, 'Forbidden', `${subject} is forbidden: ${why}`, { ...details, ...group });
}

/** One field that validation refuses; the text is the API server's: `Forbidden: field is immutable`. */
export interface FieldError {
  readonly type: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueTooLong';
  readonly field: string;
  readonly text: string;
}

export function invalid(resource: Resource, name: string, errors: readonly FieldError[]): ApiError {
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const lines = errors.map((error) => `${error.field}: ${error.text}`);
  const list = lines.length === 1 ? (lines[0] ?? '') : `[${lines.join(', ')}]`;
  return new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${list}`, {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.kind,
    causes: errors.map(({ type, field, text }) => ({ reason: type, message: text, field })),
  });
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const list = accepted.join(', ');
  const message = `the body of the request was in an unknown format - accepted media types include: ${list}`;
  return new ApiError(415, 'UnsupportedMediaType', message);
}

export function methodNotAllowed(): ApiError {
  const message = 'the server does not allow this method on the requested resource';
  return new ApiError(405, 'MethodNotAllowed', message, {});
}

export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized');
}

/** A path below a served group that names nothing. */
export function noSuchResource(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** The precondition of a deletion does not hold. */
export function deletedAnother(resource: Resource, name: string, what: string, wanted: string, is: string): ApiError {
  const fate = what === 'UID' ? 'deleted and then recreated' : 'modified';
  const why = `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${is}). The object might have been ${fate}`;
  return new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${resource.kind} "${name}": ${why}`, {
    ...named(resource, name),
    kind: resource.kind,
  });
}
