import type { Json, JsonObject } from '../../domain/json.js';
import { ROOT_ACL, capabilitiesOn, compileAcl, type Acl } from './acl.js';
import type { AuditLog } from './audit.js';
import { KUBERNETES_ENGINE } from './auth/kubernetes.js';
import { APPROLE_ENGINE } from './auth/approle.js';
import { JWT_ENGINE } from './auth/jwt.js';
import { TOKEN_ENGINE } from './auth/token.js';
import type { Clock } from './clock.js';
import { fieldsOrRefuse, matchRoute, type Call, type Engine, type Match, type Operation } from './engine.js';
import type { ServiceAccount, VaultRequest, VaultWorld } from './engine.js';
import { unknownFields } from './fields.js';
import { KV_ENGINE } from './kv/engine.js';
import { PLAIN_ENGINE } from './plain.js';
import { parsePolicy, type PathRule } from './policytext.js';
import { Refusal, badToken, denied, fail, unsupportedOperation, unsupportedPath, type Reply } from './reply.js';
import type { MountEntry, TokenEntry, VaultState } from './state.js';
import { SYS_ENGINE } from './sys/engine.js';
import { wrap } from './sys/wrapping.js';
import { findToken, useToken } from './tokens.js';

const ENGINES: Readonly<Record<string, Engine>> = {
  // Served as far as the mount table goes.
  identity: { routes: [] },
  cubbyhole: { routes: [] },
  system: SYS_ENGINE,
  token: TOKEN_ENGINE,
  approle: APPROLE_ENGINE,
  jwt: JWT_ENGINE,
  kubernetes: KUBERNETES_ENGINE,
};

function engineOf(mount: MountEntry): Engine {
  if (mount.data.kind === 'kv') return KV_ENGINE;
  return ENGINES[mount.type] ?? PLAIN_ENGINE;
}

/** The mount that a path belongs to; mounts do not lie inside one another. */
function mountFor(state: VaultState, path: string): MountEntry | undefined {
  return [...state.mounts.values()].find((mount) => path.startsWith(mount.path) || `${path}/` === mount.path);
}

const READS: ReadonlySet<Operation> = new Set(['read', 'list', 'scan']);

export interface PipelineOptions {
  readonly state: VaultState;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly reviewToken: (token: string) => ServiceAccount | undefined;
}

/** What is known of a request while it is on its way. */
interface Journey {
  readonly request: VaultRequest;
  readonly mount: MountEntry | undefined;
  readonly match: Match | undefined;
  caller: TokenEntry | undefined;
  operation: Operation;
}

/** From a parsed request to an answer: token, existence, rights, engine, wrapping, audit. */
export class Pipeline implements VaultWorld {
  readonly state: VaultState;
  readonly clock: Clock;
  readonly reviewToken: (token: string) => ServiceAccount | undefined;
  readonly #audit: AuditLog;
  readonly #parsed = new Map<string, readonly PathRule[]>();

  constructor(options: PipelineOptions) {
    this.state = options.state;
    this.clock = options.clock;
    this.reviewToken = options.reviewToken;
    this.#audit = options.audit;
  }

  rules(policy: string): readonly PathRule[] {
    const text = this.state.policies.get(policy)?.text;
    if (text === undefined) return [];
    const known = this.#parsed.get(text) ?? parsePolicy(text);
    this.#parsed.set(text, known);
    return known;
  }

  aclOf(entry: TokenEntry): Acl {
    if (entry.policies.includes('root')) return ROOT_ACL;
    return compileAcl(
      entry.policies.flatMap((name) => this.rules(name)),
      this.clock.now(),
    );
  }

  /** Answers one request. Reads of KV are taken from `past`, if given, instead of the present. */
  answer(request: VaultRequest, past: VaultState | undefined): Reply {
    const mount = mountFor(this.state, request.path);
    const match = mount === undefined ? undefined : matchRoute(engineOf(mount), request.path.slice(mount.path.length));
    const journey: Journey = { request, mount, match, caller: undefined, operation: request.operation };
    const { sealed } = this.state;
    let reply: Reply;
    try {
      reply = this.#walk(journey, past);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply = error.reply;
    }
    // A sealed server cannot even write its audit log.
    if (!sealed) this.#record(journey, reply);
    return this.#wrapped(request, reply);
  }

  #walk(journey: Journey, past: VaultState | undefined): Reply {
    if (this.state.sealed) return fail(503, 'Vault is sealed');
    this.#authenticate(journey);
    this.#settleOperation(journey);
    this.#authorize(journey);
    return this.#dispatch(journey, past);
  }

  #authenticate(journey: Journey): void {
    const { request, match } = journey;
    if (match?.route.open === true) return;
    const entry = request.token === '' ? undefined : findToken(this, request.token);
    if (entry === undefined) throw new Refusal(badToken());
    journey.caller = entry;
    useToken(this, entry);
  }

  #callOf(journey: Journey, mount: MountEntry, prefix: string): Call {
    const { request, caller, match } = journey;
    const fields = fieldsOrRefuse(match?.route.fields ?? {}, request.data, prefix);
    return { world: this, request, mount, caller, parts: match?.parts ?? {}, fields };
  }

  /** A write to what does not exist is a create, where the endpoint can tell. */
  #settleOperation(journey: Journey): void {
    const { request, mount, match } = journey;
    if (request.operation !== 'update' || mount === undefined || match?.route.exists === undefined) return;
    const call = this.#callOf(journey, mount, '');
    journey.operation = match.route.exists(call) ? 'update' : 'create';
  }

  #authorize(journey: Journey): void {
    if (journey.caller === undefined) return;
    const acl = this.aclOf(journey.caller);
    if (acl.root) return;
    const listing = journey.operation === 'list' || journey.operation === 'scan';
    const granted = capabilitiesOn(acl, journey.request.path, listing);
    const sudo = journey.match?.route.sudo === true;
    if (!granted.has(journey.operation) || (sudo && !granted.has('sudo'))) throw new Refusal(denied());
  }

  /** The mount to ask: reads of KV look into the past where there is one. */
  #mountNow(journey: Journey, past: VaultState | undefined): MountEntry {
    const { request } = journey;
    const stale = past !== undefined && READS.has(request.operation) && journey.mount?.data.kind === 'kv';
    const mount = stale ? past.mounts.get(journey.mount?.path ?? '') : journey.mount;
    if (mount !== undefined) return mount;
    throw new Refusal(fail(404, `no handler for route ${JSON.stringify(request.path)}. route entry not found.`));
  }

  #dispatch(journey: Journey, past: VaultState | undefined): Reply {
    const { request, match } = journey;
    const mount = this.#mountNow(journey, past);
    if (match === undefined) {
      const { fallback } = engineOf(mount);
      return fallback === undefined ? unsupportedPath() : fallback(this.#callOf(journey, mount, ''));
    }
    const handler = match.route.on[request.operation];
    if (handler === undefined) {
      return match.route.open === true ? fail(405, 'unsupported operation') : unsupportedOperation();
    }
    // Where existence was checked the parameters were read before, and their errors have no prefix.
    const checked = match.route.exists !== undefined && request.operation === 'update';
    const call = this.#callOf(journey, mount, checked ? '' : 'Field validation failed: ');
    return this.#warned(journey, match, handler(call));
  }

  /** Adds the warning about parameters that the endpoint does not know. */
  #warned(journey: Journey, match: Match, reply: Reply): Reply {
    if (reply.kind !== 'secret' || reply.status !== 200 || match.route.anyField === true) return reply;
    const unknown = unknownFields(match.route.fields, journey.request.data);
    if (unknown.length === 0) return reply;
    const warning = `Endpoint ignored these unrecognized parameters: [${unknown.join(' ')}]`;
    return { ...reply, warnings: [...reply.warnings, warning] };
  }

  #wrapped(request: VaultRequest, reply: Reply): Reply {
    if (reply.kind !== 'secret' || request.wrapSeconds === 0) return reply;
    const accessor = reply.auth?.['accessor'];
    const body = wrap(this, {
      body: secretBody(request.id, reply),
      path: request.path,
      seconds: request.wrapSeconds,
      ...(typeof accessor === 'string' ? { accessor } : {}),
    });
    return { kind: 'raw', status: 200, body };
  }

  #record(journey: Journey, reply: Reply): void {
    const error = reply.kind === 'errors' ? (reply.errors[0] ?? '') : undefined;
    this.#audit.record({ ...journey, status: reply.status, error }, this.clock.now());
  }
}

/** The body of a successful answer. */
export function secretBody(requestId: string, reply: Extract<Reply, { kind: 'secret' }>): JsonObject {
  const common: Record<string, Json> = {
    request_id: requestId,
    lease_id: '',
    renewable: false,
    lease_duration: reply.leaseDuration,
    data: reply.data,
    wrap_info: null,
    warnings: reply.warnings.length === 0 ? null : reply.warnings,
    auth: reply.auth,
  };
  return reply.flat ? { ...reply.data, ...common } : common;
}
