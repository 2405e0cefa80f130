import { Fault } from '../../domain/fault.js';

const SEGMENT = /^[A-Za-z0-9._@-]+$/;

/**
 * The segments of a logical path, or a Fault of kind `invalid` before anything is sent. Only letters, digits and `._@-`, no empty
 * segment, no `.` and `..`: URLs are normalised on their way, so `secret/metadata/../../sys/seal` would reach `sys/seal`.
 */
export function safeSegments(path: string, server: string): readonly string[] {
  const segments = path.split('/');
  if (segments.every(isSafe)) return segments;
  throw new Fault({
    kind: 'invalid',
    server,
    call: 'path',
    said: `${JSON.stringify(path)} is not a path that keyturn sends: segments of letters, digits and ._@- joined by "/"`,
    retriable: false,
    effect: 'none',
  });
}

/** Is this text safe as part of a request's path? */
export function isSafePath(path: string): boolean {
  return path.split('/').every(isSafe);
}

function isSafe(segment: string): boolean {
  return SEGMENT.test(segment) && segment !== '.' && segment !== '..';
}
