import { createProbe } from '../adapters/http/probe.js';
import { proxyOf } from '../adapters/http/proxy.js';
import { defaultRetry } from '../adapters/http/retry.js';
import { connectVault, type VaultClient } from '../adapters/vault/client.js';
import type { Diagnostic } from '../domain/diagnostic.js';
import type { FaultDetails } from '../domain/fault.js';
import type { Settings, VaultRole } from '../domain/policy.js';
import type { HttpProbe, Kubernetes } from '../domain/ports.js';
import { exchangeLog, type Log } from './log.js';
import type { Runtime } from './runtime.js';

/** Where to connect, as the command line says it. */
export interface Targets {
  readonly vaultAddress?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Every server that a command may talk to, under one identity. */
export interface Connection {
  readonly vault: VaultClient;
  /** Loads the client and reads the kubeconfig at the first use. */
  kubernetes(): Promise<Kubernetes>;
  readonly http: HttpProbe;
  /** Ends the login where keyturn made it, and all connections. */
  close(): Promise<void>;
}

export type ConnectResult =
  | { readonly ok: true; readonly connection: Connection; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly fault?: FaultDetails };

/** Logs in to Vault; everything else is connected when it is needed. */
export async function connect(
  runtime: Runtime,
  settings: Settings,
  role: VaultRole,
  targets: Targets,
  log: Log,
): Promise<ConnectResult> {
  const { env, windUpClock, random, run } = runtime;
  const deadline = settings.limits.callDeadline;
  const { address, auth } = settings.vault;
  const result = await connectVault({
    env,
    addresses: {
      ...(targets.vaultAddress === undefined ? {} : { flag: targets.vaultAddress }),
      ...(address === undefined ? {} : { settings: address }),
    },
    ...(auth === undefined ? {} : { auth }),
    role,
    runId: run,
    deadline,
    clock: windUpClock,
    random,
    onExchange: exchangeLog(log, 'vault'),
  });
  if (!result.ok) {
    const fault = result.problems.find((problem) => problem.fault !== undefined)?.fault;
    return {
      ok: false,
      diagnostics: result.problems.map(({ diagnostic }) => diagnostic),
      ...(fault === undefined ? {} : { fault }),
    };
  }
  const { vault, warnings } = result;
  log('info', `${vault.server}, identity from ${vault.identityFrom}`);
  return { ok: true, connection: connectionOf(runtime, settings, targets, vault, log), warnings };
}

function connectionOf(
  runtime: Runtime,
  settings: Settings,
  targets: Targets,
  vault: VaultClient,
  log: Log,
): Connection {
  const proxy = proxyOf(runtime.env);
  const http = createProbe({
    deadline: settings.limits.callDeadline,
    clock: runtime.windUpClock,
    ...(proxy === undefined ? {} : { proxy }),
  });
  const kubernetes = once(() => connectCluster(runtime, settings, targets, log));
  const close = async (): Promise<void> => {
    await Promise.all([vault.close(), http.close()]);
  };
  return { vault, kubernetes, http, close };
}

async function connectCluster(runtime: Runtime, settings: Settings, targets: Targets, log: Log): Promise<Kubernetes> {
  const { connectKubernetes } = await import('../adapters/kubernetes/connect.js');
  const context = targets.context ?? settings.kubernetes.context;
  return connectKubernetes({
    environment: runtime.env,
    ...(targets.kubeconfig === undefined ? {} : { kubeconfig: targets.kubeconfig }),
    ...(context === undefined ? {} : { context }),
    fieldManager: 'keyturn',
    deadline: settings.limits.callDeadline,
    clock: runtime.windUpClock,
    retry: defaultRetry(runtime.random),
    onExchange: exchangeLog(log, 'kubernetes'),
  });
}

/** One attempt for all who ask; a failure is every asker's answer. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
