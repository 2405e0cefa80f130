import type { JsonObject } from '../../domain/json.js';
import type { Acl } from './acl.js';
import { FieldError, readFields, type Fields, type FieldSpec } from './fields.js';
import type { PathRule } from './policytext.js';
import { Refusal, fail, type Reply } from './reply.js';
import type { MountEntry, TokenEntry } from './state.js';
import type { TokenWorld } from './tokens.js';

export type Operation = 'read' | 'list' | 'scan' | 'create' | 'update' | 'patch' | 'delete';

/** One request, parsed. */
export interface VaultRequest {
  readonly id: string;
  /** As sent: a write is an update until the existence check makes it a create. */
  readonly operation: Exclude<Operation, 'create'>;
  /** Without `v1/`. A listing's path ends in a slash. */
  readonly path: string;
  /** The body of a write, the query of everything else. */
  readonly data: JsonObject;
  /** Empty when none was sent. */
  readonly token: string;
  /** Seconds; 0: the answer is not wrapped. */
  readonly wrapSeconds: number;
  /** In lower case, the token's own left out. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Whom a service account token belongs to. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** What handlers may use of the server. */
export interface VaultWorld extends TokenWorld {
  /** The stanzas of a stored policy; an unknown one has none. */
  rules(policy: string): readonly PathRule[];
  aclOf(entry: TokenEntry): Acl;
  /** Answers like Kubernetes' TokenReview: whose the token is, or undefined. */
  readonly reviewToken: (token: string) => ServiceAccount | undefined;
}

/** What a handler is given. */
export interface Call {
  readonly world: VaultWorld;
  readonly request: VaultRequest;
  readonly mount: MountEntry;
  /** Of the caller; undefined on endpoints that need none. */
  readonly caller: TokenEntry | undefined;
  /** The named parts of the path. */
  readonly parts: Readonly<Record<string, string>>;
  readonly fields: Fields;
}

export type Handler = (call: Call) => Reply;

/** One endpoint of an engine. */
export interface Route {
  /** On the path below the mount; its named groups become `parts`. */
  readonly pattern: RegExp;
  readonly fields: FieldSpec;
  readonly on: Readonly<Partial<Record<Exclude<Operation, 'create'>, Handler>>>;
  /** Takes parameters of any name, so none is reported as unknown. */
  readonly anyField?: boolean;
  /** Where given, a write to what does not exist is a create, and needs that capability. */
  readonly exists?: (call: Call) => boolean;
  /** Needs the sudo capability beside the other one. */
  readonly sudo?: boolean;
  /** Needs no token and no right; `caller` stays undefined also where a token was sent. */
  readonly open?: boolean;
}

/** An engine: its endpoints, and what it says to any other path (absent: unsupported path). */
export interface Engine {
  readonly routes: readonly Route[];
  readonly fallback?: (call: Call) => Reply;
}

export interface Match {
  readonly route: Route;
  readonly parts: Readonly<Record<string, string>>;
}

export function matchRoute(engine: Engine, path: string): Match | undefined {
  for (const route of engine.routes) {
    const found = route.pattern.exec(path);
    if (found !== null) return { route, parts: { ...found.groups } };
  }
  return undefined;
}

/** Reads the parameters; one that cannot be read ends the request with 400. */
export function fieldsOrRefuse(spec: FieldSpec, data: JsonObject, prefix: string): Fields {
  try {
    return readFields(spec, data);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new Refusal(fail(400, prefix + error.message));
  }
}

/** The named part of the path; empty where the pattern left it out. */
export function part(call: Call, name: string): string {
  return call.parts[name] ?? '';
}
