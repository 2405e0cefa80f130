import type { FaultKind } from '../../domain/fault.js';
import { Fault } from '../../domain/fault.js';

/** The system's own code of a failure, `ENOENT`; `EUNKNOWN` where there is none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'EUNKNOWN';
}

const KINDS: { readonly [code: string]: readonly [kind: FaultKind, said: string] } = {
  ENOENT: ['absent', 'there is no such file or folder'],
  ENOTDIR: ['absent', 'a part of the path is not a folder'],
  EACCES: ['denied', 'the rights to it are missing'],
  EPERM: ['denied', 'the rights to it are missing'],
  EROFS: ['denied', 'the file system is read-only'],
  EISDIR: ['invalid', 'it is a folder'],
  ELOOP: ['invalid', 'its links lead in a circle'],
  ENAMETOOLONG: ['invalid', 'the name is too long'],
  ENOSPC: ['unavailable', 'no space is left on the device'],
  EDQUOT: ['unavailable', 'the quota is used up'],
};

/** A failed call to the file system. Nothing was changed: files are written beside their place and put there in one step. */
export function fileFault(call: string, code: string): Fault {
  const [kind, said] = KINDS[code] ?? ['unavailable', 'the file system refuses'];
  return localFault(call, kind, `${said} (${code})`);
}

export function localFault(call: string, kind: FaultKind, said: string): Fault {
  return new Fault({ kind, server: 'file system', call, said, retriable: false, effect: 'none' });
}
