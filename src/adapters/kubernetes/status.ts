import type { Call } from './call.js';

/** `kind: Status` of the API (meta/v1), the parts that decide something. */
export interface ApiStatus {
  readonly reason: string;
  readonly message: string;
  /** details.kind: the plural resource, `secrets`, `namespaces`. */
  readonly kind?: string;
  readonly name?: string;
  readonly causes: readonly { readonly reason: string; readonly field: string; readonly message: string }[];
  readonly retryAfterSeconds?: number;
}

/** Reads a Status, or undefined where the body is something else. */
export function parseStatus(body: string): ApiStatus | undefined {
  const root = objectOf(parsed(body));
  if (root['kind'] !== 'Status' || root['apiVersion'] !== 'v1') return undefined;
  const details = objectOf(root['details']);
  const kind = textOf(details['kind']);
  const name = textOf(details['name']);
  const retryAfterSeconds = details['retryAfterSeconds'];
  return {
    reason: textOf(root['reason']),
    message: textOf(root['message']),
    causes: listOf(details['causes']).map((cause) => ({
      reason: textOf(cause['reason']),
      field: textOf(cause['field']),
      message: textOf(cause['message']),
    })),
    ...(kind === '' ? {} : { kind }),
    ...(name === '' ? {} : { name }),
    ...(typeof retryAfterSeconds === 'number' && retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): readonly { readonly [key: string]: unknown }[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Sentences of the API server that name no part of an object's content, whatever object the call is about. */
const SAFE: readonly { readonly pattern: RegExp; readonly say: (match: RegExpExecArray) => string }[] = [
  // The authorizer's own words: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
  {
    pattern:
      /User "[^"]{1,300}" cannot [a-z]+ resource "[^"]{1,100}" in API group "[^"]{0,100}"(?: in the namespace "[^"]{1,63}"| at the cluster scope)?/,
    say: (match) => match[0],
  },
  { pattern: /field is immutable when `immutable` is set/, say: () => 'the object is immutable' },
  { pattern: /because it is being terminated/, say: () => 'the namespace is being deleted' },
  {
    pattern: /admission webhook "([A-Za-z0-9.-]{1,253})" denied/,
    say: (match) => `admission webhook ${match[1] ?? ''} denied it`,
  },
  {
    pattern: /failed calling webhook "([A-Za-z0-9.-]{1,253})"/,
    say: (match) => `admission webhook ${match[1] ?? ''} did not answer`,
  },
  { pattern: /exceeded quota: ([a-z0-9.-]{1,253})/, say: (match) => `quota ${match[1] ?? ''} is exceeded` },
  { pattern: /the object has been modified/, say: () => 'the object was modified in between' },
];

/** Reasons whose message is made from the request's path and the server's state, not from the object. */
const OWN_WORDS = new Set(['NotFound', 'AlreadyExists', 'Conflict', 'TooManyRequests', 'ServiceUnavailable']);

/**
 * One sentence of what the server said. A message can echo the object that was sent (validation, webhooks), so only sentences known to be
 * safe are passed on, for a Secret none that is free text; else the reason and the names of the fields complained about.
 */
export function saidBy(status: ApiStatus | undefined, call: Call): string {
  if (status === undefined) return 'no login, or one that the server does not accept';
  const { reason, message } = status;
  if (status.kind === 'namespaces' && reason === 'NotFound') return `namespace "${status.name ?? ''}" does not exist`;
  const safe = safeSentence(`${message} ${status.causes.map((cause) => cause.message).join(' ')}`);
  if (safe !== undefined) return `${reason}: ${safe}`;
  if (OWN_WORDS.has(reason) && message !== '' && !isSecret(call.path)) return oneLine(`${reason}: ${message}`);
  return oneLine([reason === '' ? 'Failure' : reason, ...fieldsOf(status)].join(' '));
}

function safeSentence(text: string): string | undefined {
  for (const { pattern, say } of SAFE) {
    const match = pattern.exec(text);
    if (match !== null) return say(match);
  }
  return undefined;
}

function isSecret(path: string): boolean {
  return /\/secrets(?:\/|$)/.test(path);
}

/** `spec.template` of `spec.template.labels[…]`: the part of a field's path that is a schema's own, never a key or value of the object. */
function fieldsOf(status: ApiStatus): readonly string[] {
  const fields = status.causes
    .map((cause) => /^[A-Za-z]+(?:\.[A-Za-z]+)*/.exec(cause.field)?.[0] ?? '')
    .filter((field) => field !== '');
  return fields.length === 0 ? [] : [`(${[...new Set(fields)].slice(0, 5).join(', ')})`];
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
