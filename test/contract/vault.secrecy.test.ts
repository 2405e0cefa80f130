import { execFile } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { describeTools } from '../support/real/require.js';
import { bodyOf, closedPort, http, https, json, selfSigned, tcp } from './loopback.js';
import type { Loopback } from './loopback.js';
import { DIVIDER, SECRET_ID, TOKEN, VALUE } from './secrecy-values.js';

const CHILD = fileURLToPath(new URL('./secrecy-child.js', import.meta.url));
/** Whatever could lead a library astray. */
const ENV = {
  DEBUG: '*',
  NODE_DEBUG: 'http,net,tls,undici',
  VAULT_ADDR: 'http://127.0.0.1:1',
  VAULT_TOKEN: 'foreign-token-that-nobody-asked-for',
  VAULT_NAMESPACE: 'foreign',
  VAULT_PREFIX: '/foreign',
  VAULT_SKIP_VERIFY: 'false',
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
};

describe('[C] what the Vault adapter lets out', function () {
  this.timeout(20_000);
  const opened: Loopback[] = [];
  const keep = (server: Loopback): Loopback => {
    opened.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of opened.splice(0)) await server.close();
  });

  /** Everything that one process printed on both streams, by address; none of it, nor what it printed besides, may hold a secret. */
  const outputsOf = async (
    scenario: string,
    ...servers: readonly (Loopback | string)[]
  ): Promise<readonly string[]> => {
    const addresses = servers.map((server) =>
      typeof server === 'string' ? server : `http://127.0.0.1:${server.port}`,
    );
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, [CHILD, scenario, ...addresses], { env: ENV }, (_error, stdout, stderr) => {
        expectNothingSecret(stderr);
        resolve(stdout);
      });
    });
    const parts = output.split(DIVIDER).slice(1);
    expect(parts).to.have.length(addresses.length);
    for (const part of parts) {
      expect(part).to.have.length.above(100);
      expectNothingSecret(part);
    }
    return parts;
  };
  const expectNothingSecret = (output: string): void => {
    for (const secret of [TOKEN, VALUE, SECRET_ID, ENV.VAULT_TOKEN]) {
      const bytes = Buffer.from(secret, 'utf8');
      const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
      forms.push(bytes.toString('base64').slice(0, -4), bytes.toString('hex'), secret.slice(8, 22));
      for (const form of forms) expect(output).to.not.include(form);
    }
  };

  /** Knows the token and the mount, and hands every request for data to the test. */
  const vaultThat = async (
    answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
  ): Promise<Loopback> =>
    keep(
      await http((request, response) => {
        void bodyOf(request).then((body) => {
          const { url = '' } = request;
          if (url.includes('lookup-self'))
            json(response, 200, { data: { ttl: 60, renewable: true, display_name: 'x' } });
          else if (url.includes('ui/mounts'))
            json(response, 200, { data: { path: 'secret/', type: 'kv', options: { version: '2' } } });
          else answer(request, response, body);
        });
      }),
    );
  const echo = (request: IncomingMessage, body: string): string =>
    `<html>${JSON.stringify(request.headers)} ${request.url} ${body} ${Buffer.from(body).toString('base64')}</html>`;

  it('shows nothing secret when the server cannot be reached', async () => {
    const address = `http://127.0.0.1:${await closedPort()}`;
    for (const scenario of ['token', 'appRole']) {
      expect((await outputsOf(scenario, address))[0]).to.include('nothing listens there');
    }
  });

  it('shows nothing secret when the connection breaks or the deadline passes', async () => {
    const breaking = await vaultThat((_request, response) => void response.destroy());
    const silent = await vaultThat(() => undefined);
    for (const output of await outputsOf('token', breaking, silent)) {
      expect(output).to.include('whether it took effect is unknown');
    }
  });

  it('shows nothing secret of pages that repeat the request, and takes none for an answer', async () => {
    const servers: Loopback[] = [];
    for (const status of [200, 403, 404, 400]) {
      const send = (request: IncomingMessage, response: ServerResponse, body: string): unknown =>
        response.writeHead(status, { 'content-type': 'text/html' }).end(echo(request, body));
      servers.push(await vaultThat(send));
    }
    for (const output of await outputsOf('token', ...servers)) expect(output).to.include("kind: 'malformed'");
    const failing = await vaultThat((request, response, body) => response.writeHead(500).end(echo(request, body)));
    expect((await outputsOf('token', failing))[0]).to.include("kind: 'unavailable'");
  });

  it('shows nothing secret of JSON errors that repeat the request', async () => {
    const servers: Loopback[] = [];
    for (const status of [400, 403, 405, 500, 503]) {
      servers.push(
        await vaultThat((request, response, body) => {
          json(response, status, { errors: [`bad input ${body}`, JSON.stringify(request.headers)] });
        }),
      );
    }
    for (const output of await outputsOf('token', ...servers)) expect(output).to.match(/repeats parts of the request/);
    const login = keep(
      await http((request, response) => {
        void bodyOf(request).then((body) => json(response, 400, { errors: [`no such ${body}`] }));
      }),
    );
    expect((await outputsOf('appRole', login))[0]).to.match(/repeats parts of the request/);
  });

  it('shows nothing secret of answers of another shape', async () => {
    const servers: Loopback[] = [];
    for (const text of ['', '[]', 'null', '{"data":{}}', `{"data":{"version":${JSON.stringify(VALUE)}}}`]) {
      const send = (response: ServerResponse): unknown =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(text);
      servers.push(await vaultThat((_request, response) => void send(response)));
    }
    for (const output of await outputsOf('token', ...servers)) expect(output).to.include("kind: 'malformed'");
  });

  it('carries the token to no other server, and takes none from the environment', async () => {
    let strange = 0;
    const other = keep(await http((_request, response) => response.end(String((strange += 1)))));
    const seen: IncomingMessage['headers'][] = [];
    const server = keep(
      await http((request, response) => {
        seen.push(request.headers);
        response.writeHead(307, { location: `http://127.0.0.1:${other.port}/v1/` }).end();
      }),
    );
    await outputsOf('token', server);
    await outputsOf('appRole', server);
    expect(strange).to.equal(0);
    expect(seen.map((headers) => headers['x-vault-token'])).to.deep.equal([TOKEN, undefined]);
    for (const headers of seen) {
      expect(headers).to.include({ 'x-vault-request': 'true', 'x-keyturn-run': 'secrecy-run' });
      expect(headers).to.not.have.property('x-vault-namespace');
    }
  });

  describeTools(['openssl'], 'over TLS', () => {
    it('speaks to no server whose certificate it does not know, whatever the environment says', async () => {
      let asked = 0;
      const server = keep(await https(await selfSigned(), (_request, response) => response.end(String((asked += 1)))));
      expect((await outputsOf('token', `https://127.0.0.1:${server.port}`))[0]).to.include('KT2007');
      expect(asked).to.equal(0);
    });
  });

  it('shows nothing secret of a server that does not speak HTTP', async () => {
    const server = keep(await tcp((socket) => socket.on('data', (chunk: Buffer) => socket.end(chunk))));
    expect((await outputsOf('token', server))[0]).to.include('KT2006');
  });
});
