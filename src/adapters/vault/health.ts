import type { Instant } from '../../domain/time.js';
import type { Api } from './api.js';
import { count, field, text, truth } from './guards.js';
import type { Call } from './call.js';

/** What `sys/health` says; asked without a right. */
export interface VaultHealth {
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly standby: boolean;
  /** Vault's and OpenBao's numbers overlap: it does not tell which of both it is. */
  readonly version: string;
  /** Whole seconds. */
  readonly serverTime?: Instant;
}

/** Statuses that sys/health gives to a sealed, standby or uninitialised server, each with the same body. */
const STATUSES = [429, 472, 473, 474, 501, 503, 530];

/** Any state of the server is an answer. Throws Fault where there is none, or it is not Vault's. */
export async function readHealth(api: Api): Promise<VaultHealth> {
  const call: Call = { method: 'GET', path: 'sys/health', changes: false, shape: 'sys/health', aboutServer: true };
  const reply = await api.ask(call, STATUSES);
  return api.parsed(call, reply, healthOf(reply.body));
}

function healthOf(body: unknown): VaultHealth | undefined {
  const initialized = truth(field(body, 'initialized'));
  const sealed = truth(field(body, 'sealed'));
  const standby = truth(field(body, 'standby'));
  const version = text(field(body, 'version'));
  const seconds = count(field(body, 'server_time_utc'));
  if (initialized === undefined || sealed === undefined || standby === undefined || version === undefined)
    return undefined;
  return { initialized, sealed, standby, version, ...(seconds === undefined ? {} : { serverTime: seconds * 1000 }) };
}
