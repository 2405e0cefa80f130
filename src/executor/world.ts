import type { RunEvent } from '../domain/events.js';
import type { Lease } from '../domain/journal.js';
import type { Material } from '../domain/material.js';
import type { Limits } from '../domain/policy.js';
import type { Clock, Crypto, VaultSession } from '../domain/ports.js';
import type { Rotator, StepPorts } from '../domain/rotator.js';
import type { Instant } from '../domain/time.js';
import { isoOf } from '../domain/time.js';
import type { StatePaths } from '../domain/state-paths.js';
import type { StateCodec } from './state.js';

/** Everything that a run works with; made once by whoever wires it. */
export interface World {
  readonly run: string;
  /** For people: `alice@laptop` or a job's address. */
  readonly who: string;
  readonly ports: StepPorts;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly session: VaultSession;
  /** Vault's own time as its last answer told it. */
  serverNow(): Instant | undefined;
  readonly paths: StatePaths;
  readonly codec: StateCodec;
  readonly limits: Limits;
  /** How long to wait for somebody else's lease, milliseconds. */
  readonly lockTimeout: number;
  /** Shortest pause between two looks, milliseconds. */
  readonly pollEvery: number;
  readonly rotators: ReadonlyMap<string, Rotator>;
  readonly revision: { readonly commit: string; readonly committedAt: string } | null;
  /** Read or made at the start of the run. */
  readonly fingerprintKey: Material;
  emit(event: RunEvent): void;
}

/** A fresh lease of this run. */
export function leaseOf(world: World): Lease {
  return {
    holder: world.run,
    who: world.who,
    acquiredAt: isoOf(world.clock.now()),
    beat: 0,
    leaseFor: world.limits.leaseFor,
  };
}
