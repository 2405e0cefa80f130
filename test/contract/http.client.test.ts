import { expect } from 'chai';
import { createHttp } from '../../src/adapters/http/client.js';
import type { HttpClient, HttpOptions, HttpRequest } from '../../src/adapters/http/types.js';
import { faultOf } from './faults.js';
import { bodyOf, closedPort, http, tcp } from './loopback.js';
import type { Loopback } from './loopback.js';

describe('[C] the HTTP client', () => {
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(thing: T): T => {
    opened.push(thing);
    return thing;
  };
  afterEach(async () => {
    for (const thing of opened.splice(0).reverse()) await thing.close();
  });

  interface Setup {
    readonly client: HttpClient;
    readonly pauses: number[];
    readonly exchanges: string[];
  }
  const setUp = (changed: Partial<HttpOptions> = {}): Setup => {
    const pauses: number[] = [];
    const exchanges: string[] = [];
    const clock = {
      now: () => Date.UTC(2026, 10, 24),
      monotonic: () => performance.now(),
      sleep: (length: number) => {
        pauses.push(length);
        return Promise.resolve();
      },
    };
    const retry = { attempts: 3, first: 200, longest: 2_000, random: () => 1 };
    const onExchange = (method: string, shape: string, status: number): number =>
      exchanges.push(`${method} ${shape} ${status}`);
    const client = keep(createHttp({ server: 'Test', deadline: 4_000, clock, retry, onExchange, ...changed }));
    return { client, pauses, exchanges };
  };
  const get = (server: Pick<Loopback, 'port'>, path = '/x'): HttpRequest => ({
    method: 'GET',
    url: `http://127.0.0.1:${server.port}${path}`,
    headers: {},
    changes: false,
  });
  const post = (server: Pick<Loopback, 'port'>): HttpRequest => ({
    ...get(server),
    method: 'POST',
    body: '{}',
    changes: true,
  });

  it('sends method, path, query, headers and body, and gives status, headers and text back', async () => {
    const server = keep(
      await http((request, response) => {
        void bodyOf(request).then((body) => {
          response.writeHead(201, { 'X-Answer': 'yes' });
          response.end(`${request.method} ${request.url} ${String(request.headers['x-own'])} ${body} ü`);
        });
      }),
    );
    const { client, exchanges } = setUp();
    const request = { ...post(server), url: `${get(server).url}?a=b%20c`, headers: { 'x-own': 'mine' }, shape: ':any' };
    const answer = await client.send(request);
    expect(answer).to.deep.include({ status: 201, text: 'POST /x?a=b%20c mine {} ü' });
    expect(answer.headers['x-answer']).to.equal('yes');
    expect(exchanges).to.deep.equal(['POST :any 201']);
  });

  it('keeps its connections', async () => {
    const server = keep(await http((_request, response) => response.end('ok')));
    const { client } = setUp();
    for (let i = 0; i < 20; i += 1) await client.send(get(server));
    // undici leaves a connection alone for one turn of the event loop after an answer, so a second one may come in between.
    expect(server.connections()).to.be.at.most(2);
  });

  it('follows no redirect', async () => {
    const other = keep(await http((_request, response) => response.end('other')));
    const location = `http://127.0.0.1:${other.port}/`;
    const server = keep(await http((_request, response) => response.writeHead(307, { location }).end()));
    const { client } = setUp();
    expect((await client.send(post(server))).status).to.equal(307);
    expect(other.connections()).to.equal(0);
  });

  it('repeats what was never sent, writes too, with doubling pauses, and then says that nothing was changed', async () => {
    const { client, pauses } = setUp();
    const fault = await faultOf(client.send(post({ port: await closedPort() })));
    expect(fault).to.include({ kind: 'unreachable', effect: 'none', retriable: true, server: 'Test', call: 'POST /x' });
    expect(fault.said).to.equal('nothing listens there (ECONNREFUSED)');
    expect(pauses).to.deep.equal([200, 400]);
  });

  it('does not repeat a write whose connection broke after it was sent: its effect is unknown', async () => {
    const server = keep(await tcp((socket) => socket.once('data', () => socket.resetAndDestroy())));
    const { client, pauses } = setUp();
    expect(await faultOf(client.send(post(server)))).to.include({ kind: 'unreachable', effect: 'unknown' });
    expect(server.connections()).to.equal(1);
    expect(await faultOf(client.send(get(server)))).to.include({ kind: 'unreachable', effect: 'none' });
    expect(pauses).to.have.length(2);
  });

  it('treats an answer that is cut off in its middle as a broken connection', async () => {
    const half = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf';
    const server = keep(await tcp((socket) => socket.once('data', () => socket.end(half))));
    const fault = await faultOf(setUp().client.send(post(server)));
    expect(fault).to.include({ kind: 'unreachable', effect: 'unknown' });
  });

  it('gives up at the deadline: unknown for a write that was sent', async () => {
    const silent = keep(await tcp(() => undefined));
    const halfway = keep(await http((_request, response) => response.write('some')));
    for (const server of [silent, halfway]) {
      const { client } = setUp({ deadline: 300 });
      expect(await faultOf(client.send(post(server)))).to.include({
        kind: 'timeout',
        effect: 'unknown',
        retriable: true,
      });
      expect(await faultOf(client.send(get(server)))).to.include({ kind: 'timeout', effect: 'none' });
    }
  });

  it('gives up at the deadline: nothing was changed where the connection never stood', async () => {
    const silent = keep(await tcp(() => undefined));
    const { client } = setUp({ deadline: 300 });
    const request = { ...post(silent), url: `https://127.0.0.1:${silent.port}/x` };
    expect(await faultOf(client.send(request))).to.include({ kind: 'unreachable', effect: 'none' });
  });

  it('waits as long as the server asks, for a write as well, because 429 means not done', async () => {
    let asked = 0;
    const server = keep(
      await http((_request, response) => {
        asked += 1;
        if (asked === 1) response.writeHead(429, { 'retry-after': '2' }).end();
        else response.end('done');
      }),
    );
    const { client, pauses, exchanges } = setUp();
    expect((await client.send(post(server))).text).to.equal('done');
    expect(pauses).to.deep.equal([2_100]);
    expect(exchanges).to.deep.equal(['POST /x 429', 'POST /x 200']);
  });

  it('hands the answer on where the pause that is asked for reaches beyond the deadline', async () => {
    const server = keep(await http((_request, response) => response.writeHead(429, { 'retry-after': '60' }).end()));
    const { client, pauses } = setUp();
    expect((await client.send(get(server))).status).to.equal(429);
    expect(pauses).to.deep.equal([]);
  });

  it('repeats 5xx for reads alone, and hands the last answer on', async () => {
    let asked = 0;
    const server = keep(await http((_request, response) => response.writeHead(503).end(String((asked += 1)))));
    const { client } = setUp();
    expect((await client.send(get(server))).text).to.equal('3');
    expect((await client.send(post(server))).text).to.equal('4');
  });

  it('refuses an answer that is longer than it should be', async () => {
    const server = keep(await http((_request, response) => response.end('x'.repeat(5_000))));
    const { client } = setUp({ maxBody: 1_000 });
    expect(await faultOf(client.send(get(server)))).to.include({ kind: 'malformed', effect: 'none' });
    expect(await faultOf(client.send(post(server)))).to.include({ kind: 'malformed', effect: 'unknown' });
  });

  it('sends nothing where a header cannot be one', async () => {
    const server = keep(await http((_request, response) => response.end()));
    const { client } = setUp();
    const fault = await faultOf(client.send({ ...post(server), headers: { 'x-own': 'a\r\nb: c' } }));
    expect(fault).to.include({ kind: 'invalid', effect: 'none', retriable: false });
    expect(server.connections()).to.equal(0);
  });

  it('ends open calls when it is closed, and takes no more', async () => {
    const silent = keep(await tcp(() => undefined));
    const { client, pauses } = setUp();
    const pending = faultOf(client.send(get(silent)));
    setTimeout(() => void client.close(), 20);
    expect((await pending).kind).to.equal('interrupted');
    expect((await faultOf(client.send(get(silent)))).kind).to.equal('interrupted');
    expect(pauses).to.deep.equal([]);
  });
});
