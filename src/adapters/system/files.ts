import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A small text file with its permission bits. */
export interface SmallFile {
  readonly text: string;
  /** Permission bits, `0o600`. */
  readonly mode: number;
}

export type FileRead =
  | { readonly ok: true; readonly file: SmallFile }
  /** `code`: the system's own (`ENOENT`, `EACCES`), or `TOOBIG`. */
  | { readonly ok: false; readonly code: string };

/** Reads a file of at most `limit` bytes as UTF-8: tokens, certificates, keys. Never throws. */
export async function readSmallFile(path: string, limit = 1024 * 1024): Promise<FileRead> {
  try {
    const handle = await open(path, 'r');
    try {
      const { mode, size } = await handle.stat();
      if (size > limit) return { ok: false, code: 'TOOBIG' };
      return { ok: true, file: { text: await handle.readFile('utf8'), mode: mode & 0o777 } };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { ok: false, code: errorCode(error) };
  }
}

/** Full paths of the files in a folder whose names end in one of the endings, sorted; undefined where the folder cannot be read. */
export async function filesIn(folder: string, endings: readonly string[]): Promise<readonly string[] | undefined> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => endings.some((ending) => name.endsWith(ending)))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return undefined;
  }
}

/** May anybody but the owner read it? */
export function othersMayRead(mode: number): boolean {
  return (mode & 0o044) !== 0;
}

function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'EUNKNOWN';
}
