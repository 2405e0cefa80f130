import { randomBytes } from 'node:crypto';
import { consumerCommand } from './consumer/command.js';
import { type ApiEndpoint, ApiClient } from './kubelet/client.js';
import { startKubelet } from './kubelet/kubelet.js';
import { startService } from './kubelet/service.js';

/** A Vault, embedded or real, with a token that may do everything. */
export interface VaultEndpoint {
  readonly address: string;
  readonly token: string;
}

/** An AI gateway at work: a LiteLLM stand-in behind a Deployment and a Service, its secrets in Vault and in Kubernetes. */
export interface Gateway {
  /** Where clients call it; accepts exactly the master key that its pods were started with. */
  readonly url: string;
  close(): Promise<void>;
}

export const NAMESPACE = 'ai-gateway';
const SELECTOR = { app: 'litellm' };

/** Brings the gateway up in any Vault (KV v2 at secret/) and any cluster; the kubelet that runs its pods is part of it. */
export async function startGateway(vault: VaultEndpoint, api: ApiEndpoint): Promise<Gateway> {
  const client = new ApiClient(api, 'gateway');
  const kubelet = await startKubelet({ api });
  const service = await startService({ api, namespace: NAMESPACE, selector: SELECTOR });
  await seedVault(vault, await seedCluster(client));
  await untilServed(`${service.url}/health/readiness`);
  return {
    url: service.url,
    close: async () => {
      await service.close();
      await kubelet.close();
      client.close();
    },
  };
}

/** Field values by path, made anew for each world. */
interface Values {
  readonly masterKey: string;
  readonly session: string;
}

async function seedVault({ address, token }: VaultEndpoint, { masterKey, session }: Values): Promise<void> {
  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${address}/v1/${path}`, {
      method: 'POST',
      headers: { 'x-vault-token': token },
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`POST ${path}: ${response.status}`);
  };
  await post('sys/mounts/keyturn', { type: 'kv', options: { version: '2' } });
  await post('secret/data/ai-gateway/litellm/master-key', { data: { key: masterKey }, options: { cas: 0 } });
  await post('secret/data/ai-gateway/litellm/ui-session', { data: { secret: session }, options: { cas: 0 } });
  const password = randomBytes(16).toString('hex');
  await post('secret/data/ai-gateway/grafana/admin', { data: { password }, options: { cas: 0 } });
}

async function seedCluster(client: ApiClient): Promise<Values> {
  const values = {
    masterKey: `sk-litellm-${randomBytes(24).toString('hex')}`,
    session: randomBytes(16).toString('hex'),
  };
  const create = async (path: string, body: object): Promise<void> => {
    const { status } = await client.post(path, body);
    if (status >= 300) throw new Error(`POST ${path}: ${status}`);
  };
  await create('/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  const secrets = `/api/v1/namespaces/${NAMESPACE}/secrets`;
  await create(secrets, { metadata: { name: 'litellm-master-key' }, stringData: { key: values.masterKey } });
  await create(secrets, { metadata: { name: 'litellm-ui-session' }, stringData: { secret: values.session } });
  await create(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, DEPLOYMENT);
  return values;
}

function fromSecret(name: string, secret: string, key: string) {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}

const DEPLOYMENT = {
  metadata: { name: 'litellm' },
  spec: {
    replicas: 2,
    progressDeadlineSeconds: 20,
    selector: { matchLabels: SELECTOR },
    template: {
      metadata: { labels: SELECTOR },
      spec: {
        terminationGracePeriodSeconds: 5,
        containers: [
          {
            name: 'litellm',
            image: 'litellm-stand-in',
            command: consumerCommand(),
            ports: [{ name: 'http', containerPort: 4000 }],
            env: [
              fromSecret('LITELLM_MASTER_KEY', 'litellm-master-key', 'key'),
              fromSecret('UI_SESSION_SECRET', 'litellm-ui-session', 'secret'),
            ],
            readinessProbe: { httpGet: { path: '/health/readiness', port: 'http' }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
};

/** The first pods take a moment; a world that is not up after half a minute will not come up. */
async function untilServed(url: string): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const status = await fetch(url).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) return;
    if (Date.now() > end) throw new Error(`${url} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The gateway's inventory as files, name -> text. `url` is where the check calls it. */
export function gatewayPolicies(url: string): ReadonlyMap<string, string> {
  return new Map([
    ['keyturn.yaml', SETTINGS],
    ['schedules.yaml', SCHEDULES],
    ['ai-gateway/litellm-master-key.yaml', masterKeyPolicy(url)],
    ['ai-gateway/ui-session.yaml', UI_SESSION],
    ['ai-gateway/grafana-admin.yaml', GRAFANA],
    ['ai-gateway/webhook-token.yaml', WEBHOOK],
  ]);
}

const SETTINGS = `apiVersion: keyturn/v1
kind: Settings
inventory: sandbox
vault: { state: keyturn } # VAULT_ADDR names the server
limits: { maxShare: 100%, callDeadline: 2s, leaseFor: 6s } # short, so that a killed run is taken over soon
`;

const SCHEDULES = `apiVersion: keyturn/v1
kind: Schedules
schedules:
  monthly: { every: 30d }
  quarterly: { every: 90d }
`;

const masterKeyPolicy = (url: string): string => `apiVersion: keyturn/v1
kind: litellm-master-key
id: ai-gateway/litellm-master-key
description: Admin key of the LiteLLM proxy
owner: platform-security
schedule: monthly
vault: { path: secret/ai-gateway/litellm/master-key, field: key }
publish:
  - kubernetesSecret: { namespace: ai-gateway, name: litellm-master-key, key: key }
consumers:
  - deployment: { namespace: ai-gateway, name: litellm, timeout: 60s }
verify:
  http: { url: "${url}/v1/models", header: "Authorization: Bearer {value}", ok: [200], refused: [400, 401, 403] }
`;

const UI_SESSION = `apiVersion: keyturn/v1
kind: kv-random
id: ai-gateway/ui-session
description: Signs the sessions of the proxy's web page; read when the proxy starts
owner: platform-security
schedule: quarterly
vault: { path: secret/ai-gateway/litellm/ui-session, field: secret }
publish:
  - kubernetesSecret: { namespace: ai-gateway, name: litellm-ui-session, key: secret }
consumers:
  - deployment: { namespace: ai-gateway, name: litellm, timeout: 60s }
spec: { length: 48 }
`;

const GRAFANA = `apiVersion: keyturn/v1
kind: kv-random
id: ai-gateway/grafana-admin
description: Password of the dashboard's administrator
owner: platform-security
schedule: quarterly
vault: { path: secret/ai-gateway/grafana/admin, field: password }
`;

const WEBHOOK = `apiVersion: keyturn/v1
kind: kv-random
id: ai-gateway/webhook-token
description: Shared with the alert receiver
owner: platform-security
schedule: quarterly
vault: { path: secret/ai-gateway/alerts/webhook, field: token }
spec: { encoding: base64url, prefix: hook- }
`;
