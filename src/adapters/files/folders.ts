import { access, mkdir } from 'node:fs/promises';
import { codeOf, fileFault } from './faults.js';

/** Is there anything at this path? What cannot be looked at counts as there, so that nobody writes over it. */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: unknown) => codeOf(error) !== 'ENOENT',
  );
}

/** Makes a folder and those above it; one that is there already is fine. Throws Fault. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw fileFault(`make ${path}`, codeOf(error));
  });
}
