import { expect } from 'chai';
import { Material } from '../../src/domain/material.js';
import { createVault, type VaultClient } from '../../src/adapters/vault/client.js';
import type { Kv } from '../../src/domain/ports.js';
import { administer, optionsFor } from './vault-world.js';
import type { Admin, VaultWorld } from './vault-world.js';
import { faultOf } from './faults.js';
import { KV_TRAFFIC } from './traffic.js';

/** The contract of the Kv port over KV version 2, the same for every server that takes Vault's place. */
export function describeKv(name: string, start: () => Promise<VaultWorld>): void {
  describe(`[C] KV version 2 on ${name}`, function () {
    this.timeout(30_000);
    let world: VaultWorld;
    let admin: Admin;
    let vault: VaultClient;
    let kv: Kv;
    let next = 0;
    const fresh = (): string => `team/keys/${(next += 1)}`;
    const value = (text: string): Material => new Material(text);

    before(async () => {
      world = await start();
      admin = administer(world);
      await admin.ask('POST', 'sys/mounts/team', { type: 'kv', options: { version: '2' } });
      await admin.ask('POST', 'sys/mounts/plain', { type: 'kv', options: { version: '1' } });
      vault = await admin.client({ VAULT_TOKEN: world.rootToken });
      kv = vault.kv;
    });

    after(async () => {
      await admin.close();
      await world.stop();
    });

    describe('writing', () => {
      it('makes version 1 of a key that does not exist with cas 0, and tells the version and its time', async () => {
        const path = fresh();
        const written = await kv.write(path, { key: value('one') }, 0);
        expect(written.version).to.equal(1);
        const metadata = await kv.metadata(path);
        expect(metadata?.createdAt).to.equal(written.createdAt);
        expect(metadata?.keyCreatedAt).to.equal(written.createdAt);
      });

      it('refuses cas 0 where the key exists: conflict, nothing changed', async () => {
        const path = fresh();
        await kv.write(path, { key: value('one') }, 0);
        const fault = await faultOf(kv.write(path, { key: value('two') }, 0));
        expect(fault).to.include({ kind: 'conflict', effect: 'none', status: 400, retriable: false });
        expect((await kv.read(path))?.fields['key']?.expose()).to.equal('one');
      });

      it('replaces all fields, and leaves out those that are null', async () => {
        const path = fresh();
        await kv.write(path, { key: value('one'), other: 'x' }, 0);
        expect((await kv.write(path, { key: value('two'), other: null }, 1)).version).to.equal(2);
        expect(Object.keys((await kv.read(path))?.fields ?? {})).to.deep.equal(['key']);
      });

      it('refuses a cas that is not the current version', async () => {
        const path = fresh();
        await kv.write(path, { key: value('one') }, 0);
        expect((await faultOf(kv.write(path, { key: value('two') }, 7))).kind).to.equal('conflict');
      });

      it('writes over a destroyed version with cas of that version', async () => {
        const path = fresh();
        await kv.write(path, { key: value('one') }, 0);
        await kv.destroy(path, [1]);
        expect((await faultOf(kv.write(path, { key: value('two') }, 0))).kind).to.equal('conflict');
        expect((await kv.write(path, { key: value('two') }, 1)).version).to.equal(2);
      });

      it('writes over a soft-deleted version with cas of that version', async () => {
        const path = fresh();
        await kv.write(path, { key: value('one') }, 0);
        await admin.ask('DELETE', path.replace('team/', 'team/data/'));
        expect((await kv.write(path, { key: value('two') }, 1)).version).to.equal(2);
      });
    });

    describe('patching', () => {
      it('changes the fields named and leaves siblings alone', async () => {
        const path = fresh();
        await kv.write(path, { key: value('one'), sibling: 'stays' }, 0);
        expect((await kv.patch(path, { key: value('two') }, 1)).version).to.equal(2);
        const read = await kv.read(path);
        expect(read?.fields['key']?.expose()).to.equal('two');
        expect(read?.fields['sibling']?.expose()).to.equal('stays');
      });

      it('removes a field that is null', async () => {
        const path = fresh();
        await kv.write(path, { key: value('one'), sibling: 'stays' }, 0);
        await kv.patch(path, { key: null }, 1);
        expect(await kv.subkeys(path, 2)).to.deep.equal(['sibling']);
      });

      it('refuses a cas that is not the current version: conflict, nothing changed', async () => {
        const path = fresh();
        await kv.write(path, { key: value('one') }, 0);
        const fault = await faultOf(kv.patch(path, { key: value('two') }, 2));
        expect(fault).to.include({ kind: 'conflict', effect: 'none' });
      });

      it('finds nothing to patch where the key does not exist', async () => {
        const fault = await faultOf(kv.patch(fresh(), { key: value('one') }, 0));
        expect(fault).to.include({ kind: 'absent', effect: 'none', status: 404 });
      });

      it('finds nothing to patch where the current version is deleted or destroyed', async () => {
        const path = fresh();
        await kv.write(path, { key: value('one') }, 0);
        await admin.ask('DELETE', path.replace('team/', 'team/data/'));
        const deleted = await faultOf(kv.patch(path, { key: value('two') }, 1));
        expect(deleted).to.include({
          kind: 'absent',
          effect: 'none',
          said: 'the current version is deleted or destroyed',
        });
        await kv.destroy(path, [1]);
        expect((await faultOf(kv.patch(path, { key: value('two') }, 1))).kind).to.equal('absent');
      });
    });

    describe('reading', () => {
      it('gives one version, its strings as material and the names of what is no string', async () => {
        const path = fresh();
        await admin.ask('POST', path.replace('team/', 'team/data/'), { data: { key: 'one', n: 1, tree: { a: 'b' } } });
        await kv.write(path, { key: value('two') }, 1);
        const first = await kv.read(path, 1);
        expect(first).to.include({ version: 1, gone: false });
        expect(first?.fields['key']?.expose()).to.equal('one');
        expect(first?.others).to.have.members(['n', 'tree']);
        expect((await kv.read(path))?.version).to.equal(2);
        expect(await kv.subkeys(path, 1)).to.have.members(['key', 'n', 'tree']);
      });

      it('says null of what never existed, a key as well as a version', async () => {
        const path = fresh();
        expect(await kv.read(path)).to.equal(null);
        expect(await kv.metadata(path)).to.equal(null);
        expect(await kv.subkeys(path, 1)).to.equal(null);
        await kv.write(path, { key: value('one') }, 0);
        expect(await kv.read(path, 9)).to.equal(null);
        expect(await kv.subkeys(path, 9)).to.equal(null);
      });

      it('says of a deleted and of a destroyed version that it is gone', async () => {
        const path = fresh();
        await kv.write(path, { key: value('one') }, 0);
        await admin.ask('DELETE', path.replace('team/', 'team/data/'));
        expect((await kv.metadata(path))?.deleted).to.equal(true);
        expect(await kv.read(path)).to.deep.include({ version: 1, gone: true, fields: {} });
        await kv.destroy(path, [1]);
        expect((await kv.metadata(path))?.deleted).to.equal(true);
        expect(await kv.read(path, 1)).to.include({ version: 1, gone: true });
        expect(await kv.subkeys(path, 1)).to.equal(null);
      });
    });

    describe('metadata', () => {
      it('merges custom metadata, removes what is null, and makes no version', async () => {
        const path = fresh();
        await kv.write(path, { key: value('one') }, 0);
        await kv.patchMetadata(path, { a: '1', b: '2' });
        await kv.patchMetadata(path, { a: null, c: '3' });
        const metadata = await kv.metadata(path);
        expect(metadata).to.deep.include({ currentVersion: 1, deleted: false, customMetadata: { b: '2', c: '3' } });
      });

      it('has none to patch where the key does not exist', async () => {
        expect(await faultOf(kv.patchMetadata(fresh(), { a: '1' }))).to.include({ kind: 'absent', effect: 'none' });
      });

      it('knows a key that has metadata and no version as version 0', async () => {
        const path = fresh();
        await admin.ask('POST', path.replace('team/', 'team/metadata/'), { custom_metadata: { a: '1' } });
        expect(await kv.metadata(path)).to.include({ currentVersion: 0, deleted: true });
        expect((await kv.write(path, { key: value('one') }, 0)).version).to.equal(1);
      });

      it('tells max_versions and delete_version_after, and that a deletion to come is none yet', async () => {
        const path = fresh();
        const settings = { max_versions: 3, delete_version_after: '1h30m' };
        await admin.ask('POST', path.replace('team/', 'team/metadata/'), settings);
        await kv.write(path, { key: value('one') }, 0);
        const metadata = await kv.metadata(path);
        expect(metadata).to.include({ maxVersions: 3, deleteVersionAfter: 5_400_000, deleted: false });
      });

      it('is removed with all versions by deleteMetadata, also where there is none', async () => {
        const path = fresh();
        await kv.write(path, { key: value('one') }, 0);
        await kv.deleteMetadata(path);
        expect(await kv.metadata(path)).to.equal(null);
        await kv.deleteMetadata(path);
      });
    });

    describe('listing', () => {
      it('names keys and folders of one level, with or without a slash at the end', async () => {
        const folder = fresh();
        await kv.write(`${folder}/a`, { key: 'x' }, 0);
        await kv.write(`${folder}/b/c`, { key: 'x' }, 0);
        expect(await kv.list(folder)).to.have.members(['a', 'b/']);
        expect(await kv.list(`${folder}/`)).to.have.members(['a', 'b/']);
        expect(await kv.list('team')).to.deep.equal(['keys/']);
      });

      it('is empty where there is nothing', async () => {
        expect(await kv.list(fresh())).to.deep.equal([]);
      });
    });

    describe('mounts', () => {
      it('tells the mount of a path and its retention, 10 versions where nothing is said', async () => {
        expect(await kv.mount('team/a/b')).to.deep.equal({
          path: 'team/',
          kvVersion: 2,
          maxVersions: 10,
          deleteVersionAfter: 0,
        });
        await admin.ask('POST', 'sys/mounts/short', { type: 'kv', options: { version: '2' } });
        await admin.ask('POST', 'short/config', { max_versions: 2, delete_version_after: '36h' });
        const short = await kv.mount('short/x');
        expect(short).to.include({ path: 'short/', maxVersions: 2, deleteVersionAfter: 129_600_000 });
      });

      it('is null where nothing is mounted, and no request for a key is sent there', async () => {
        expect(await kv.mount('nowhere/at/all')).to.equal(null);
        expect((await faultOf(kv.metadata('nowhere/a'))).kind).to.equal('absent');
        expect((await faultOf(kv.write('nowhere/a', { k: 'v' }, 0))).effect).to.equal('none');
      });

      it('tells KV version 1 apart, where metadata would be an ordinary key', async () => {
        expect(await kv.mount('plain/x')).to.include({ path: 'plain/', kvVersion: 1 });
        expect((await faultOf(kv.metadata('plain/x'))).kind).to.equal('invalid');
      });

      it('names API paths', async () => {
        expect(await kv.apiPath('data', 'team/a/b')).to.equal('team/data/a/b');
        expect(await kv.apiPath('destroy', 'team/a')).to.equal('team/destroy/a');
      });
    });

    describe('rights', () => {
      const policy = 'path "team/data/granted" { capabilities = ["read"] }';

      it('lists capabilities of literal paths', async () => {
        const denied = 'path "team/metadata/x/" { capabilities = ["list"] }';
        const limited = await admin.client({ VAULT_TOKEN: await admin.tokenWith(`${policy}\n${denied}`) });
        expect(
          await limited.kv.capabilities(['team/data/granted', 'team/metadata/x/', 'team/data/other']),
        ).to.deep.equal({
          'team/data/granted': ['read'],
          'team/metadata/x/': ['list'],
          'team/data/other': ['deny'],
        });
        expect(await kv.capabilities(['team/data/one'])).to.deep.equal({ 'team/data/one': ['root'] });
      });

      it('is denied, with nothing changed, where a known token may not', async () => {
        const limited = await admin.client({ VAULT_TOKEN: await admin.tokenWith(policy) });
        expect(await limited.kv.read('team/granted')).to.equal(null);
        expect(await faultOf(limited.kv.read('team/other'))).to.include({ kind: 'denied', status: 403 });
        const write = await faultOf(limited.kv.write('team/other', { k: value('v') }, 0));
        expect(write).to.include({ kind: 'denied', effect: 'none', call: 'POST team/data/other' });
        const patch = await faultOf(limited.kv.patch('team/other', { k: value('v') }, 1));
        expect(patch).to.include({ kind: 'denied', effect: 'none', call: 'PATCH team/data/other' });
        expect((await faultOf(limited.kv.metadata('team/other'))).kind).to.equal('denied');
        expect((await faultOf(limited.kv.mount('plain/x'))).kind).to.equal('denied');
      });

      it('is denied, not unauthenticated, where the token may not even look itself up', async () => {
        const token = await admin.tokenWith(policy, { no_default_policy: true });
        const limited = await admin.client({ VAULT_TOKEN: token });
        expect(limited.session.lifetimeKnown).to.equal(false);
        expect((await faultOf(limited.kv.read('team/other'))).kind).to.equal('denied');
      });

      it('is unauthenticated where the token is no longer known', async () => {
        const token = await admin.tokenWith(policy);
        const client = await admin.client({ VAULT_TOKEN: token });
        await admin.ask('POST', 'auth/token/revoke', { token });
        expect((await faultOf(client.kv.read('team/granted'))).kind).to.equal('unauthenticated');
      });
    });

    it("tells its health and clock, which is within a few seconds of this machine's", async () => {
      expect(await vault.health()).to.include({ initialized: true, sealed: false, standby: false });
      expect(Math.abs((vault.serverTime() ?? 0) - Date.now())).to.be.below(5_000);
    });

    describe('a sealed server', () => {
      before(() => admin.ask('PUT', 'sys/seal'));

      it('is unavailable for reads and writes alike, with nothing changed, and says so in its health', async () => {
        expect(await faultOf(kv.metadata('team/keys/1'))).to.include({
          kind: 'unavailable',
          status: 503,
          said: 'Vault is sealed',
        });
        const write = await faultOf(kv.write('team/keys/1', { key: value('x') }, 1));
        expect(write).to.include({ kind: 'unavailable', effect: 'none', retriable: true });
        expect(await vault.health()).to.include({ sealed: true });
      });

      it('lets nobody begin, and says why', async () => {
        const result = await createVault(optionsFor(world, { VAULT_TOKEN: world.rootToken }, admin.traffic));
        expect(result.ok ? [] : result.problems.map(({ fault }) => fault?.kind)).to.deep.equal(['unavailable']);
      });
    });

    // Nested, because mocha runs the tests of a suite before those of the suites in it.
    describe('the record of its traffic', () => {
      it('holds every request that keyturn sends, with every status that it reads', () => {
        expect([...admin.traffic].sort()).to.deep.equal(KV_TRAFFIC);
      });
    });
  });
}
