import { expect } from 'chai';
import { ApiClient } from '../../../../src/sandbox/kubelet/client.js';
import { millisecondsOf } from '../../../../src/sandbox/kubelet/durations.js';
import { ConfigError, environmentOf, expand } from '../../../../src/sandbox/kubelet/environment.js';
import type { Tree } from '../../../../src/sandbox/kubernetes/value.js';
import { type ApiServer, embeddedServer } from './world.js';

const POD: Tree = { metadata: { name: 'pod', namespace: 'default', labels: { tier: 'x' } } };
const secretKey = (key: string, optional?: boolean): Tree => ({
  name: key.toUpperCase(),
  valueFrom: { secretKeyRef: { name: 'known', key, ...(optional === undefined ? {} : { optional }) } },
});

describe('[U] kubelet: the environment of a container', () => {
  let server: ApiServer;
  let api: ApiClient;
  before(async () => {
    server = await embeddedServer();
    api = new ApiClient(server.endpoint, 'tester');
    const secrets = '/api/v1/namespaces/default/secrets';
    await api.post(secrets, { metadata: { name: 'known' }, stringData: { key: 'value', two: 'zwei' } });
    await api.post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'known' }, data: { plain: 'text' } });
  });
  after(async () => {
    api.close();
    await server.close();
  });

  const resolve = (container: Tree) => environmentOf(api, POD, container);
  const failure = async (container: Tree): Promise<string> =>
    resolve(container).then(
      () => 'no failure',
      (error: unknown) => (error instanceof ConfigError ? error.message : `another error: ${String(error)}`),
    );

  it('holds literal values, keys of Secrets and ConfigMaps, and fields of the pod', async () => {
    const env = [
      { name: 'PLAIN', value: 'p' },
      secretKey('key'),
      { name: 'MAP', valueFrom: { configMapKeyRef: { name: 'known', key: 'plain' } } },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'TIER', valueFrom: { fieldRef: { fieldPath: "metadata.labels['tier']" } } },
      { name: 'BOTH', value: '$(PLAIN)-$(KEY)-$(NONE)-$$(PLAIN)' },
    ];
    expect(await resolve({ env })).to.deep.equal({
      PLAIN: 'p',
      KEY: 'value',
      MAP: 'text',
      POD: 'pod',
      TIER: 'x',
      BOTH: 'p-value-$(NONE)-$(PLAIN)',
    });
  });

  it('takes whole Secrets first, so that single variables win', async () => {
    const envFrom = [{ secretRef: { name: 'known' }, prefix: 'S_' }, { configMapRef: { name: 'known' } }];
    const env = [{ name: 'S_two', value: 'mine' }];
    expect(await resolve({ env, envFrom })).to.deep.equal({ S_key: 'value', S_two: 'mine', plain: 'text' });
  });

  it('leaves out what is optional and not there', async () => {
    const gone = { secretKeyRef: { name: 'gone', key: 'key', optional: true } };
    const env = [secretKey('none', true), { name: 'GONE', valueFrom: gone }];
    expect(await resolve({ env, envFrom: [{ secretRef: { name: 'gone', optional: true } }] })).to.deep.equal({});
  });

  it('fails in the words of a kubelet where a Secret or a key is not there', async () => {
    expect(await failure({ env: [secretKey('none')] })).to.equal("couldn't find key none in Secret default/known");
    const gone = { name: 'K', valueFrom: { secretKeyRef: { name: 'gone', key: 'key' } } };
    expect(await failure({ env: [gone] })).to.equal('secret "gone" not found');
    expect(await failure({ envFrom: [{ secretRef: { name: 'gone' } }] })).to.equal('secret "gone" not found');
  });

  it('replaces references in words and leaves unknown ones', () => {
    expect(expand('--a=$(A) $(B) $ $(', { A: '1' })).to.equal('--a=1 $(B) $ $(');
  });

  it('reads the lengths of annotations', () => {
    expect(['500ms', '1.5s', '2m', '5', undefined, '-1s'].map(millisecondsOf)).to.deep.equal([
      500,
      1500,
      120_000,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
