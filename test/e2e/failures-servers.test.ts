import { expect } from 'chai';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { expectEnd } from '../support/end-to-end/expect-end.js';
import { seedOverdue, writeInventory } from '../support/end-to-end/inventory.js';
import type { Scene } from '../support/end-to-end/scene.js';
import { stageOf } from '../support/end-to-end/stage.js';
import { onBothWorlds, type Servers } from '../support/end-to-end/worlds.js';
import { eventually } from '../support/real/eventually.js';

/** Port 9 (discard) of the loopback interface: nobody listens there. */
const NOBODY = 'http://127.0.0.1:9';

/** A kubeconfig for a cluster that nobody answers for. */
const LOST_CLUSTER = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'lost',
  clusters: [{ name: 'lost', cluster: { server: 'https://127.0.0.1:9' } }],
  users: [{ name: 'lost', user: { token: 'canary-of-the-kubeconfig' } }],
  contexts: [{ name: 'lost', context: { cluster: 'lost', user: 'lost' } }],
});

const CONSUMED = `consumers:
  - deployment: { namespace: app, name: app, timeout: 10s }
    via: { readAtStart: true }
`;

function body(servers: Servers): void {
  const stage = stageOf(servers);
  const scene = (): Scene => stage().scene;
  const onePolicy = (): void => writeInventory(scene(), { policies: { one: '' } });

  it('names the place of a mistake in a policy, before it looks for any server', async () => {
    writeInventory(scene(), { policies: { one: 'scheduel: monthly\n' } });
    for (const command of ['validate', 'plan', 'apply'])
      expectEnd(
        await scene().run([command], { env: { VAULT_ADDR: NOBODY } }),
        65,
        'policies/one.yaml:',
        'scheduel',
        'schedule',
      );
  });

  it('names the nearest flag, and where help is', async () => {
    onePolicy();
    expectEnd(await scene().run(['plan', '--detailed-exitcod']), 64, '--detailed-exitcod', '--detailed-exitcode');
    expectEnd(await scene().run(['plam']), 64, 'plam', 'did you mean `plan`');
    expectEnd(await scene().run(['show', 'plan.json', '--auto-approve']), 64, 'show', '--auto-approve');
  });

  it('names server and token source when the token is wrong', async () => {
    onePolicy();
    const { address } = scene().vault;
    expectEnd(await scene().run(['plan'], { token: 'canary-wrong-token' }), 77, address, 'VAULT_TOKEN', 'Log in again');
    scene().login('canary-wrong-token-at-home');
    expectEnd(await scene().run(['apply', '--auto-approve']), 77, address, '.vault-token', 'Log in again');
  });

  it('says the same when the token has expired', async () => {
    onePolicy();
    const token = await scene().vault.token(['root'], { ttl: '1s', explicit_max_ttl: '1s' });
    const lookUp = () => scene().vault.send('GET', 'auth/token/lookup-self', undefined, token);
    await eventually(lookUp, ({ status }) => status === 403, { what: 'the token ends' });
    expectEnd(await scene().run(['plan'], { token }), 77, scene().vault.address, 'VAULT_TOKEN', 'Log in again');
  });

  it('says where a token is looked for when there is none', async () => {
    onePolicy();
    mkdirSync(scene().path('nobody'));
    expectEnd(await scene().run(['plan'], { env: { HOME: scene().path('nobody') } }), 77, 'VAULT_TOKEN');
  });

  it('names server and path of what the token may not do', async () => {
    onePolicy();
    const token = await scene().vault.token(['default']);
    expectEnd(await scene().run(['plan'], { token }), 77, scene().vault.address, 'keyturn', 'rights');
  });

  it('plans the other secrets when one may not be looked at, and applies them', async () => {
    const { vault, name } = scene();
    writeInventory(scene(), { policies: { one: '', two: '' } });
    const most = `path "secret/+/${name}/one" { capabilities = ["create", "read", "update", "patch"] }
path "secret/config" { capabilities = ["read"] }
path "keyturn/*" { capabilities = ["create", "read", "update", "list", "delete"] }`;
    await vault.policy(name, most);
    const token = await vault.token([name]);
    const denied = `secret/metadata/${name}/two`;
    expectEnd(await scene().run(['plan'], { token }), 77, '1 to create', '1 not observed', denied, 'app/one');
    expectEnd(await scene().run(['apply', '--auto-approve'], { token }), 4, 'app/one', denied);
    expect(await scene().live(`secret/${name}/one`)).to.have.property('value');
    expectEnd(await scene().run(['apply', '--auto-approve'], { token }), 77, denied);
  });

  it('names the address when nobody answers there', async () => {
    onePolicy();
    expectEnd(await scene().run(['plan'], { env: { VAULT_ADDR: NOBODY } }), 69, NOBODY, 'Check the address');
    const json = await scene().run(['apply', '--auto-approve', '--json'], { env: { VAULT_ADDR: NOBODY } });
    expectEnd(json, 69, NOBODY);
  });

  it('says how to name the address when there is none', async () => {
    onePolicy();
    expectEnd(await scene().run(['plan'], { env: { VAULT_ADDR: '' } }), 64, 'no address', 'VAULT_ADDR');
  });

  it('gives the command that makes a missing state mount', async () => {
    onePolicy();
    scene().write(
      'policies/keyturn.yaml',
      scene().read('policies/keyturn.yaml').replace('state: keyturn', 'state: none'),
    );
    expectEnd(await scene().run(['plan']), 65, '`none`', 'vault secrets enable -path=none -version=2 kv');
    expectEnd(await scene().run(['apply', '--auto-approve']), 65, 'vault secrets enable -path=none -version=2 kv');
  });

  it('plans and applies what needs no cluster while the cluster is unreachable', async () => {
    writeInventory(scene(), { policies: { one: '', consumed: CONSUMED } });
    scene().secret('canary-of-the-kubeconfig');
    writeFileSync(scene().path('kubeconfig'), LOST_CLUSTER, { mode: 0o600 });
    const env = { KUBECONFIG: scene().path('kubeconfig') };
    expectEnd(await scene().run(['plan'], { env }), 69, '1 to create', '1 not observed', '127.0.0.1:9', 'app/one');
    expectEnd(await scene().run(['apply', '--auto-approve'], { env }), 4, 'app/one', 'app/consumed', '127.0.0.1:9');
    expect(await scene().live(`secret/${scene().name}/one`)).to.have.property('value');
  });

  it('names a kubeconfig that is missing or no kubeconfig, and quotes nothing of it', async () => {
    writeInventory(scene(), { policies: { consumed: CONSUMED } });
    const missing = scene().path('kubeconfig-missing');
    expectEnd(await scene().run(['plan'], { env: { KUBECONFIG: missing } }), 65, missing);
    const broken = scene().path('kubeconfig-broken');
    writeFileSync(broken, `users: [{ name: x, user: { token: ${scene().secret('canary-in-a-broken-file')} }`);
    expectEnd(await scene().run(['plan', '--kubeconfig', broken]), 65, broken);
    writeFileSync(scene().path('kubeconfig'), LOST_CLUSTER, { mode: 0o600 });
    const other = await scene().run(['plan', '--kubeconfig', scene().path('kubeconfig'), '--context', 'elsewhere']);
    expectEnd(other, 65, 'elsewhere', 'lost');
  });

  it('says which file cannot be written', async () => {
    onePolicy();
    expectEnd(await scene().run(['plan', '--out', 'no/such/folder/plan.json']), 1, 'no/such/folder/plan.json');
    mkdirSync(scene().path('plan.json'));
    expectEnd(await scene().run(['plan', '--out', 'plan.json']), 1, 'plan.json');
  });

  it('warns of a token that others may read, and goes on', async () => {
    onePolicy();
    chmodSync(scene().path('home/.vault-token'), 0o644);
    expectEnd(await scene().run(['plan']), 0, '.vault-token', 'chmod 600');
  });

  it('refuses a rotation whose old value Vault would not keep until its end', async () => {
    writeInventory(scene(), { policies: { one: '' } });
    await seedOverdue(scene(), ['one']);
    const path = `secret/${scene().name}/one`;
    await scene().vault.ask('POST', path.replace('/', '/metadata/'), { max_versions: 1 });
    const before = await scene().live(path);
    expectEnd(await scene().run(['apply', '--auto-approve']), 4, path, 'vault kv metadata put -max-versions=4');
    expect(await scene().live(path)).to.deep.equal(before);
  });
}

function sealed(servers: Servers): void {
  const stage = stageOf(servers);

  it('says that Vault is sealed, and to run it again when it is not', async () => {
    const { scene, vault } = stage();
    writeInventory(scene, { policies: { one: '' } });
    await vault.seal();
    expectEnd(await scene.run(['plan']), 69, vault.address, 'sealed', 'unsealed');
    expectEnd(await scene.run(['apply', '--auto-approve']), 69, vault.address, 'sealed', 'unsealed');
  });
}

onBothWorlds('failures of servers', ['openbao'], body);
onBothWorlds('a sealed Vault', ['openbao'], sealed);
