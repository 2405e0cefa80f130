import { fileURLToPath } from 'node:url';

/** The command line that runs the consumer, as a container's `command`. */
export function consumerCommand(): string[] {
  return [process.execPath, fileURLToPath(new URL('./main.js', import.meta.url))];
}
