import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

const HELD = 'held';
const BUSY = 75;

/**
 * Runs `work` while holding an exclusive lock on `file`. The lock is flock's, held by a helper process that ends as
 * soon as its standard input does: so it is free again the instant this process is gone, however it went, and no stale
 * lock can be left behind. `onWait` is called once if somebody else holds it.
 */
export async function withLock(file, onWait, work) {
  await mkdir(dirname(file), { recursive: true });
  let holder = await acquire(file, ['--nonblock', '--conflict-exit-code', String(BUSY)]);
  if (holder === undefined) {
    onWait();
    holder = await acquire(file, []);
  }
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await once(holder, 'exit');
  }
}

/** The process that holds the lock, or undefined where flock says that it is busy. */
async function acquire(file, flags) {
  const child = spawn('flock', ['--exclusive', ...flags, file, 'sh', '-c', `echo ${HELD}; exec cat`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const held = once(child.stdout, 'data').then(() => true);
  const ended = once(child, 'exit').then(([code]) => code);
  const outcome = await Promise.race([held, ended]).catch((error) => {
    throw new Error(`flock (package util-linux) does not run: ${error.message}`);
  });
  if (outcome === true) return child;
  if (outcome === BUSY) return undefined;
  throw new Error(`flock ended with code ${outcome} on ${file}`);
}
