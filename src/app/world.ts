import type { RunEvent } from '../domain/events.js';
import type { Revision } from '../domain/plan.js';
import type { Inventory } from '../domain/policy.js';
import type { Material } from '../domain/material.js';
import type { Rotator } from '../domain/rotator.js';
import type { StatePaths } from '../domain/state-paths.js';
import { fingerprintKey, type StateCodec } from '../executor/state.js';
import type { World } from '../executor/world.js';
import type { Connection } from './connect.js';
import type { Runtime } from './runtime.js';

export interface WorldOptions {
  readonly inventory: Inventory;
  readonly rotators: ReadonlyMap<string, Rotator>;
  readonly connection: Connection;
  readonly paths: StatePaths;
  readonly codec: StateCodec;
  readonly revision: (Revision & { readonly committedAt: string }) | null;
  /** Milliseconds; undefined: leaseFor and two call deadlines, so that an apply outlasts the lease of a killed one. */
  readonly lockTimeout?: number;
  readonly parallelism?: number;
  readonly emit: (event: RunEvent) => void;
}

/** Shortest pause between two looks at a rollout or a check, milliseconds. */
const POLL_EVERY = 500;

/** What the executor works with. Makes the inventory's fingerprint key where there is none: only runs that write call this. */
export async function makeWorld(runtime: Runtime, options: WorldOptions): Promise<World> {
  const { inventory, connection, paths, codec, rotators, revision } = options;
  const { limits } = inventory.settings;
  const { kv, session } = connection.vault;
  const { clock, crypto } = runtime;
  const key = await fingerprintKey(kv, paths, () => newKey(runtime));
  return {
    run: runtime.run,
    who: runtime.who,
    ports: { kv, kubernetes: () => connection.kubernetes(), http: connection.http, clock, crypto },
    clock,
    crypto,
    session,
    serverNow: () => connection.vault.serverTime(),
    paths,
    codec,
    limits: { ...limits, parallelism: options.parallelism ?? limits.parallelism },
    lockTimeout: options.lockTimeout ?? limits.leaseFor + 2 * limits.callDeadline,
    pollEvery: Math.min(POLL_EVERY, limits.callDeadline / 4),
    rotators,
    revision: revision === null ? null : { commit: revision.commit, committedAt: revision.committedAt },
    fingerprintKey: key,
    emit: options.emit,
  };
}

function newKey({ crypto }: Runtime): Material {
  return crypto.randomMaterial(64, '0123456789abcdef', '');
}
