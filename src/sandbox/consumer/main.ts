import { createConsumer } from './server.js';

/*
 * A stand-in for a gateway that reads its key once, at start. KEY_ENV names the variables that hold the keys (a comma
 * between two, default LITELLM_MASTER_KEY), PORT the port of 127.0.0.1. It ends, requests answered, on SIGTERM, SIGINT
 * or when its standard input closes.
 */

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

const names = (process.env['KEY_ENV'] ?? 'LITELLM_MASTER_KEY').split(',').map((name) => name.trim());
const keys = names.map((name) => process.env[name] ?? fail(`${name} is not set`));
if (keys.includes('')) fail('a key is empty');
const port = Number(process.env['PORT'] ?? fail('PORT is not set'));

const server = createConsumer(keys);
server.on('error', (error) => fail(`cannot listen on 127.0.0.1:${port}: ${error.message}`));
server.listen(port, '127.0.0.1');

function end(): void {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}

process.once('SIGTERM', end);
process.once('SIGINT', end);
process.stdin.once('end', end);
process.stdin.once('error', end);
process.stdin.resume();
