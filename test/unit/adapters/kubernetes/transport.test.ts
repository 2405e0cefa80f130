import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import type { KubernetesOptions } from '../../../../src/adapters/kubernetes/connect.js';
import { Material } from '../../../../src/domain/material.js';
import type { Kubernetes } from '../../../../src/domain/ports.js';
import { connect, faultOf, kubeconfig, startAnswers, status } from './answers.js';
import type { Answers, Received, Reply } from './answers.js';

const COPY = { namespace: 'shop', name: 'api', key: 'token' };
const SECRET = {
  status: 200,
  body: {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'api', resourceVersion: '7' },
    data: { token: 'dmFsdWU=' },
  },
};

describe('[U] calls to a Kubernetes API', () => {
  let server: Answers;
  let file: ReturnType<typeof kubeconfig>;
  let reply: (request: Received) => Reply;

  const start = (more: Partial<KubernetesOptions> = {}): Promise<Kubernetes> => connect(file.path, more);

  beforeEach(async () => {
    reply = () => SECRET;
    server = await startAnswers((request) => reply(request));
    file = kubeconfig(server.url);
  });

  afterEach(async () => {
    await server.close();
    file.remove();
  });

  it('share connections and carry the token of the kubeconfig', async () => {
    const kubernetes = await start();
    for (let i = 0; i < 20; i += 1) await kubernetes.readSecret(COPY);
    expect(server.connections()).to.be.at.most(2);
    expect(server.received).to.have.length(20);
    expect(server.received[0]?.headers.authorization).to.equal('Bearer test-token');
  });

  it('are reported by shape and status alone', async () => {
    const seen: string[] = [];
    const kubernetes = await start({ onExchange: (...exchange) => seen.push(exchange.join(' ')) });
    await kubernetes.readSecret(COPY);
    expect(seen).to.deep.equal(['GET /api/v1/namespaces/:namespace/secrets/:name 200']);
  });

  it('repeat a read while the server is unavailable', async () => {
    reply = () => (server.received.length < 3 ? status(503, 'ServiceUnavailable', 'etcd is busy') : SECRET);
    const secret = await (await start()).readSecret(COPY);
    expect(secret?.resourceVersion).to.equal('7');
    expect(server.received).to.have.length(3);
  });

  it('repeat a read whose connection broke', async () => {
    reply = () => (server.received.length < 2 ? 'reset' : SECRET);
    expect(await (await start()).readSecret(COPY)).to.have.property('resourceVersion', '7');
  });

  it('repeat a review of access, which changes nothing although it is a POST', async () => {
    reply = () =>
      server.received.length < 2
        ? status(500, 'InternalError', 'x')
        : { status: 201, body: { status: { allowed: true } } };
    const access = { verb: 'get', group: '', resource: 'secrets', namespace: 'shop' };
    expect(await (await start()).allowed(access)).to.equal(true);
  });

  it('never repeat a write that may have taken effect', async () => {
    const kubernetes = await start();
    for (const broken of [status(503, 'ServiceUnavailable', 'x'), 'reset'] as const) {
      server.received.length = 0;
      reply = () => broken;
      const fault = await faultOf(kubernetes.patchSecret(COPY, new Material('v'), {}, '7'));
      expect(fault).to.include({ effect: 'unknown', retriable: true });
      expect(server.received).to.have.length(1);
    }
  });

  it('end a write that gets no answer at the deadline, its effect unknown', async () => {
    reply = () => 'hang';
    const fault = await faultOf((await start({ deadline: 100 })).createSecret(COPY, undefined, {}));
    expect(fault).to.include({ kind: 'timeout', effect: 'unknown', retriable: true });
  });

  it('say that nothing was changed where no connection was made', async () => {
    await server.close();
    const fault = await faultOf((await start()).createSecret(COPY, undefined, {}));
    expect(fault).to.include({ kind: 'unreachable', effect: 'none', retriable: true });
    expect(fault.server).to.equal(`Kubernetes ${server.url}`);
    expect(fault.call).to.equal('POST /api/v1/namespaces/shop/secrets');
    server = await startAnswers(() => SECRET);
  });

  it('do not follow a redirect, which would carry the token elsewhere', async () => {
    reply = () => ({ status: 302, body: '', headers: { location: `${server.url}/elsewhere` } });
    const fault = await faultOf((await start()).patchSecret(COPY, new Material('v'), {}, '7'));
    expect(fault).to.include({ kind: 'malformed', status: 302, effect: 'unknown' });
    expect(server.received.map((request) => request.path)).to.deep.equal(['/api/v1/namespaces/shop/secrets/api']);
  });

  it('take a page of HTML for no answer of the API, whatever its status', async () => {
    const kubernetes = await start();
    for (const code of [200, 404]) {
      reply = () => ({ status: code, body: '<html>sign in</html>', headers: { 'content-type': 'text/html' } });
      expect(await faultOf(kubernetes.readSecret(COPY))).to.include({
        kind: 'malformed',
        status: code,
        effect: 'none',
      });
      expect(await faultOf(kubernetes.createSecret(COPY, undefined, {}))).to.include({
        kind: 'malformed',
        effect: 'unknown',
      });
    }
  });

  it('take JSON of another shape for a malformed answer, not for an empty object', async () => {
    const kubernetes = await start();
    for (const body of [{}, [], { metadata: 'x' }, { metadata: { resourceVersion: '7', managedFields: 3 } }]) {
      reply = () => ({ status: 200, body });
      expect(await faultOf(kubernetes.readSecret(COPY)), JSON.stringify(body)).to.include({ kind: 'malformed' });
      expect(await faultOf(kubernetes.patchSecret(COPY, null, {}, '7'))).to.include({
        kind: 'malformed',
        effect: 'unknown',
      });
    }
  });

  it('hand on how long a busy server asks to wait', async () => {
    reply = () => ({ status: 429, body: 'slow down', headers: { 'retry-after': '30' } });
    const fault = await faultOf((await start()).readSecret(COPY));
    expect(fault).to.include({ kind: 'rateLimited', retryAfter: 30_000, retriable: true });
    expect(server.received, 'a wait beyond the deadline is not begun').to.have.length(1);
  });

  it('take a token file that ends in a line break', async () => {
    file.remove();
    file = kubeconfig(server.url, '{ auth-provider: { name: tokenFile, config: { tokenFile: "TOKEN" } } }');
    const path = join(dirname(file.path), 'token');
    writeFileSync(path, 'from-file\n');
    const named = kubeconfig(server.url, `{ auth-provider: { name: tokenFile, config: { tokenFile: "${path}" } } }`);
    await (await connect(named.path)).readSecret(COPY);
    named.remove();
    expect(server.received[0]?.headers.authorization).to.equal('Bearer from-file');
  });

  it('say that a login command failed without what it printed', async () => {
    file.remove();
    file = kubeconfig(server.url, '{ exec: { command: sh, args: ["-c", "echo s3cr3t >&2; exit 3"] } }');
    const kubernetes = await start();
    const fault = await faultOf(kubernetes.readSecret(COPY));
    expect(fault).to.include({ kind: 'unauthenticated', effect: 'none' });
    expect(inspect(fault)).to.not.contain('s3cr3t');
    expect(server.received).to.have.length(0);
  });

  it('count a login command that hangs against the deadline, nothing changed', async () => {
    file.remove();
    file = kubeconfig(server.url, '{ exec: { command: sleep, args: ["1"] } }');
    const fault = await faultOf((await start({ deadline: 100 })).createSecret(COPY, undefined, {}));
    expect(fault).to.include({ kind: 'timeout', effect: 'none' });
  });
});
