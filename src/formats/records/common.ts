import type { Diagnostic, SourceRange } from '../../domain/diagnostic.js';
import type { FaultDetails, FaultKind } from '../../domain/fault.js';
import type { Finding } from '../../domain/finding.js';
import type { Consumer } from '../../domain/policy.js';
import { count, flag, listOf, objectOf, oneOfWords, type Schema, text, type Words, wordsOf } from '../schema.js';

export const FAULT_KIND = wordsOf(
  {
    unreachable: true,
    timeout: true,
    unauthenticated: true,
    denied: true,
    conflict: true,
    absent: true,
    invalid: true,
    rateLimited: true,
    unavailable: true,
    malformed: true,
    interrupted: true,
    leaseLost: true,
  } satisfies Words<FaultKind>,
  'How the call failed.',
);

export const ID = text('Id of the secret.', {
  maxLength: 200,
  pattern: '^[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)*$',
});
export const KIND = text('Kind of the secret.', { minLength: 1, maxLength: 100 });
export const ROTATION = text('Rotation id: 16 hexadecimal digits.', { pattern: '^[0-9a-f]{16}$' });
export const DIGEST = text('SHA-256 in hexadecimal digits.', { pattern: '^[0-9a-f]{64}$' });
export const SPEC_HASH = text('Short hash of the parts of spec that shape material.', { maxLength: 64 });
export const MILLISECONDS = count('Milliseconds.');

export const SOURCE = objectOf<SourceRange>(
  'A stretch of a file; lines and columns count from 1, the end is exclusive.',
  {
    file: text('Path of the file.'),
    line: count('First line.', { minimum: 1 }),
    column: count('First column, in UTF-16 code units.', { minimum: 1 }),
    endLine: count('Last line.', { minimum: 1 }),
    endColumn: count('Column after the last.', { minimum: 1 }),
  },
);

export const FINDING = objectOf<Finding>('One named reason with its evidence.', {
  reason: text('Name of the reason: `Overdue`.', { pattern: '^(?:[a-z0-9-]+/)?[A-Z][A-Za-z]*$' }),
  evidence: text('The fact behind it.'),
  optional: { source: SOURCE },
});

export const LIVE: Schema = objectOf<{ path: string; field: string }>('Where the live value is.', {
  path: text('KV v2 path.', { minLength: 1 }),
  field: text('Field of the path.', { minLength: 1 }),
});

export const CONSUMER = objectOf<Consumer>('A workload that uses the secret.', {
  kind: oneOfWords(['Deployment', 'StatefulSet', 'DaemonSet'], 'Kind of the workload.'),
  namespace: text('Its namespace.', { minLength: 1 }),
  name: text('Its name.', { minLength: 1 }),
  timeout: MILLISECONDS,
  via: oneOfWords(['copy', 'readAtStart'], 'How it gets the value.'),
});

export const FAULT = objectOf<FaultDetails>('A failed call.', {
  kind: FAULT_KIND,
  server: text('The system that was called.'),
  call: text('Method and path.'),
  said: text('What the server said, free of values.'),
  retriable: flag('Could the same call succeed later without anybody changing anything?'),
  effect: oneOfWords(['none', 'unknown'], 'Whether the call may have changed something.'),
  optional: {
    status: count('HTTP status.'),
    retryAfter: count('Milliseconds that the server asked to wait.'),
  },
});

export const DIAGNOSTIC = objectOf<Diagnostic>('A problem as data.', {
  severity: oneOfWords(['error', 'warning'], 'How bad it is.'),
  code: text('Stable code; `keyturn explain CODE` tells more.', { pattern: String.raw`^KT\d{4}$` }),
  summary: text('The fact, in one sentence.'),
  optional: {
    detail: text('More about the fact.'),
    action: text('What to do next.'),
    id: ID,
    source: SOURCE,
    related: listOf(
      objectOf<{ label: string; source: SourceRange }>('A second place that belongs to it.', {
        label: text('What is there.'),
        source: SOURCE,
      }),
      'Places that belong to it.',
    ),
  },
});

export function ids(description: string): Schema {
  return listOf(ID, description);
}
