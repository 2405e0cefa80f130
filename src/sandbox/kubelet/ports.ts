import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range that systems take for outgoing connections and for listeners on port 0. */
const FIRST = 20_000;
const LAST = 31_999;
const ATTEMPTS = 200;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

/** Loopback ports for pods; none is handed out twice by one kubelet, so an old address never means a new pod. */
export class Ports {
  readonly #used = new Set<number>();

  async take(): Promise<number> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const port = randomInt(FIRST, LAST + 1);
      if (this.#used.has(port)) continue;
      this.#used.add(port);
      if (await isFree(port)) return port;
    }
    throw new Error(`no free port between ${FIRST} and ${LAST}`);
  }
}
