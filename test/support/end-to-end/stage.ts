import { expect } from 'chai';
import { Scene } from './scene.js';
import type { TestVault } from './vault.js';
import type { Servers } from './worlds.js';

/** What a suite without a cluster works with. */
export interface Stage {
  /** Of the whole suite. */
  readonly vault: TestVault;
  /** Of the test that runs. */
  readonly scene: Scene;
}

/** One Vault for the suite and a scene for each test; after each test nothing that was said or written may show a secret. */
export function stageOf(servers: Servers): () => Stage {
  let stage: Stage | undefined;
  let vault: TestVault;
  const current = (): Stage => {
    if (stage === undefined) throw new Error('a scene is there only while a test runs');
    return stage;
  };
  before(async () => {
    vault = await servers.vault();
    await vault.mountState();
  });
  after(() => vault.close());
  beforeEach(() => {
    stage = { vault, scene: new Scene(vault) };
  });
  afterEach(async () => {
    const { scene } = current();
    try {
      for (const value of await valuesOf(vault, scene.name)) scene.secret(value);
      expect(scene.leaks(), 'what shows a secret').to.deep.equal([]);
    } finally {
      scene.close();
      stage = undefined;
    }
  });
  return current;
}

/** Every value that was ever written for a scene and still can be read: all versions of live and pending paths, and the fingerprint key. */
async function valuesOf(vault: TestVault, name: string): Promise<readonly string[]> {
  const paths = [
    ...(await below(vault, 'secret', name)),
    ...(await below(vault, 'keyturn', `${name}/pending`)),
    { mount: 'keyturn', key: `${name}/fingerprint-key` },
  ];
  const found = await Promise.all(paths.map(({ mount, key }) => versionsOf(vault, mount, key)));
  return found.flat();
}

async function below(vault: TestVault, mount: string, folder: string) {
  const { status, body } = await vault.send('GET', `${mount}/metadata/${folder}?list=true`);
  if (status !== 200) return [];
  const { keys } = (body as { data: { keys: readonly string[] } }).data;
  return keys.map((key) => ({ mount, key: `${folder}/${key}` }));
}

async function versionsOf(vault: TestVault, mount: string, key: string): Promise<readonly string[]> {
  const metadata = await vault.send('GET', `${mount}/metadata/${key}`);
  if (metadata.status !== 200) return [];
  const { versions } = (metadata.body as { data: { versions: Record<string, unknown> } }).data;
  const values = Object.keys(versions).map(async (version) => {
    const { status, body } = await vault.send('GET', `${mount}/data/${key}?version=${version}`);
    const { data } = status === 200 ? (body as { data: { data: Record<string, unknown> } }).data : { data: {} };
    // A rotation id in pending is a name, and no secret.
    return Object.entries(data).flatMap(([field, value]) =>
      field === 'rotation' || typeof value !== 'string' ? [] : [value],
    );
  });
  return (await Promise.all(values)).flat();
}
