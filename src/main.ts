#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { systemClock } from './adapters/system/clock.js';
import { systemCrypto, systemRandom } from './adapters/system/crypto.js';
import { environment, whoAmI } from './adapters/system/environment.js';
import type { Output, Runtime } from './app/runtime.js';
import { parseArguments } from './commands/arguments.js';
import { dispatch } from './commands/dispatch.js';
import { printFailure } from './commands/print.js';
import { failure } from './app/failure.js';
import { EXIT_CODES } from './domain/exit-codes.js';

/** Streams, signals, exit: the only module that ends the process. */
async function main(): Promise<number> {
  const stop = new AbortController();
  let signal: 'SIGINT' | 'SIGTERM' | undefined;
  const onSignal = (name: 'SIGINT' | 'SIGTERM'): void => {
    if (signal !== undefined) {
      process.stderr.write(
        '\nLeaving at once. What was under way is finished by the next apply, after the lease has ended.\n',
      );
      process.exit(EXIT_CODES[name === 'SIGINT' ? 'interrupted' : 'terminated'].code);
    }
    signal = name;
    process.stderr.write('\nStopping after the call that is under way; once more to leave at once.\n');
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // A reader that went away (`keyturn status | head`) is no error worth a stack trace.
  process.stdout.on('error', () => process.exit(EXIT_CODES.failure.code));
  const runtime = makeRuntime(stop.signal, () => signal);
  const parsed = parseArguments(process.argv.slice(2));
  if (!parsed.ok)
    return EXIT_CODES[printFailure(runtime, { json: parsed.json }, failure('usage', parsed.diagnostics))].code;
  return EXIT_CODES[await dispatch(runtime, parsed)].code;
}

function makeRuntime(stop: AbortSignal, stoppedBy: Runtime['stoppedBy']): Runtime {
  const env = environment();
  return {
    version: versionOf(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    env,
    cwd: process.cwd(),
    run: systemCrypto.randomHex(8),
    who: whoAmI(env),
    out: outputOf(process.stdout),
    err: outputOf(process.stderr),
    clock: systemClock(stop),
    windUpClock: systemClock(),
    crypto: systemCrypto,
    random: systemRandom,
    stoppedBy,
    ask: (question) => ask(question, stop),
    stopped: stop,
  };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    terminal: stream.isTTY,
    width: stream.isTTY ? stream.columns : undefined,
  };
}

async function ask(question: string, stop: AbortSignal): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question, { signal: stop });
  } catch {
    return 'no';
  } finally {
    lines.close();
  }
}

function versionOf(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (name === 'keyturn' && version !== undefined) return version;
    } catch {
      // The compiled file stands one folder deeper in a checkout than in the package.
    }
  }
  return 'unknown';
}

try {
  process.exitCode = await main();
} catch (error) {
  // A defect of keyturn's own. Stacks hold no values: whatever holds one is redacted by construction.
  process.stderr.write(
    `keyturn: internal error: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown'}\n`,
  );
  process.exitCode = EXIT_CODES.failure.code;
}
