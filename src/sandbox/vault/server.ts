import type { Json } from '../../domain/json.js';
import { AuditLog, type AuditEntry } from './audit.js';
import { createClock, type Clock } from './clock.js';
import type { ServiceAccount } from './engine.js';
import { Pipeline, secretBody } from './pipeline.js';
import { Refusal, fail, type Reply } from './reply.js';
import { decodePath, parseRequest, type HttpRequest } from './request.js';
import { freeze, newMount, newState, thaw, type VaultState } from './state.js';
import { answerStatus } from './status.js';
import { DEFAULT_POLICY } from './sys/policies.js';
import { issueToken } from './tokens.js';
import { listen, type HttpAnswer, type Interfere } from './transport.js';
import { uuid } from './random.js';

export type { AuditEntry } from './audit.js';
export type { ServiceAccount } from './engine.js';
export type { Interfere, Interference, HttpAnswer } from './transport.js';
export type { HttpRequest } from './request.js';

export interface VaultOptions {
  /** The token with the root policy. It is made if the state does not hold it. */
  readonly rootToken: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** The server's clock in milliseconds since 1970; created_time, expiries and the Date header follow it. */
  readonly now?: () => number;
  /** KV v2 mounts to have; `secret` by default. */
  readonly mounts?: readonly string[];
  /** JSON lines are appended to this file, two per request. */
  readonly auditFile?: string;
  /** What `snapshot()` gave, to go on from there. */
  readonly state?: Json;
  /** Whose a service account token is, for auth/kubernetes; by default nobody's. */
  readonly reviewToken?: (token: string) => ServiceAccount | undefined;
  /** Asked for every request, so that a test can delay, cut or answer it. */
  readonly interfere?: Interfere;
}

export interface EmbeddedVault {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  /** A second address of the same server that is never behind, and that sys/leader names while the first one is. */
  readonly activeAddress: string;
  /** Unseals a sealed server: `PUT sys/unseal {"key": …}`. */
  readonly unsealKey: string;
  audit(): readonly AuditEntry[];
  /** From now on 503, but for the status endpoints. */
  seal(): void;
  unseal(): void;
  /** On: KV reads at `address` are answered from the state of this moment, as a standby that lags behind does. */
  setStale(on: boolean): void;
  /** Lets the standby catch up with the present; it then lags again. */
  sync(): void;
  /** All state as plain data. It holds every secret value. */
  snapshot(): Json;
  close(): Promise<void>;
}

const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'content-type': 'application/json',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

function httpAnswer(reply: Reply, requestId: string): HttpAnswer {
  const answer = (body: Json): HttpAnswer => ({
    status: reply.status,
    headers: COMMON_HEADERS,
    body: `${JSON.stringify(body)}\n`,
  });
  switch (reply.kind) {
    case 'empty':
      return { status: reply.status, headers: reply.status === 400 ? {} : COMMON_HEADERS, body: '' };
    case 'errors':
      return answer({ errors: reply.errors });
    case 'raw':
      return answer(reply.body);
    case 'secret':
      return answer(secretBody(requestId, reply));
  }
}

/** A state that is complete for these options: default policy, root token, mounts. */
function prepare(options: VaultOptions, clock: Clock): VaultState {
  const state = options.state === undefined ? newState() : thaw(options.state);
  if (!state.policies.has('default')) {
    state.policies.set('default', { text: DEFAULT_POLICY, version: 1, modified: clock.stamp() });
  }
  if (!state.tokens.has(options.rootToken)) {
    const spec = { id: options.rootToken, policies: ['root'], path: 'auth/token/create', displayName: 'token' };
    issueToken({ state, clock }, spec);
  }
  for (const name of options.mounts ?? ['secret']) {
    const path = `${name.replace(/\/+$/, '')}/`;
    const mount = newMount({ path, type: 'kv', options: { version: '2' }, description: 'key/value secret storage' });
    if (!state.mounts.has(path)) state.mounts.set(path, mount);
  }
  return state;
}

class VaultNode {
  readonly state: VaultState;
  readonly audit: AuditLog;
  past: VaultState | undefined;
  activeAddress = '';
  readonly #clock: Clock;
  readonly #pipeline: Pipeline;

  constructor(options: VaultOptions) {
    this.#clock = createClock(options.now ?? Date.now);
    this.state = prepare(options, this.#clock);
    this.audit = new AuditLog(options.auditFile);
    const reviewToken = options.reviewToken ?? ((): undefined => undefined);
    this.#pipeline = new Pipeline({ state: this.state, clock: this.#clock, audit: this.audit, reviewToken });
  }

  now(): number {
    return this.#clock.now();
  }

  remember(): void {
    this.past = structuredClone(this.state);
  }

  answer(http: HttpRequest, standby: boolean): HttpAnswer {
    try {
      return this.#answer(http, standby ? this.past : undefined);
    } catch (error) {
      if (error instanceof Refusal) return httpAnswer(error.reply, '');
      return httpAnswer(fail(500, 'internal error'), '');
    }
  }

  #answer(http: HttpRequest, past: VaultState | undefined): HttpAnswer {
    if (!http.target.startsWith('/v1/') && http.target !== '/v1') return { status: 404, headers: {}, body: '' };
    const path = decodePath(http.target.split('?')[0] ?? '');
    const seconds = Math.floor(this.now() / 1000);
    const activeAddress = past === undefined ? undefined : this.activeAddress;
    const status = answerStatus({ state: this.state, seconds, activeAddress }, path, http);
    if (status !== undefined) return httpAnswer(status, uuid());
    if (http.method === 'HEAD') return { status: 405, headers: COMMON_HEADERS, body: '' };
    const request = parseRequest(http);
    return httpAnswer(this.#pipeline.answer(request, past), request.id);
  }
}

/**
 * Starts an in-memory server that answers as OpenBao does, as far as KV v2, policies, tokens, logins (AppRole, JWT,
 * Kubernetes), response wrapping, mounts and status go. It listens on the loopback interface only.
 */
export async function startVault(options: VaultOptions): Promise<EmbeddedVault> {
  const node = new VaultNode(options);
  const common = { now: () => node.now(), interfere: options.interfere };
  const main = await listen({ ...common, port: options.port ?? 0, answer: (http) => node.answer(http, true) });
  const active = await listen({ ...common, port: 0, answer: (http) => node.answer(http, false) });
  node.activeAddress = active.address;
  return {
    address: main.address,
    activeAddress: active.address,
    unsealKey: node.state.unsealKey,
    audit: () => node.audit.entries,
    seal: () => {
      node.state.sealed = true;
    },
    unseal: () => {
      node.state.sealed = false;
    },
    setStale: (on) => {
      if (on) node.remember();
      else node.past = undefined;
    },
    sync: () => {
      if (node.past !== undefined) node.remember();
    },
    snapshot: () => freeze(node.state),
    close: async () => {
      await Promise.all([main.close(), active.close()]);
    },
  };
}
