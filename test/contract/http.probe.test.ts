import { inspect } from 'node:util';
import { expect } from 'chai';
import { createProbe } from '../../src/adapters/http/probe.js';
import type { ClosableProbe } from '../../src/adapters/http/probe.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import { Material } from '../../src/domain/material.js';
import { faultOf } from './faults.js';
import { closedPort, http, tcp } from './loopback.js';

describe('[C] the HTTP probe', () => {
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(thing: T): T => {
    opened.push(thing);
    return thing;
  };
  afterEach(async () => {
    for (const thing of opened.splice(0).reverse()) await thing.close();
  });
  const probe = (deadline = 2_000): ClosableProbe => keep(createProbe({ deadline, clock: systemClock() }));
  const value = new Material('Bearer sk-litellm-0123456789abcdef');
  const request = (url: string, method = 'GET') => ({ method, url, headerName: 'Authorization', headerValue: value });

  it('sends the header and gives the status back, whatever it is', async () => {
    const seen: (string | undefined)[] = [];
    let status = 200;
    const server = keep(
      await http((incoming, response) => {
        seen.push(incoming.headers.authorization);
        response.writeHead(status).end('a body that nobody reads');
      }),
    );
    const it = probe();
    for (status of [200, 302, 401, 429, 503]) {
      expect(await it.send(request(`http://127.0.0.1:${server.port}/v1/models`))).to.deep.equal({ status });
    }
    expect(seen).to.deep.equal([1, 2, 3, 4, 5].map(() => value.expose()));
    expect(server.connections()).to.be.at.most(2);
  });

  it('does not wait for a body without end', async () => {
    const server = keep(await http((_incoming, response) => response.write('x')));
    expect(await probe().send(request(`http://127.0.0.1:${server.port}/`))).to.deep.equal({ status: 200 });
  });

  it('says that nobody listens with origin and path only', async () => {
    const port = await closedPort();
    const fault = await faultOf(probe().send(request(`http://127.0.0.1:${port}/v1/models?key=in-the-query`)));
    expect(fault).to.include({
      kind: 'unreachable',
      effect: 'none',
      server: `http://127.0.0.1:${port}`,
      call: 'GET /v1/models',
    });
    expect(inspect(fault)).to.not.match(/in-the-query|litellm/);
  });

  it('gives up at the deadline, a POST of unknown effect', async () => {
    const silent = keep(await tcp(() => undefined));
    const url = `http://127.0.0.1:${silent.port}/`;
    expect(await faultOf(probe(300).send(request(url)))).to.include({ kind: 'timeout', effect: 'none' });
    expect(await faultOf(probe(300).send(request(url, 'POST')))).to.include({ kind: 'timeout', effect: 'unknown' });
  });

  it('refuses a URL of another scheme or with a user in it, without showing it', async () => {
    for (const url of ['file:///etc/passwd', 'http://user:hidden@127.0.0.1/', 'no url']) {
      const fault = await faultOf(probe().send(request(url)));
      expect(fault).to.include({ kind: 'invalid', effect: 'none' });
      expect(inspect(fault)).to.not.include('hidden');
    }
  });

  it('refuses a value that no header can hold, without showing it', async () => {
    const server = keep(await http((_incoming, response) => response.end()));
    const headerValue = new Material('Bearer two\nlines');
    const sent = probe().send({ ...request(`http://127.0.0.1:${server.port}/`), headerValue });
    const fault = await faultOf(sent);
    expect(fault).to.include({ kind: 'invalid', effect: 'none' });
    expect(inspect(fault)).to.not.include('lines');
    expect(server.connections()).to.equal(0);
  });
});
