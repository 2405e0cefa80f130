import { expect } from 'chai';
import { KV_TRAFFIC, LOGIN_TRAFFIC, SECRET_TRAFFIC, WORKLOAD_TRAFFIC } from '../contract/traffic.js';
import { bothServers, startArena } from '../support/arena.js';
import { expectCode, policyOf, settingsOf, startConsumers } from '../support/lane.js';
import { recordedExchanges, type ServerName } from '../support/traffic.js';

const CONTRACT: Readonly<Record<ServerName, readonly string[]>> = {
  Vault: [...KV_TRAFFIC, ...LOGIN_TRAFFIC],
  Kubernetes: [...SECRET_TRAFFIC, ...WORKLOAD_TRAFFIC],
};

/** So that nobody takes an empty record for a good one. */
const AT_LEAST: Readonly<Record<ServerName, string[]>> = {
  Vault: ['PATCH :mount/data/:path 200', 'POST :mount/data/:path 200', 'DELETE :mount/metadata/:path 204'],
  Kubernetes: ['PATCH /apis/apps/v1/namespaces/:namespace/deployments/:name 200'],
};

/** The last file of its folder by name: what it looks at is what the others did, and one rotation of its own. */
describe('[I] what whole runs send', () => {
  before(async () => {
    const arena = await startArena(bothServers(false));
    try {
      const { service, subjects } = await startConsumers(arena, 'traffic');
      const policies = subjects.map((subject, number) => [`${number}.yaml`, policyOf('kv-random', subject)] as const);
      const desk = await arena.desk(new Map([['keyturn.yaml', settingsOf('traffic')], ...policies]));
      expectCode(await desk.run('rotate', subjects[0]?.id ?? '', '--auto-approve'), 0);
      await service.close();
    } finally {
      await arena.close();
    }
  });

  for (const server of ['Vault', 'Kubernetes'] as const) {
    it(`to ${server} is held against a real one by a contract suite, request by request`, () => {
      expect(recordedExchanges(server)).to.include.members(AT_LEAST[server]);
      const known = new Set(CONTRACT[server]);
      const unheld = recordedExchanges(server).filter((exchange) => !known.has(exchange));
      expect(unheld, 'requests that no contract suite sends').to.deep.equal([]);
    });
  }
});
