import { expect } from 'chai';
import { Material } from '../../src/domain/material.js';
import { startOpenBao } from '../support/real/openbao.js';
import { describeReal } from '../support/real/require.js';
import { describeKv } from './kv.contract.js';
import { describeLogin } from './login.contract.js';
import { administer } from './vault-world.js';
import type { VaultWorld } from './vault-world.js';

const start = async (): Promise<VaultWorld> => {
  const bao = await startOpenBao();
  return { address: bao.address, rootToken: bao.rootToken, stop: () => bao.close() };
};

describeReal('openbao', '[C] a real OpenBao', () => {
  describeKv('OpenBao', start);
  describeLogin('OpenBao', start);

  describe('namespaces', function () {
    this.timeout(30_000);

    it('hold every request but the one for the health of the server', async () => {
      const world = await start();
      const admin = administer(world);
      try {
        await admin.ask('POST', 'sys/namespaces/team');
        await admin.ask('POST', 'team/sys/mounts/kv', { type: 'kv', options: { version: '2' } });
        const tls = { verify: true };
        const endpoint = { address: world.address, addressFrom: 'test', tls, namespace: 'team' };
        const client = await admin.client({ VAULT_TOKEN: world.rootToken }, { endpoint });
        expect((await client.kv.write('kv/a', { key: new Material('one') }, 0)).version).to.equal(1);
        expect(await client.kv.mount('kv/a')).to.include({ path: 'kv/', kvVersion: 2 });
        expect(await client.kv.mount('secret/a')).to.equal(null);
        expect(await client.health()).to.include({ sealed: false });
      } finally {
        await admin.close();
        await world.stop();
      }
    });
  });
});
