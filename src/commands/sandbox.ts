import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { startPlayground } from '../sandbox/playground.js';

/** Keeps the embedded world running until it is asked to stop; nothing of it is kept. */
export async function sandboxCommand(runtime: Runtime): Promise<ExitReason> {
  const playground = await startPlayground(runtime.crypto.randomHex(16));
  try {
    runtime.out.write(playground.instructions);
    await aborted(runtime.stopped);
  } finally {
    await playground.close();
  }
  return 'done';
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
