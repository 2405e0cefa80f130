import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type { Journal } from '../../src/domain/journal.js';
import { consumerCommand } from '../../src/sandbox/consumer/command.js';
import type { ApiClient } from '../../src/sandbox/kubelet/client.js';
import { type Service, startService } from '../../src/sandbox/kubelet/service.js';
import { at, listAt, textAt, type Tree } from '../../src/sandbox/kubernetes/value.js';
import { type Arena, type Desk, NAMESPACE } from './arena.js';
import { type CliResult, said } from './cli.js';
import type { Passing } from './proxy.js';

/** One secret of a lane. `url`: where its consumer is asked; without a consumer the value lies in Vault alone. */
export interface Subject {
  readonly id: string;
  /** Below `secret/`; the field is `key`. */
  readonly path: string;
  readonly consumer?: { readonly deployment: string; readonly secret: string; readonly url: string };
}

/** Short, so that a killed run is taken over soon. */
export function settingsOf(inventory: string): string {
  return `apiVersion: keyturn/v1
kind: Settings
inventory: ${inventory}
vault: { state: keyturn }
limits: { maxShare: 100%, callDeadline: 2s, leaseFor: 6s }
`;
}

/** A policy that is due when somebody says so; `more` is appended as it is. */
export function policyOf(kind: string, { id, path, consumer }: Subject, more = ''): string {
  const head = `apiVersion: keyturn/v1\nkind: ${kind}\nid: ${id}\nowner: tests\n`;
  const vault = `vault: { path: secret/${path}, field: key }\n`;
  if (consumer === undefined) return head + vault + more;
  const { deployment, secret, url } = consumer;
  return `${head}${vault}publish:
  - kubernetesSecret: { namespace: ${NAMESPACE}, name: ${secret}, key: key }
consumers:
  - deployment: { namespace: ${NAMESPACE}, name: ${deployment}, timeout: 60s }
verify:
  http: { url: "${url}/v1/models", header: "Authorization: Bearer {value}", ok: [200], refused: [400, 401, 403] }
${more}`;
}

export interface Consumers {
  readonly service: Service;
  /** In the order of the values. */
  readonly subjects: readonly Subject[];
}

/** A Deployment whose pod accepts every one of its values, each in a Secret and at a live path of its own. */
export async function startConsumers(arena: Arena, name: string, count = 1): Promise<Consumers> {
  const { client, servers, ask } = arena;
  if (client === undefined || servers.api === undefined) throw new Error('this arena has no Kubernetes');
  const numbers = Array.from({ length: count }, (_none, index) => index + 1);
  const selector = { app: name };
  const service = await startService({ api: servers.api, namespace: NAMESPACE, selector });
  const subjects = numbers.map((number): Subject => {
    const own = `${name}-${number}`;
    return { id: `lane/${own}`, path: own, consumer: { deployment: name, secret: own, url: service.url } };
  });
  for (const { path } of subjects) {
    const key = randomBytes(16).toString('hex');
    const seeded = await ask('POST', `secret/data/${path}`, { data: { key, sibling: 'kept' }, options: { cas: 0 } });
    expect(seeded.status).to.equal(200);
    await create(client, `/api/v1/namespaces/${NAMESPACE}/secrets`, { metadata: { name: path }, stringData: { key } });
  }
  await create(client, `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, deploymentOf(name, subjects));
  return { service, subjects };
}

function deploymentOf(name: string, subjects: readonly Subject[]): object {
  const variables = subjects.map(({ path }, index) => ({
    name: `KEY_${index + 1}`,
    valueFrom: { secretKeyRef: { name: path, key: 'key' } },
  }));
  const labels = { app: name };
  const container = {
    name: 'consumer',
    image: 'stand-in',
    command: consumerCommand(),
    ports: [{ name: 'http', containerPort: 4000 }],
    env: [...variables, { name: 'KEY_ENV', value: variables.map((variable) => variable.name).join(',') }],
    readinessProbe: { httpGet: { path: '/health/readiness', port: 'http' }, periodSeconds: 1 },
  };
  return {
    metadata: { name },
    spec: {
      replicas: 1,
      progressDeadlineSeconds: 60,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 2, containers: [container] },
      },
    },
  };
}

async function create(client: ApiClient, path: string, body: object): Promise<void> {
  const { status } = await client.post(path, body);
  if (status >= 300) throw new Error(`POST ${path}: ${status}`);
}

/** The value at the live path, as a client of the secret has it; never printed. */
export async function liveValue({ ask }: Arena, { path }: Subject): Promise<string> {
  const { data } = (await ask('GET', `secret/data/${path}`)).body.data as { data: { key: string; sibling?: string } };
  return data.key;
}

export async function liveVersion({ ask }: Arena, { path }: Subject): Promise<number> {
  return Number((await ask('GET', `secret/metadata/${path}`)).body.data?.['current_version']);
}

/** What the consumer says to a key. */
export async function statusFor(subject: Subject, key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${subject.consumer?.url ?? ''}/v1/models`, { headers });
  await response.arrayBuffer();
  return response.status;
}

const stateName = (id: string): string => id.replaceAll('/', '.');

/** Reads and judges what one inventory keeps of one secret. */
export class Records {
  readonly #arena: Arena;
  readonly #base: string;

  constructor(arena: Arena, inventory: string) {
    this.#arena = arena;
    this.#base = inventory;
  }

  async journal({ id }: Subject): Promise<Journal | null> {
    const text = await this.#field(`journal/${stateName(id)}`, 'journal');
    return text === undefined ? null : (JSON.parse(text) as Journal);
  }

  async history({ id }: Subject): Promise<readonly { startedAt: string; settledAt: string; outcome: string }[]> {
    const rotations = await this.list(`history/${stateName(id)}`);
    const entries = rotations.map((rotation) => this.#field(`history/${stateName(id)}/${rotation}`, 'entry'));
    return (await Promise.all(entries)).map((entry) => JSON.parse(entry ?? '') as never);
  }

  async list(folder: string): Promise<readonly string[]> {
    const { body } = await this.#arena.ask('GET', `keyturn/metadata/${this.#base}/${folder}?list=true`);
    return (body.data?.['keys'] ?? []) as string[];
  }

  /** Nothing pending, open or locked, and exactly so many rotations on record. */
  async expectSettled(subject: Subject, rotations: number): Promise<void> {
    const journal = await this.journal(subject);
    expect(journal?.open, 'nothing is open').to.equal(null);
    expect(journal?.lease, 'nobody holds it').to.equal(null);
    expect(journal?.held, 'nothing is held back').to.equal(null);
    expect(await this.list('open'), 'no marker is left').to.deep.equal([]);
    const pending = await this.#arena.ask('GET', `keyturn/metadata/${this.#base}/pending/${stateName(subject.id)}`);
    const versions = Object.values((pending.body.data?.['versions'] ?? {}) as Record<string, { destroyed: boolean }>);
    expect(versions, 'material was pending').to.have.length.greaterThan(0);
    expect(
      versions.every((version) => version.destroyed),
      'nothing is pending',
    ).to.equal(true);
    for (const lock of await this.list('lock')) {
      const text = await this.#field(`lock/${lock}`, 'lock');
      expect((JSON.parse(text ?? '{}') as { lease: unknown }).lease, 'no workload is locked').to.equal(null);
    }
    const outcomes = (await this.history(subject)).map((entry) => entry.outcome);
    expect(outcomes, 'one entry of history per rotation').to.deep.equal(
      Array.from({ length: rotations }, () => 'rotated'),
    );
    expect(journal?.current?.kvVersion, 'the journal knows the live version').to.equal(
      await liveVersion(this.#arena, subject),
    );
  }

  async #field(path: string, field: string): Promise<string | undefined> {
    const { body } = await this.#arena.ask('GET', `keyturn/data/${this.#base}/${path}`);
    return (body.data?.['data'] as Record<string, string> | undefined)?.[field];
  }
}

/** The value in Vault, in the Secret and in the consumer is one and new, and the old one is refused. */
export async function expectWhollyNew(arena: Arena, subject: Subject, old: string): Promise<void> {
  const { body } = await arena.ask('GET', `secret/data/${subject.path}`);
  const data = body.data?.['data'] as { key: string; sibling?: string };
  expect(data.key === old, 'the value is still the old one').to.equal(false);
  expect(data.key).to.have.length.greaterThan(20);
  if (subject.consumer === undefined) return;
  expect(data.sibling, 'the sibling is untouched').to.equal('kept');
  expect((await copyOf(arena, subject)) === data.key, 'the Secret holds the value of Vault').to.equal(true);
  expect(await statusFor(subject, data.key), 'the consumer accepts it').to.equal(200);
  expect(await statusFor(subject, old), 'the consumer refuses the old one').to.equal(400);
}

async function copyOf({ client }: Arena, { consumer }: Subject): Promise<string> {
  const answer = await client?.get(`/api/v1/namespaces/${NAMESPACE}/secrets/${consumer?.secret ?? ''}`);
  return Buffer.from(textAt(answer?.body, 'data', 'key') ?? '', 'base64').toString('utf8');
}

/** Everything of a subject's that a late request could change, as versions. */
export async function fingerprints(arena: Arena, records: Records, subject: Subject): Promise<unknown> {
  const { client } = arena;
  const object = async (path: string): Promise<Tree | undefined> => (await client?.get(path))?.body;
  const { deployment = '', secret = '' } = subject.consumer ?? {};
  const workload = await object(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${deployment}`);
  const pods = await object(`/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=app%3D${deployment}`);
  const copy = await object(`/api/v1/namespaces/${NAMESPACE}/secrets/${secret}`);
  return {
    live: await liveVersion(arena, subject),
    journal: (await records.journal(subject))?.writeId,
    history: await records.list(`history/${stateName(subject.id)}`),
    template: at(workload, 'spec', 'template', 'metadata', 'annotations'),
    secret: textAt(copy, 'metadata', 'resourceVersion'),
    pods: listAt(pods, 'items').map((pod) => at(pod, 'metadata', 'annotations')),
  };
}

/** Requests by what they do; the first write of a journal is the claim. */
export const requests = {
  journal: ({ id }: Subject) => post(`/journal/${stateName(id)}`),
  pending: ({ id }: Subject) => post(`/pending/${stateName(id)}`),
  history: ({ id }: Subject) => post(`/history/${stateName(id)}/`),
  promote:
    ({ path }: Subject) =>
    (r: Passing) =>
      r.method === 'PATCH' && r.path === `/v1/secret/data/${path}`,
  create:
    ({ path }: Subject) =>
    (r: Passing) =>
      r.method === 'POST' && r.path === `/v1/secret/data/${path}`,
  publish: ({ consumer }: Subject) => patch(`/secrets/${consumer?.secret ?? ''}`),
  restart: ({ consumer }: Subject) => patch(`/deployments/${consumer?.deployment ?? ''}`),
  pods: () => (r: Passing) => r.method === 'GET' && r.path.endsWith('/pods'),
};

function post(part: string): (request: Passing) => boolean {
  return ({ method, path }) => method === 'POST' && path.startsWith('/v1/keyturn/data/') && path.includes(part);
}

function patch(end: string): (request: Passing) => boolean {
  return ({ method, path }) => method === 'PATCH' && path.endsWith(end);
}

/** Shows what a command said where it ended otherwise than expected. */
export function expectCode(result: CliResult, expected: number): void {
  expect(result.code, said(result)).to.equal(expected);
}

/** The same command line, again: nothing is left to do. */
export async function expectNothingToDo(desk: Desk): Promise<void> {
  expectCode(await desk.run('plan', '--detailed-exitcode'), 0);
}
