import type { Diagnostic } from '../../domain/diagnostic.js';
import type { Duration } from '../../domain/duration.js';
import { isFault } from '../../domain/fault.js';
import type { Kv } from '../../domain/ports.js';
import type { VaultAuth, VaultRole } from '../../domain/policy.js';
import type { Instant } from '../../domain/time.js';
import { createHttp } from '../http/client.js';
import { defaultRetry } from '../http/retry.js';
import type { RetryPolicy } from '../http/types.js';
import type { OnExchange } from '../http/types.js';
import type { SystemClock } from '../system/clock.js';
import type { Environment } from '../system/environment.js';
import { createApi } from './api.js';
import type { Api } from './api.js';
import { endpointOf } from './connection.js';
import type { Addresses, Endpoint } from './connection.js';
import { readHealth } from './health.js';
import type { VaultHealth } from './health.js';
import { createKv } from './kv.js';
import { obtainToken } from './login.js';
import type { Credentials } from './login.js';
import { createMounts } from './mounts.js';
import { problemOfFault, warning } from './problems.js';
import type { Problem } from './problems.js';
import { openSession } from './session.js';
import type { Session } from './session.js';
import { createTransport } from './transport.js';
import type { Transport } from './transport.js';

/** A connection to one Vault or OpenBao under one identity. */
export interface VaultClient {
  readonly kv: Kv;
  readonly session: Session;
  /** `Vault https://vault.example.com:8200`. */
  readonly server: string;
  /** Where the identity comes from: `VAULT_TOKEN`, `the jwt login at auth/jwt`. */
  readonly identityFrom: string;
  health(): Promise<VaultHealth>;
  /** The server's clock now; behind by up to a second. */
  serverTime(): Instant | undefined;
  /** Ends the token where keyturn made it, then all connections. Never rejects. */
  close(): Promise<void>;
}

export interface VaultOptions {
  readonly endpoint: Endpoint;
  readonly env: Environment;
  readonly auth?: VaultAuth;
  /** Which of the roles of the login method. */
  readonly role: VaultRole;
  readonly runId: string;
  /** Per call, its repetitions included. */
  readonly deadline: Duration;
  readonly clock: SystemClock;
  /** A number in [0, 1) per call, for the jitter of back-off. */
  readonly random: () => number;
  readonly retry?: RetryPolicy;
  readonly onExchange?: OnExchange;
}

export type VaultResult =
  | { readonly ok: true; readonly vault: VaultClient; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Everything of VaultOptions, the endpoint found by environment, settings and flag. */
export type ConnectOptions = Omit<VaultOptions, 'endpoint'> & { readonly addresses: Addresses };

/** Finds the server, logs in and looks the identity up. The only thing that throws is a defect. */
export async function connectVault(options: ConnectOptions): Promise<VaultResult> {
  const found = await endpointOf(options.env, options.addresses);
  if (!found.ok) return found;
  const result = await createVault({ ...options, endpoint: found.endpoint });
  return result.ok ? { ...result, warnings: [...found.warnings, ...result.warnings] } : result;
}

/** Logs in at a known endpoint and looks the identity up: one or two requests. */
export async function createVault(options: VaultOptions): Promise<VaultResult> {
  const transport = openTransport(options);
  const api = createApi(transport, options.clock);
  const credentials = await obtainToken(api, options);
  if ('problem' in credentials) {
    await transport.close();
    return { ok: false, problems: [credentials.problem] };
  }
  transport.setToken(credentials.token);
  try {
    const session = await openSession(api, options.clock, credentials.login);
    const vault = clientOf({ options, transport, api, session, credentials });
    return { ok: true, vault, warnings: [...credentials.warnings, ...lifetimeWarning(session)] };
  } catch (error) {
    await transport.close();
    if (!isFault(error)) throw error;
    return { ok: false, problems: [problemOfFault(error, credentials.source)] };
  }
}

function openTransport(options: VaultOptions): Transport {
  const { endpoint, clock, deadline } = options;
  const server = `Vault ${endpoint.address}`;
  const http = createHttp({
    server,
    deadline,
    clock,
    retry: options.retry ?? defaultRetry(options.random),
    tls: endpoint.tls,
    ...(endpoint.proxy === undefined ? {} : { proxy: endpoint.proxy }),
    ...(options.onExchange === undefined ? {} : { onExchange: options.onExchange }),
  });
  const namespace = endpoint.namespace === undefined ? {} : { namespace: endpoint.namespace };
  return createTransport({ address: endpoint.address, server, runId: options.runId, http, clock, ...namespace });
}

interface Parts {
  readonly options: VaultOptions;
  readonly transport: Transport;
  readonly api: Api;
  readonly session: Session;
  readonly credentials: Credentials;
}

function clientOf({ options, transport, api, session, credentials }: Parts): VaultClient {
  const now = (): Instant => transport.serverTime() ?? options.clock.now();
  return {
    kv: createKv(api, createMounts(api), now),
    session,
    server: transport.server,
    identityFrom: credentials.source,
    health: () => readHealth(api),
    serverTime: () => transport.serverTime(),
    async close() {
      await session.end();
      await transport.close();
    },
  };
}

function lifetimeWarning(session: Session): readonly Diagnostic[] {
  if (session.lifetimeKnown) return [];
  const action = 'Grant read on auth/token/lookup-self, as the default policy does';
  return [warning('KT2014', 'how long the token lasts cannot be read', action)];
}
