import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import { expect } from 'chai';
import { consumerCommand } from '../../../../src/sandbox/consumer/command.js';
import { createConsumer } from '../../../../src/sandbox/consumer/server.js';
import { eventually } from '../../../support/real/eventually.js';

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const url = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return Number(new URL(url).port);
}

describe('[U] the consumer: its answers', () => {
  let server: Server;
  let url: string;
  before(async () => {
    server = createConsumer(['sk-right', 'sk-also']);
    url = await listen(server);
  });
  after((done) => {
    server.close(done);
  });

  const ask = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}${path}`, { headers: { connection: 'close', ...headers } });
  const models = async (headers: Record<string, string> = {}): Promise<number> =>
    (await ask('/v1/models', headers)).status;

  it('needs no key for its health', async () => {
    expect((await ask('/health/liveliness')).status).to.equal(200);
    expect((await ask('/health/readiness')).status).to.equal(200);
  });

  it('lists models for any of its keys, in either header', async () => {
    expect(await models({ authorization: 'Bearer sk-right' })).to.equal(200);
    expect(await models({ authorization: 'Bearer sk-also' })).to.equal(200);
    expect(await models({ 'x-api-key': 'sk-right' })).to.equal(200);
  });

  it('answers 401 without a key, and 400 no_db_connection to a wrong one, as LiteLLM without a database', async () => {
    expect(await models()).to.equal(401);
    for (const wrong of ['sk-righ', 'sk-right2', 'sk-wrong', ' ']) {
      expect(await models({ 'x-api-key': wrong }), wrong).to.equal(wrong.trim() === '' ? 401 : 400);
    }
    const answer = await ask('/v1/models', { authorization: 'Bearer sk-wrong' });
    expect(await answer.json()).to.have.nested.property('error.type', 'no_db_connection');
  });
});

describe('[U] the consumer: its process', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function start(env: Record<string, string>): { readonly child: ChildProcess; readonly output: () => string } {
    const [command = '', ...args] = consumerCommand();
    const child = spawn(command, args, { env, stdio: 'pipe' });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()));
    children.push(child);
    return { child, output: () => text };
  }

  async function serving(more: Record<string, string> = {}): Promise<ReturnType<typeof start>> {
    const port = await freePort();
    const started = start({ PORT: String(port), LITELLM_MASTER_KEY: 'sk-right', ...more });
    const ask = (): Promise<number> =>
      fetch(`http://127.0.0.1:${port}/health/readiness`).then(
        (response) => response.status,
        () => 0,
      );
    await eventually(ask, (status) => status === 200, { what: 'it serves' });
    return started;
  }

  it('ends well on SIGTERM and when its input closes, and prints nothing', async () => {
    for (const end of [(child: ChildProcess) => child.kill('SIGTERM'), (child: ChildProcess) => child.stdin?.end()]) {
      const { child, output } = await serving();
      end(child);
      expect(await once(child, 'exit')).to.deep.equal([0, null]);
      expect(output()).to.equal('');
    }
  });

  it('takes keys of the variables that KEY_ENV names', async () => {
    await serving({ KEY_ENV: 'FIRST, SECOND', FIRST: 'sk-1', SECOND: 'sk-2' });
  });

  it('fails where a key or the port is missing, naming the variable', async () => {
    for (const [env, name] of [
      [{ PORT: '1' }, 'LITELLM_MASTER_KEY'],
      [{ LITELLM_MASTER_KEY: 'sk-right' }, 'PORT'],
    ] as const) {
      const { child, output } = start(env);
      expect(await once(child, 'close')).to.deep.equal([1, null]);
      expect(output()).to.equal(`${name} is not set\n`);
    }
  });
});
