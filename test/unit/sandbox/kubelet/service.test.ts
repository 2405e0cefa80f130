import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { ApiClient } from '../../../../src/sandbox/kubelet/client.js';
import { type Service, startService } from '../../../../src/sandbox/kubelet/service.js';
import { type ApiServer, embeddedServer } from './world.js';

const PODS = '/api/v1/namespaces/default/pods';

describe('[U] the Service stand-in', () => {
  let server: ApiServer;
  let api: ApiClient;
  let service: Service;
  const backends: Server[] = [];

  beforeEach(async () => {
    server = await embeddedServer();
    api = new ApiClient(server.endpoint, 'tester');
    service = await startService({ api: server.endpoint, namespace: 'default', selector: { app: 'web' }, refresh: 0 });
  });
  afterEach(async () => {
    await service.close();
    api.close();
    await server.close();
    for (const backend of backends.splice(0)) await new Promise((resolve) => backend.close(resolve));
  });

  async function pod(name: string, ready = true): Promise<Server> {
    const backend = createServer((request, response) => {
      response.setHeader('x-auth', request.headers.authorization ?? '');
      request.pipe(response.writeHead(request.url === '/missing' ? 404 : 200, { 'x-pod': name }));
    });
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
    backends.push(backend);
    const port = String((backend.address() as AddressInfo).port);
    const metadata = { name, labels: { app: 'web' }, annotations: { 'sandbox.keyturn.dev/port': port } };
    await api.post(PODS, { metadata, spec: { nodeName: 'hand', containers: [{ name: 'c', image: 'c' }] } });
    const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
    await api.patch(`${PODS}/${name}/status`, 'strategic', { status: { conditions } });
    return backend;
  }

  const ask = async (init: { method?: string; body?: string; authorization?: string } = {}, path = '/') => {
    const { authorization = '', ...rest } = init;
    return fetch(`${service.url}${path}`, { ...rest, headers: { connection: 'close', authorization } });
  };
  const askedPods = async (count: number): Promise<readonly (string | null)[]> => {
    const seen: (string | null)[] = [];
    for (let i = 0; i < count; i += 1) seen.push((await ask()).headers.get('x-pod'));
    return seen;
  };

  it('goes round the ready pods', async () => {
    await pod('a');
    await pod('b');
    await pod('late', false);
    const seen = await askedPods(4);
    expect([...seen].sort((a, b) => (String(a) < String(b) ? -1 : 1))).to.deep.equal(['a', 'a', 'b', 'b']);
  });

  it('passes method, path, headers and body on, and the answer back', async () => {
    await pod('a');
    const answer = await ask({ method: 'POST', body: 'hello', authorization: 'Bearer k' }, '/missing');
    expect(answer.status).to.equal(404);
    expect(answer.headers.get('x-auth')).to.equal('Bearer k');
    expect(await answer.text()).to.equal('hello');
  });

  it('leaves out a pod that is being deleted, and answers 503 where none is left', async () => {
    await pod('a');
    await pod('b');
    await api.delete(`${PODS}/a`, {});
    expect(await askedPods(3)).to.deep.equal(['b', 'b', 'b']);
    await api.delete(`${PODS}/b`, {});
    expect((await ask()).status).to.equal(503);
  });

  it('asks the next pod where nothing listens any more', async () => {
    const dead = await pod('a');
    await pod('b');
    await new Promise((resolve) => dead.close(resolve));
    expect(await askedPods(3)).to.deep.equal(['b', 'b', 'b']);
  });
});
