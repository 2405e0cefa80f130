import { chmod, mkdtemp, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf, fileFault, localFault } from './faults.js';

/**
 * Writes a text so that a reader, or a crash, finds the old content or the new one and never a part: into a folder of its own beside the
 * place, to disk, then renamed. `mode` are the permission bits whatever the umask says. A link is followed; a pipe or device is written to
 * directly. Throws Fault.
 */
export async function writeFileAtomically(path: string, text: string, mode: number): Promise<void> {
  try {
    const place = await placeOf(path);
    if (place.plain) await replace(place.path, text, mode);
    else await writeFile(place.path, text);
  } catch (error) {
    throw fileFault(`write ${path}`, codeOf(error));
  }
}

interface Place {
  readonly path: string;
  /** Nothing or an ordinary file is there. Renaming over /dev/null would replace the device for everybody. */
  readonly plain: boolean;
}

async function placeOf(path: string): Promise<Place> {
  try {
    const real = await realpath(path);
    const stats = await stat(real);
    if (stats.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    return { path: real, plain: stats.isFile() };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { path, plain: true };
    throw error;
  }
}

async function replace(path: string, text: string, mode: number): Promise<void> {
  const folder = dirname(path);
  // The system finds a free name; a folder of its own keeps two writers apart.
  const own = await mkdtemp(join(folder, `.${basename(path)}-`));
  try {
    const fresh = join(own, 'new');
    await writeDurably(fresh, text, mode);
    await rename(fresh, path);
    await syncFolder(folder);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function writeDurably(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(path, mode);
}

/** The rename itself reaches the disk with its folder. Where a folder cannot be synced the content is safe all the same, so no failure. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/**
 * Reads a whole file of at most `limit` bytes as UTF-8, without its byte order mark. Throws Fault: absent, denied, invalid (a folder, too
 * long), malformed (not UTF-8). A pipe is read too, up to the limit.
 */
export async function readTextFile(path: string, limit: number): Promise<string> {
  const call = `read ${path}`;
  const bytes = await readAtMost(path, limit + 1).catch((error: unknown) => {
    throw fileFault(call, codeOf(error));
  });
  if (bytes.length > limit) throw localFault(call, 'invalid', `it is longer than ${limit} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw localFault(call, 'malformed', 'it is not UTF-8');
  }
}

async function readAtMost(path: string, limit: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    return await readInto(file, limit);
  } finally {
    await file.close();
  }
}

/** Sizes lie (pipes, /proc), so that reading goes on until the end or the limit. */
async function readInto(file: FileHandle, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let left = limit;
  while (left > 0) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(left, 65_536)));
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    left -= bytesRead;
  }
  return Buffer.concat(chunks);
}
