import type { Json } from '../../domain/json.js';
import { plainText } from './fields.js';
import { parseHcl, type HclItem } from './hcl.js';

export type Capability = 'create' | 'read' | 'update' | 'patch' | 'delete' | 'list' | 'scan' | 'sudo' | 'deny';

/** One `path` stanza. */
export interface PathRule {
  /** Without a leading slash and without the final star. */
  readonly path: string;
  /** It ended in a star: every path that begins so. */
  readonly prefix: boolean;
  /** It holds `+` segments. */
  readonly wildcards: boolean;
  readonly capabilities: ReadonlySet<Capability>;
  /** Milliseconds since 1970 after which the stanza counts no more. */
  readonly expires: number | null;
}

/** A policy text that the server refuses; the message is the part after `failed to parse policy: `. */
export class PolicyError extends Error {}

const CAPABILITIES = new Set<string>(['create', 'read', 'update', 'patch', 'delete', 'list', 'scan', 'sudo', 'deny']);

/** The old short forms and what they stand for. */
const SHORT_FORMS: Readonly<Record<string, readonly Capability[]>> = {
  deny: ['deny'],
  read: ['read', 'list'],
  write: ['create', 'read', 'update', 'delete', 'list'],
  sudo: ['create', 'read', 'update', 'delete', 'list', 'sudo'],
};

/** Constraints on parameters and answers are not judged here, so a policy that relies on them is refused, not half obeyed. */
const NOT_JUDGED = new Set([
  'allowed_parameters',
  'denied_parameters',
  'required_parameters',
  'min_wrapping_ttl',
  'max_wrapping_ttl',
  'mfa_methods',
  'control_group',
  'pagination_limit',
  'list_scan_response_keys_filter_path',
]);

function capabilitiesOf(path: string, key: string, value: Json): readonly Capability[] {
  const where = `path "${path}": path "${path}"`;
  if (key === 'policy') {
    const stand = SHORT_FORMS[plainText(value)];
    if (stand === undefined) throw new PolicyError(`${where}: invalid policy "${plainText(value)}"`);
    return stand;
  }
  if (!Array.isArray(value)) throw new PolicyError(`${where}: capabilities must be a list`);
  return value.map((item: Json) => {
    const name = plainText(item);
    if (!CAPABILITIES.has(name)) throw new PolicyError(`${where}: invalid capability "${name}"`);
    return name as Capability;
  });
}

function expiryOf(path: string, value: Json): number {
  const instant = Date.parse(plainText(value));
  if (Number.isNaN(instant)) throw new PolicyError(`path "${path}": invalid expiration time`);
  return instant;
}

interface Stanza {
  capabilities: readonly Capability[];
  expires: number | null;
}

function readItem(path: string, item: HclItem, stanza: Stanza): void {
  const key = item.keys[0] ?? '';
  const value = item.value ?? null;
  if (NOT_JUDGED.has(key)) throw new PolicyError(`path "${path}": "${key}" is not supported by this server`);
  switch (key) {
    case 'capabilities':
    case 'policy':
      stanza.capabilities = capabilitiesOf(path, key, value);
      return;
    case 'expiration':
      stanza.expires = expiryOf(path, value);
      return;
    case 'comment':
      return;
    default:
      throw new PolicyError(`path "${path}": 1 error occurred:\n\t* invalid key "${key}" on line ${item.line}\n\n`);
  }
}

function readStanza(path: string, body: readonly HclItem[]): PathRule {
  const stanza: Stanza = { capabilities: [], expires: null };
  for (const item of body) readItem(path, item, stanza);
  if (path.includes('+*')) {
    throw new PolicyError(`path "${path}": path "${path}": invalid use of wildcards ('+*' is forbidden)`);
  }
  const bare = path.replace(/^\//, '');
  const prefix = bare.endsWith('*');
  return {
    path: prefix ? bare.slice(0, -1) : bare,
    prefix,
    wildcards: bare.split('/').includes('+'),
    capabilities: new Set(stanza.capabilities.includes('deny') ? ['deny'] : stanza.capabilities),
    expires: stanza.expires,
  };
}

/**
 * The stanzas of an ACL policy, in HCL or JSON. Stanzas with a template (`{{…}}`) are left out: this server has no
 * identities to fill them in. Throws PolicyError.
 */
export function parsePolicy(text: string): readonly PathRule[] {
  const rules: PathRule[] = [];
  for (const item of parseHcl(text, (message) => new PolicyError(message))) {
    const [keyword = '', path, ...rest] = item.keys;
    if (keyword === 'name') continue;
    if (keyword !== 'path') {
      throw new PolicyError(`1 error occurred:\n\t* invalid key "${keyword}" on line ${String(item.line)}\n\n`);
    }
    if (path === undefined || rest.length > 0 || item.body === undefined) {
      throw new PolicyError(`path "${path ?? 'path'}": a stanza needs one path and a body`);
    }
    const rule = readStanza(path, item.body);
    if (!path.includes('{{')) rules.push(rule);
  }
  return rules;
}
