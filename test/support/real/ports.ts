import { once } from 'node:events';
import { type AddressInfo, type Server, createServer } from 'node:net';

const HIGHEST = 65_535;

/** As many free loopback ports as asked for, all different. They are free now; nothing keeps them so. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: Server[] = [];
  try {
    while (held.length < count) held.push(await hold(0));
    return held.map(portOf);
  } finally {
    await Promise.all(held.map(release));
  }
}

/** A free loopback port whose successor is free too. */
export async function freePortPair(): Promise<number> {
  for (;;) {
    const first = await hold(0);
    const port = portOf(first);
    const second = port < HIGHEST ? await hold(port + 1).catch(() => undefined) : undefined;
    await Promise.all([first, second].map(release));
    if (second !== undefined) return port;
  }
}

async function hold(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function release(server: Server | undefined): Promise<void> {
  if (server === undefined) return;
  server.close();
  await once(server, 'close');
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
