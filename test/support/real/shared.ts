import { type RealCluster, startCluster } from './cluster.js';
import { type RealVault, startOpenBao } from './openbao.js';

let openBao: Promise<RealVault> | undefined;
let cluster: Promise<RealCluster> | undefined;

/**
 * The OpenBao that all suites of a test process share, started by the first that asks. Each suite keeps to mounts or
 * paths of its own; one that seals, kills or reconfigures the server starts its own with startOpenBao.
 */
export function sharedOpenBao(): Promise<RealVault> {
  openBao ??= startOpenBao();
  return openBao;
}

/** The cluster that all suites of a test process share. Each suite, better each test, has a namespace of its own. */
export function sharedCluster(): Promise<RealCluster> {
  cluster ??= startCluster();
  return cluster;
}

/** Closes what was shared; a later suite that asks again gets new ones. */
export async function closeShared(): Promise<void> {
  const open = [openBao, cluster];
  [openBao, cluster] = [undefined, undefined];
  const started = await Promise.allSettled(open.map(async (each) => each));
  await Promise.all(started.map(async (each) => (each.status === 'fulfilled' ? each.value?.close() : undefined)));
}
