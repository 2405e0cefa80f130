import type { ComponentName } from '../real/components.js';
import { describeReal } from '../real/require.js';
import { embeddedCluster, realCluster, type TestCluster } from './cluster.js';
import { embeddedVault, realVault, type TestVault } from './vault.js';

/** How a suite starts what it needs. */
export interface Servers {
  readonly vault: () => Promise<TestVault>;
  readonly cluster: () => Promise<TestCluster>;
}

/** The same suite against the embedded servers, always, and against the real ones where they are provisioned. */
export function onBothWorlds(title: string, needs: readonly ComponentName[], body: (servers: Servers) => void): void {
  describe(`[I] ${title}, embedded world`, patient(body, { vault: embeddedVault, cluster: embeddedCluster }));
  describeReal(needs, `[I] ${title}, real servers`, patient(body, { vault: realVault, cluster: realCluster }));
}

/** Child processes and servers start as fast as a busy machine lets them. */
function patient(body: (servers: Servers) => void, servers: Servers): (this: Mocha.Suite) => void {
  return function () {
    this.timeout(120_000);
    body(servers);
  };
}
