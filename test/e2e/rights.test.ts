import { expect } from 'chai';
import { join } from 'node:path';
import { type Gateway, startGateway } from '../../src/sandbox/gateway.js';
import { jsonOf, said } from '../support/cli.js';
import { type Checker, startChecker } from '../support/end-to-end/checker.js';
import type { TestCluster } from '../support/end-to-end/cluster.js';
import { Scene } from '../support/end-to-end/scene.js';
import type { Audited, TestVault } from '../support/end-to-end/vault.js';
import { onBothWorlds, type Servers } from '../support/end-to-end/worlds.js';
import { projectRoot } from '../support/real/components.js';
import { readFileSync } from 'node:fs';

const EXAMPLES = join(projectRoot, 'docs', 'examples');
const PLAN = 'keyturn-plan';
const APPLY = 'keyturn-apply';
const MASTER_KEY = 'ai-gateway/litellm-master-key';
const GUARDRAILS = 'ai-gateway/guardrails-token';

/** What is no read and yet changes nothing: looking at one's own token and rights. */
const LOOK_UPS = new Set(['auth/token/lookup-self', 'sys/capabilities-self']);

/** The reading commands, as the plan role runs them. */
const SAVE = ['plan', '--out', 'plan.json'];
const READING: readonly (readonly string[])[] = [
  ['validate'],
  ['show', 'plan.json'],
  ['status'],
  ['drift'],
  ['why', GUARDRAILS],
  ['history', '--details'],
];

interface Stage {
  readonly vault: TestVault;
  readonly cluster: TestCluster;
  readonly gateway: Gateway;
  readonly checker: Checker;
  readonly scene: Scene;
}

/** The inventory for which docs/examples grants its rights, in small: short times, a check of the guardrails' token. */
function writePolicies({ scene, gateway, checker }: Stage): void {
  scene.write(
    'policies/all.yaml',
    `apiVersion: keyturn/v1
kind: Settings
inventory: ai-gateway-production
vault: { state: keyturn }
limits: { maxShare: 100%, callDeadline: 2s, leaseFor: 6s }
---
apiVersion: keyturn/v1
kind: Schedules
schedules:
  monthly: { every: 30d }
---
apiVersion: keyturn/v1
kind: litellm-master-key
id: ${MASTER_KEY}
schedule: monthly
vault: { path: secret/ai-gateway/litellm/master-key, field: key }
publish:
  - kubernetesSecret: { namespace: ai-gateway, name: litellm-master-key, key: key }
consumers:
  - deployment: { namespace: ai-gateway, name: litellm, timeout: 30s }
verify:
  http: { url: "${gateway.url}/v1/models", header: "Authorization: Bearer {value}", ok: [200], refused: [400, 401, 403] }
---
apiVersion: keyturn/v1
kind: kv-random
id: ${GUARDRAILS}
schedule: monthly
vault: { path: secret/ai-gateway/guardrails, field: token }
verify:
  http: { url: "${checker.url}", header: "Authorization: Bearer {value}", ok: [200], refused: [401] }
---
apiVersion: keyturn/v1
kind: kv-random
id: ai-gateway/webhook-token
schedule: monthly
vault: { path: secret/ai-gateway/alerts/webhook, field: token }
`,
  );
}

async function openStage(servers: Servers): Promise<Stage> {
  const [vault, cluster, checker] = await Promise.all([servers.vault(), servers.cluster(), startChecker()]);
  const gateway = await startGateway({ address: vault.address, token: vault.rootToken }, cluster.api);
  const scene = new Scene(vault);
  const stage = { vault, cluster, gateway, checker, scene };
  writePolicies(stage);
  await vault.ask('POST', 'secret/data/ai-gateway/guardrails', { data: { token: scene.secret('canary-guardrails') } });
  await vault.policy(PLAN, readFileSync(join(EXAMPLES, 'vault-policy-plan.hcl'), 'utf8'));
  await vault.policy(APPLY, readFileSync(join(EXAMPLES, 'vault-policy-apply.hcl'), 'utf8'));
  for (const user of ['plan', 'apply'] as const) {
    await cluster.grant(user, join(EXAMPLES, `kubernetes-role-${user}.yaml`));
    await cluster.writeKubeconfig(scene.path(`kubeconfig-${user}`), user);
  }
  return stage;
}

/** Neither writes nor reads of a value: what the plan role asked for that it must not. */
function forbidden(audited: readonly Audited[]): readonly string[] {
  return audited
    .filter(({ policies }) => policies.includes(PLAN))
    .filter(({ operation, path }) => !LOOK_UPS.has(path) && !isHarmless(operation, path))
    .map(({ operation, path }) => `${operation} ${path}`);
}

function isHarmless(operation: string, path: string): boolean {
  if (operation === 'list') return true;
  if (operation !== 'read') return false;
  return !/^[^/]+\/data\//.test(path) || /^keyturn\/data\/ai-gateway-production\/(journal|history)\//.test(path);
}

/** Grants of an example policy, `read secret/config`, that no request of its role ever used. */
function unused(name: string, audited: readonly Audited[]): readonly string[] {
  const asked = audited.filter(({ policies }) => policies.includes(`keyturn-${name}`));
  const text = readFileSync(join(EXAMPLES, `vault-policy-${name}.hcl`), 'utf8');
  const grants = [...text.matchAll(/^path "([^"]+)" +\{ capabilities = \[([^\]]+)\]/gm)].flatMap(
    ([, path = '', capabilities = '']) =>
      [...capabilities.matchAll(/\w+/g)].map(([capability]) => ({ path, capability })),
  );
  expect(grants).to.have.length.greaterThan(5);
  const covers = (pattern: string, path: string): boolean =>
    pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
  return grants
    .filter(({ path, capability }) => !asked.some((one) => one.operation === capability && covers(path, one.path)))
    .map(({ path, capability }) => `${capability} ${path}`);
}

function body(servers: Servers): void {
  let stage: Stage;
  let tokens: { readonly plan: string; readonly apply: string };

  before(async () => {
    stage = await openStage(servers);
    tokens = { plan: await stage.vault.token([PLAN]), apply: await stage.vault.token([APPLY]) };
  });
  after(async () => {
    await stage.gateway.close();
    await Promise.all([stage.vault.close(), stage.cluster.close(), stage.checker.close()]);
    stage.scene.close();
  });
  afterEach(async () => {
    await stage.scene.live('secret/ai-gateway/litellm/master-key');
    await stage.scene.live('secret/ai-gateway/guardrails');
    for (const key of stage.checker.keys) stage.scene.secret(key);
    expect(stage.scene.leaks()).to.deep.equal([]);
  });

  const as = (user: 'plan' | 'apply', args: readonly string[], onOutput?: Parameters<Scene['run']>[1]) =>
    stage.scene.run(args, {
      token: tokens[user],
      env: { KUBECONFIG: stage.scene.path(`kubeconfig-${user}`), KEYTURN_LOG_LEVEL: 'debug' },
      ...onOutput,
    });

  /** Runs every reading command and looks at what the servers were asked; gives what plan printed. */
  async function look(): Promise<string> {
    const before = stage.vault.audit().length;
    const saved = await as('plan', SAVE);
    const results = [saved, ...(await Promise.all(READING.map((args) => as('plan', args))))];
    const audited = stage.vault.audit().slice(before);
    for (const result of results) expect(result.code, said(result)).to.equal(0);
    expect(audited.some(({ policies }) => policies.includes(PLAN))).to.equal(true);
    expect(forbidden(audited)).to.deep.equal([]);
    const workloads = /^GET \/apis\/apps\/v1\/namespaces\/ai-gateway\/deployments\/litellm$/;
    expect(stage.cluster.requestsOf('plan').filter((request) => !workloads.test(request))).to.deep.equal([]);
    return saved.stdout;
  }

  it('lets the plan role look at an inventory that nothing was ever applied to', async () => {
    expect(await look()).to.include('Plan: 0 to rotate, 1 to create');
  });

  it('lets the apply role take over, create, and create again what was deleted, with no more than its own rights', async () => {
    for (const id of [MASTER_KEY, GUARDRAILS]) {
      const adopted = await as('apply', ['adopt', id, '--born', '2026-01-01', '--auto-approve']);
      expect(adopted.code, said(adopted)).to.equal(0);
    }
    const create = ['apply', '--target', 'ai-gateway/webhook-token', '--auto-approve'];
    const created = await as('apply', create);
    expect(created.code, said(created)).to.equal(0);
    await stage.vault.ask('DELETE', 'secret/data/ai-gateway/alerts/webhook');
    const again = await as('apply', create);
    expect(again.code, said(again)).to.equal(0);
    expect(await stage.scene.live('secret/ai-gateway/alerts/webhook')).to.have.property('token');
  });

  it('lets the plan role look at secrets that are overdue', async () => {
    expect(await look()).to.include('Plan: 2 to rotate, 0 to create');
  });

  it('lets the plan role look at a rotation whose run was killed', async () => {
    const killed = await as('apply', ['apply', '--target', MASTER_KEY, '--auto-approve'], {
      onOutput: (text, child) => void (/✓ promote/.test(text) && child.kill('SIGKILL')),
    });
    expect(killed.signal, said(killed)).to.equal('SIGKILL');
    expect(await look()).to.include('Interrupted');
  });

  it('lets the apply role finish it, restart its consumers and prove the old key dead', async () => {
    const resumed = await as('apply', ['apply', '--target', MASTER_KEY, '--auto-approve']);
    expect(resumed.code, said(resumed)).to.equal(0);
    const { key } = await stage.scene.live('secret/ai-gateway/litellm/master-key');
    const answer = await fetch(`${stage.gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    await answer.arrayBuffer();
    expect(answer.status).to.equal(200);
  });

  it('lets the plan role look at an attempt that failed and is held', async () => {
    const { token: old } = await stage.scene.live('secret/ai-gateway/guardrails');
    stage.checker.answer = (key) => (key === old ? 200 : 401);
    const undone = await as('apply', ['apply', '--target', GUARDRAILS, '--auto-approve']);
    expect(undone.code, said(undone)).to.equal(4);
    expect((await stage.scene.live('secret/ai-gateway/guardrails'))['token']).to.equal(old);
    expect(await look()).to.include('1 held');
  });

  it('names the right that is missing when the plan role tries to apply, and changes nothing', async () => {
    const before = await stage.scene.live('secret/ai-gateway/guardrails');
    const asked = stage.vault.audit().length;
    const refused = await as('plan', ['rotate', GUARDRAILS, '--auto-approve']);
    expect(forbidden(stage.vault.audit().slice(asked)), 'the audit log shows what was tried').to.not.deep.equal([]);
    expect(refused.code, said(refused)).to.equal(77);
    expect(refused.stderr + refused.stdout).to.match(/denied|may not/);
    expect(await stage.scene.live('secret/ai-gateway/guardrails')).to.deep.equal(before);
  });

  it('has left nothing open and nothing to do', async () => {
    const markers = await stage.vault.send('GET', 'keyturn/metadata/ai-gateway-production/open?list=true');
    expect(markers.status, 'no marker').to.equal(404);
    const plan = await as('plan', ['plan', '--json']);
    expect((jsonOf(plan) as { changes: unknown }).changes).to.deep.equal([]);
  });

  it('grants nothing that was not used', () => {
    const audited = stage.vault.audit();
    expect(unused('plan', audited)).to.deep.equal([]);
    expect(unused('apply', audited)).to.deep.equal([]);
  });
}

onBothWorlds('the example rights', ['openbao', 'testcluster'], body);
