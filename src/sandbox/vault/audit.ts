import { appendFileSync } from 'node:fs';
import type { Json, JsonObject } from '../../domain/json.js';
import { rfc3339 } from './clock.js';
import type { Operation, VaultRequest } from './engine.js';
import type { MountEntry, TokenEntry } from './state.js';

/** One request that reached the server's core, and how it ended. No token, parameter or answer is kept. */
export interface AuditEntry {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly requestId: string;
  readonly operation: Operation;
  /** Without `v1/`. */
  readonly path: string;
  /** Who asked; empty without a valid token. */
  readonly displayName: string;
  readonly policies: readonly string[];
  /** Request headers that begin with `x-`, in lower case; the token's own is left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
  /** The first error of the answer. */
  readonly error?: string;
}

export interface Outcome {
  readonly request: VaultRequest;
  readonly operation: Operation;
  readonly caller: TokenEntry | undefined;
  readonly mount: MountEntry | undefined;
  readonly status: number;
  readonly error: string | undefined;
}

/** Keeps what was asked, and writes it as JSON lines, one for the request and one for the response, to a file if named. */
export class AuditLog {
  readonly #entries: AuditEntry[] = [];
  readonly #file: string | undefined;

  constructor(file: string | undefined) {
    this.#file = file;
  }

  get entries(): readonly AuditEntry[] {
    return this.#entries;
  }

  record(outcome: Outcome, time: number): void {
    const { request, caller, error } = outcome;
    const entry: AuditEntry = {
      time,
      requestId: request.id,
      operation: outcome.operation,
      path: request.path,
      displayName: caller?.displayName ?? '',
      policies: caller?.policies ?? [],
      headers: Object.fromEntries([...request.headers].filter(([name]) => name.startsWith('x-'))),
      status: outcome.status,
      ...(error === undefined ? {} : { error }),
    };
    this.#entries.push(entry);
    if (this.#file === undefined) return;
    const lines = (['request', 'response'] as const).map((type) => JSON.stringify(line(type, entry, outcome)));
    appendFileSync(this.#file, `${lines.join('\n')}\n`, { mode: 0o600 });
  }
}

/** A line as the server's file device writes it, as far as it says who did what. */
function line(type: 'request' | 'response', entry: AuditEntry, outcome: Outcome): JsonObject {
  const { mount } = outcome;
  const headers = Object.fromEntries(
    Object.entries(entry.headers).map(([name, value]): [string, Json] => [name, [value]]),
  );
  return {
    time: rfc3339(entry.time),
    type,
    auth: {
      ...(entry.displayName === '' ? {} : { display_name: entry.displayName }),
      policies: entry.policies,
      token_policies: entry.policies,
      token_type: outcome.caller?.type ?? 'default',
    },
    request: {
      id: entry.requestId,
      operation: entry.operation,
      ...(mount === undefined
        ? {}
        : { mount_point: mount.path, mount_type: mount.type, mount_accessor: mount.accessor }),
      namespace: { id: 'root' },
      path: entry.path,
      headers,
    },
    ...(type === 'response' && entry.error === undefined ? { response: {} } : {}),
    ...(entry.error === undefined ? {} : { error: entry.error }),
  };
}
