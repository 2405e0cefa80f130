import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The service that a policy's check calls: it knows which keys it takes. */
export interface Checker {
  readonly url: string;
  /** Status for a key; 200 until it is set. 503 keeps a run waiting in its check. */
  answer: (key: string) => number | Promise<number>;
  /** Every key that was presented; they are secrets, so nothing of keyturn's may show them. */
  readonly keys: ReadonlySet<string>;
  /** Resolves at the next request. */
  asked(): Promise<void>;
  close(): Promise<void>;
}

export async function startChecker(): Promise<Checker> {
  const keys = new Set<string>();
  const server = createServer((request, response) => {
    const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    keys.add(key);
    server.emit('asked');
    void Promise.resolve(checker.answer(key)).then((status) => response.writeHead(status).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const checker: Checker = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/check`,
    answer: () => 200,
    keys,
    asked: async () => {
      await once(server, 'asked');
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return checker;
}
