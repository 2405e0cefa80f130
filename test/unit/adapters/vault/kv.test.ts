import { expect } from 'chai';
import { createKv } from '../../../../src/adapters/vault/kv.js';
import { createMounts } from '../../../../src/adapters/vault/mounts.js';
import type { Call, Reply } from '../../../../src/adapters/vault/call.js';
import type { Kv } from '../../../../src/domain/ports.js';
import { NOW, errors, fakeVault, faultOf, page, reply } from './fake-transport.js';
import type { FakeVault } from './fake-transport.js';

const MOUNT = reply(200, { data: { path: 'secret/', type: 'kv', options: { version: '2' } } });
const DENIED = '1 error occurred:\n\t* permission denied\n\n';

const kvOver = (script: (call: Call) => Reply | undefined): FakeVault & { readonly kv: Kv } => {
  const vault = fakeVault(
    (call) => script(call) ?? (call.path.startsWith('sys/internal/ui/mounts/') ? MOUNT : undefined),
  );
  return { ...vault, kv: createKv(vault.api, createMounts(vault.api), () => NOW) };
};

describe('[U] mounts', () => {
  it('are asked about once, however many paths below them come at the same time', async () => {
    const { kv, asked } = kvOver((call) => (call.path.startsWith('secret/') ? errors(404) : undefined));
    await Promise.all(['secret/a', 'secret/b', 'secret/c/d'].map((path) => kv.metadata(path)));
    await kv.metadata('secret/e');
    expect(asked.filter((call) => call.includes('ui/mounts'))).to.deep.equal(['GET sys/internal/ui/mounts/secret/a']);
  });

  it('share a failed look-up with those who wait for it, and are asked about again later', async () => {
    let working = false;
    const { kv, asked } = kvOver((call) => {
      if (call.path.includes('ui/mounts')) return working ? MOUNT : page(502);
      return errors(404);
    });
    const faults = await Promise.all(['secret/a', 'secret/b'].map((path) => faultOf(kv.metadata(path))));
    expect(faults.map(({ kind }) => kind)).to.deep.equal(['unavailable', 'unavailable']);
    expect(asked).to.have.length(1);
    working = true;
    expect(await kv.metadata('secret/a')).to.equal(null);
  });

  it('may have several segments, and then differ below the same first one', async () => {
    const { kv } = kvOver((call) => {
      if (!call.path.includes('ui/mounts')) return errors(404);
      const team = call.path.includes('/team/a') ? 'team/a/' : 'team/b/';
      return reply(200, { data: { path: team, type: 'kv', options: { version: '2' } } });
    });
    const paths = await Promise.all(['team/a/x', 'team/b/x'].map((path) => kv.apiPath('data', path)));
    expect(paths).to.deep.equal(['team/a/data/x', 'team/b/data/x']);
  });

  it('are found by their config where the look-up is refused: a mount, none, or unknown', async () => {
    const with403 = (config: Reply): ReturnType<typeof kvOver> =>
      kvOver((call) => {
        if (call.path.includes('ui/mounts')) return errors(403, 'preflight capability check returned 403');
        return call.path.endsWith('lookup-self') ? reply(200, {}) : config;
      });
    const config = reply(200, { data: { max_versions: 5, delete_version_after: '0s' } });
    expect(await with403(config).kv.mount('secret/a')).to.include({ path: 'secret/', kvVersion: 2, maxVersions: 5 });
    expect(await with403(errors(404, 'no handler for route "secret/config"')).kv.mount('secret/a')).to.equal(null);
    expect(await with403(errors(404)).kv.mount('secret/a')).to.include({ kvVersion: 0 });
    expect(await with403(reply(200, { data: { value: 'x' } })).kv.mount('secret/a')).to.include({ kvVersion: 0 });
    expect((await faultOf(with403(errors(403, DENIED)).kv.mount('secret/a'))).kind).to.equal('denied');
  });

  it('are malformed where an answer is not one', async () => {
    for (const data of [
      {},
      { path: 'secret', type: 'kv' },
      { path: '../', type: 'kv' },
      { path: 'a b/', type: 'kv' },
    ]) {
      const { kv } = kvOver((call) => (call.path.includes('ui/mounts') ? reply(200, { data }) : undefined));
      expect((await faultOf(kv.metadata('secret/a'))).kind).to.equal('malformed');
    }
  });
});

describe('[U] KV version 2', () => {
  it('sends nothing for a path that is not safe, and nothing for a mount taken as a key', async () => {
    const { kv, asked } = kvOver(() => undefined);
    expect((await faultOf(kv.read('secret/../sys'))).kind).to.equal('invalid');
    expect(asked).to.deep.equal([]);
    expect((await faultOf(kv.deleteMetadata('secret'))).kind).to.equal('invalid');
    expect(asked).to.deep.equal(['GET sys/internal/ui/mounts/secret']);
  });

  it('takes no page of something in between for "there is none"', async () => {
    for (const answer of [page(404), reply(404)]) {
      const { kv } = kvOver((call) => (call.path.startsWith('secret/') ? answer : undefined));
      const calls = [kv.metadata('secret/a'), kv.read('secret/a'), kv.subkeys('secret/a', 1), kv.list('secret/a')];
      for (const call of calls) expect((await faultOf(call)).kind).to.equal('malformed');
      expect(await faultOf(kv.patch('secret/a', {}, 1))).to.include({ kind: 'malformed', effect: 'unknown' });
    }
  });

  it('knows the empty 404 of a PATCH by its type', async () => {
    const empty = reply(404, undefined, { 'content-type': 'application/json' });
    const { kv } = kvOver((call) => (call.path.startsWith('secret/') ? empty : undefined));
    expect(await faultOf(kv.patch('secret/a', {}, 1))).to.include({ kind: 'absent', effect: 'none' });
    expect(await faultOf(kv.patchMetadata('secret/a', {}))).to.include({ kind: 'absent', effect: 'none' });
  });

  it('tells a mount that has vanished from a key that never was', async () => {
    const gone = errors(404, 'no handler for route "secret/metadata/a". route entry not found.');
    const { kv } = kvOver((call) => (call.path.startsWith('secret/') ? gone : undefined));
    for (const call of [kv.metadata('secret/a'), kv.list('secret'), kv.patch('secret/a', {}, 1)]) {
      expect(await faultOf(call)).to.include({ kind: 'absent', said: 'nothing is mounted there' });
    }
  });

  it('does not know the effect of a write whose answer is of another shape', async () => {
    const { kv } = kvOver((call) => (call.path.startsWith('secret/') ? reply(200, { data: {} }) : undefined));
    expect(await faultOf(kv.write('secret/a', {}, 0))).to.include({ kind: 'malformed', effect: 'unknown' });
    expect(await faultOf(kv.metadata('secret/a'))).to.include({ kind: 'malformed', effect: 'none' });
  });

  it('asks for many capabilities in several requests', async () => {
    const { kv, asked } = kvOver((call) => {
      const paths = call.body?.['paths'] as readonly string[];
      return reply(200, { data: Object.fromEntries(paths.map((path) => [path, ['read']])) });
    });
    const paths = Array.from({ length: 450 }, (_, i) => `secret/data/${i}`);
    expect(Object.keys(await kv.capabilities(paths))).to.deep.equal(paths);
    expect(asked).to.have.length(3);
  });

  it('does not take part of the capabilities for all', async () => {
    const { kv } = kvOver(() => reply(200, { data: { a: ['read'] } }));
    expect((await faultOf(kv.capabilities(['a', 'b']))).kind).to.equal('malformed');
  });
});

describe('[U] the difference between denied and unauthenticated', () => {
  const refusing = (lookup: Reply): ReturnType<typeof kvOver> =>
    kvOver((call) => {
      if (call.path.endsWith('lookup-self')) return lookup;
      return call.path.startsWith('secret/') ? errors(403, 'permission denied') : undefined;
    });

  it('is made by looking the token up, once for many refusals', async () => {
    const { kv, asked, clock } = refusing(reply(200, {}));
    for (const path of ['secret/a', 'secret/b']) expect((await faultOf(kv.read(path))).kind).to.equal('denied');
    const lookups = (): number => asked.filter((call) => call.endsWith('lookup-self')).length;
    expect(lookups()).to.equal(1);
    clock.time += 60_000;
    await faultOf(kv.read('secret/a'));
    expect(lookups()).to.equal(2);
  });

  it('is unauthenticated where the look-up is refused as well, unless a policy refuses it', async () => {
    expect((await faultOf(refusing(errors(403, 'permission denied')).kv.read('secret/a'))).kind).to.equal(
      'unauthenticated',
    );
    const newer = errors(403, '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n');
    expect((await faultOf(refusing(newer).kv.read('secret/a'))).kind).to.equal('unauthenticated');
    expect((await faultOf(refusing(errors(403, DENIED)).kv.read('secret/a'))).kind).to.equal('denied');
  });

  it('is denied where the look-up itself fails', async () => {
    const { kv } = kvOver((call) => {
      if (call.path.endsWith('lookup-self')) throw new Error('no connection');
      return call.path.startsWith('secret/') ? errors(403, 'permission denied') : undefined;
    });
    expect((await faultOf(kv.read('secret/a'))).kind).to.equal('denied');
  });

  it('is asked anew for another token', async () => {
    const { kv, asked, transport } = refusing(errors(403, 'permission denied'));
    await faultOf(kv.read('secret/a'));
    transport.setToken(undefined);
    expect((await faultOf(kv.read('secret/a'))).said).to.equal('there is no token');
    expect(asked.filter((call) => call.endsWith('lookup-self'))).to.have.length(2);
  });
});
