import { describeCheckout } from '../adapters/git/checkout.js';
import type { Diagnostic } from '../domain/diagnostic.js';
import type { ExitReason } from '../domain/exit-codes.js';
import type { Inventory, VaultRole } from '../domain/policy.js';
import type { Rotator } from '../domain/rotator.js';
import type { Instant } from '../domain/time.js';
import { type StatePaths, statePaths } from '../domain/state-paths.js';
import type { StateCodec } from '../executor/state.js';
import type { PlanInput, Selection } from '../planner/input.js';
import { makePlan } from '../planner/plan.js';
import type { Planned } from '../planner/input.js';
import { stateCodec } from './codec.js';
import { type Connection, connect, type ConnectResult, type Targets } from './connect.js';
import { exitOfFault, type Failure, failure } from './failure.js';
import { gather } from './gather.js';
import { logOf } from './log.js';
import { loadPolicies, policiesFolder } from './load.js';
import { rotatorsByKind } from './rotators.js';
import type { Runtime } from './runtime.js';

/** Flags that every command with an inventory and servers has. */
export interface CommonFlags {
  readonly policies: string | undefined;
  readonly vaultAddress: string | undefined;
  readonly logLevel?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** An inventory, its servers, and where its state lies. */
export interface Prepared {
  readonly ok: true;
  readonly inventory: Inventory;
  readonly sources: ReadonlyMap<string, string>;
  readonly warnings: readonly Diagnostic[];
  readonly rotators: ReadonlyMap<string, Rotator>;
  readonly connection: Connection;
  readonly paths: StatePaths;
  readonly codec: StateCodec;
  readonly revision: { readonly commit: string; readonly committedAt: string; readonly dirty: boolean } | null;
}

/** Reads the policies, logs in, and looks at the checkout. Connections are closed by whoever called. */
export async function prepare(runtime: Runtime, flags: CommonFlags, role: VaultRole): Promise<Prepared | Failure> {
  const folder = policiesFolder(runtime, flags.policies);
  const { inventory, diagnostics, sources } = await loadPolicies(runtime, folder);
  if (inventory === undefined) return failure('invalid', diagnostics, sources);
  const connected = await connect(runtime, inventory.settings, role, targetsOf(flags), logOf(runtime, flags.logLevel));
  if (!connected.ok) return failure(exitOfConnection(connected), connected.diagnostics, sources);
  const { state } = inventory.settings.vault;
  const { revision } = await describeCheckout(folder, runtime.env);
  return {
    ok: true,
    inventory,
    sources,
    warnings: [...diagnostics, ...connected.warnings],
    rotators: rotatorsByKind((text) => runtime.crypto.sha256(text)),
    connection: connected.connection,
    paths: statePaths(state, inventory.settings.inventory),
    codec: await stateCodec(),
    revision,
  };
}

/** No way to log in is a matter of permission; an address or certificate that cannot be used, one of how keyturn was called. */
const LOGIN_LACKING: ReadonlySet<Diagnostic['code']> = new Set(['KT2003', 'KT2004']);

function exitOfConnection({ fault, diagnostics }: Extract<ConnectResult, { ok: false }>): ExitReason {
  if (fault !== undefined) return exitOfFault(fault);
  return diagnostics.some(({ code }) => LOGIN_LACKING.has(code)) ? 'denied' : 'usage';
}

function targetsOf({ vaultAddress, kubeconfig, context }: CommonFlags): Targets {
  return {
    ...(vaultAddress === undefined ? {} : { vaultAddress }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  };
}

/** What was gathered, and the plan that it makes. */
export interface Looked extends Planned {
  readonly ok: true;
  readonly input: PlanInput;
}

export interface LookOptions {
  readonly selection: Selection;
  readonly now: Instant;
  readonly allJournals: boolean;
}

/** Observes and plans, by reads alone. */
export async function look(runtime: Runtime, prepared: Prepared, options: LookOptions): Promise<Looked | Failure> {
  const { inventory, rotators, connection, paths, codec, revision, sources } = prepared;
  const gathered = await gather({
    ...options,
    inventory,
    rotators,
    connection,
    paths,
    codec,
    revision: revision === null ? null : { commit: revision.commit, dirty: revision.dirty },
    sha256: (text) => runtime.crypto.sha256(text),
  });
  if (!gathered.ok) return failure(exitOfFault(gathered.fault), gathered.diagnostics, sources);
  return { ok: true, input: gathered.input, ...makePlan(gathered.input) };
}
