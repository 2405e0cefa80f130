import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import { describeTools } from '../support/real/require.js';
import { createHttp } from '../../src/adapters/http/client.js';
import { isCertificateProblem } from '../../src/adapters/http/failures.js';
import type { HttpClient, HttpOptions, HttpRequest, Tls } from '../../src/adapters/http/types.js';
import { systemClock } from '../../src/adapters/system/clock.js';
import { Material } from '../../src/domain/material.js';
import { faultOf } from './faults.js';
import { http, https, selfSigned, tcp } from './loopback.js';
import type { Loopback } from './loopback.js';

describeTools(['openssl'], '[C] the HTTP client behind TLS and proxies', () => {
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(thing: T): T => {
    opened.push(thing);
    return thing;
  };
  let own: { readonly cert: string; readonly key: string };
  let other: { readonly cert: string; readonly key: string };
  before(async () => {
    own = await selfSigned();
    other = await selfSigned();
  });
  afterEach(async () => {
    for (const thing of opened.splice(0).reverse()) await thing.close();
  });

  const retry = { attempts: 3, first: 1, longest: 1, random: () => 0 };
  const clientOf = (options: Partial<HttpOptions>): HttpClient =>
    keep(createHttp({ deadline: 3_000, clock: systemClock(), retry, ...options }));
  const write = (url: string): HttpRequest => ({ method: 'POST', url, headers: {}, body: '{}', changes: true });
  const withTls = (tls: Partial<Tls>): HttpClient => clientOf({ tls: { verify: true, ...tls } });
  const secure = async (): Promise<string> => {
    const server = keep(await https(own, (_request, response) => response.end('secret place')));
    return `https://127.0.0.1:${server.port}/`;
  };

  describe('certificates', () => {
    it('trusts the authority given', async () => {
      expect((await withTls({ ca: [own.cert] }).send(write(await secure()))).text).to.equal('secret place');
    });

    it('refuses any other before anything is sent, and does not ask again', async () => {
      const server = keep(await https(own, (_request, response) => response.end()));
      const url = `https://127.0.0.1:${server.port}/`;
      for (const tls of [{}, { ca: [other.cert] }]) {
        const fault = await faultOf(withTls(tls).send(write(url)));
        expect(fault).to.include({ kind: 'unreachable', effect: 'none', retriable: false });
        expect(isCertificateProblem(fault.said)).to.equal(true);
      }
      expect(server.connections()).to.equal(2);
    });

    it('demands the name that is given instead of the host', async () => {
      const fault = await faultOf(withTls({ ca: [own.cert], servername: 'vault.test' }).send(write(await secure())));
      expect(fault.said).to.equal('its certificate is for another name (ERR_TLS_CERT_ALTNAME_INVALID)');
    });

    it('takes any certificate only where verification is off', async () => {
      expect((await withTls({ verify: false }).send(write(await secure()))).status).to.equal(200);
    });

    it('shows its own where the server demands one', async () => {
      const demanding = { ...own, requestCert: true, rejectUnauthorized: true, ca: other.cert };
      const server = keep(await https(demanding, (_request, response) => response.end('known')));
      const url = `https://127.0.0.1:${server.port}/`;
      const shown = withTls({ ca: [own.cert], cert: other.cert, key: new Material(other.key) });
      expect((await shown.send(write(url))).text).to.equal('known');
      expect((await faultOf(withTls({ ca: [own.cert] }).send(write(url)))).kind).to.equal('unreachable');
    });

    it('says of a server without TLS that TLS could not be agreed on', async () => {
      const server = keep(await http((_request, response) => response.end()));
      const fault = await faultOf(withTls({}).send(write(`https://127.0.0.1:${server.port}/`)));
      expect(fault).to.include({ kind: 'unreachable', effect: 'none', retriable: false });
      expect(fault.said).to.match(/^TLS could not be agreed on/);
    });

    it('says of a key that is none that it cannot be used', async () => {
      const client = withTls({ cert: other.cert, key: new Material('-----BEGIN nonsense') });
      const fault = await faultOf(client.send(write(await secure())));
      expect(fault).to.include({ kind: 'unreachable', effect: 'none', retriable: false });
      expect(fault.said).to.not.include('nonsense');
    });
  });

  describe('proxies', () => {
    /** A proxy that opens tunnels to a server on the loopback interface, whatever name is asked for. */
    const proxyTo = async (target: Loopback, asked: string[]): Promise<string> => {
      const proxy = keep(
        await tcp((socket: Socket) => {
          socket.once('data', (chunk: Buffer) => {
            asked.push(chunk.toString('latin1').split('\r\n', 1)[0] ?? '');
            const upstream = connect(target.port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
            upstream.on('error', () => socket.destroy());
            socket.on('close', () => upstream.destroy());
            socket.pipe(upstream).pipe(socket);
          });
        }),
      );
      return `http://127.0.0.1:${proxy.port}`;
    };

    it('asks https servers through a tunnel, certificates checked inside it', async () => {
      const asked: string[] = [];
      const server = keep(await https(own, (request, response) => response.end(request.headers.host)));
      const proxy = { https: await proxyTo(server, asked), bypass: '' };
      const trusted = clientOf({ proxy, tls: { verify: true, ca: [own.cert] } });
      const name = await faultOf(trusted.send(write('https://vault.test:8200/')));
      expect(name.said).to.match(/another name/);
      const skipping = clientOf({ proxy, tls: { verify: false } });
      expect((await skipping.send(write('https://vault.test:8200/'))).text).to.equal('vault.test:8200');
      expect(asked).to.include('CONNECT vault.test:8200 HTTP/1.1');
    });

    it('goes past the proxy for the hosts of NO_PROXY', async () => {
      const asked: string[] = [];
      const server = keep(await http((_request, response) => response.end('direct')));
      const proxy = { http: await proxyTo(server, asked), bypass: 'localhost.test' };
      const url = `http://127.0.0.1:${server.port}/`;
      expect((await clientOf({ proxy }).send(write(url))).text).to.equal('direct');
      expect(asked).to.deep.equal([]);
    });

    it('says that the proxy would not connect: nothing was sent', async () => {
      const refusing = keep(
        await tcp((socket) =>
          socket.once('data', () => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')),
        ),
      );
      const proxy = { https: `http://user:pass-4711@127.0.0.1:${refusing.port}`, bypass: '' };
      const fault = await faultOf(clientOf({ proxy }).send(write('https://vault.test:8200/')));
      expect(fault).to.include({ kind: 'unreachable', effect: 'none' });
      expect(fault.said).to.equal('the proxy would not connect to it (UND_ERR_ABORTED)');
      expect(JSON.stringify(fault)).to.not.include('4711');
    });

    it('gives up on a proxy that hangs up, after as many attempts as for any refused connection', async () => {
      const rude = keep(await tcp((socket) => socket.destroy()));
      const proxy = { https: `http://127.0.0.1:${rude.port}`, bypass: '' };
      const fault = await faultOf(clientOf({ proxy }).send(write('https://vault.test:8200/')));
      expect(fault).to.include({ kind: 'unreachable', effect: 'none' });
      expect(rude.connections()).to.be.at.most(6);
    });
  });
});
