import { closeSync, fstatSync, lstatSync, openSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { SourceFile } from '../../domain/source.js';
import { codeOf } from './faults.js';

/** Why something in the policies folder was not read. */
export type FileProblemKind =
  | 'absent' // the folder itself does not exist
  | 'notAFolder'
  | 'unreadable'
  | 'danglingLink'
  | 'linkedFolder' // a link to a folder inside: its files would be read twice, or never
  | 'notAFile'; // a pipe, socket or device

export interface FileProblem {
  readonly problem: FileProblemKind;
  /** As SourceFile.path. */
  readonly path: string;
  /** A sentence without a full stop. */
  readonly summary: string;
}

export interface PolicyFolder {
  /** Sorted by path, in the order of code units. */
  readonly files: readonly SourceFile[];
  readonly problems: readonly FileProblem[];
}

/** A larger file is no policy, and is not read. */
const LARGEST = 1024 * 1024;

/**
 * Every `*.yaml` and `*.yml` below a folder; names that begin with a dot are left out, with all that is below them. `from` is where the
 * program runs: paths are relative to it. Throws nothing: what cannot be read is a problem, so that no policy is left out in silence.
 */
export function readPolicyFolder(folder: string, from: string): Promise<PolicyFolder> {
  const root = resolve(from, folder);
  const found: Found = { files: [], problems: [], root, real: root, from };
  try {
    found.real = realpathSync(root);
    if (statSync(root).isDirectory()) walk(found, root);
    else problem(found, root, 'notAFolder', 'is not a folder');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') problem(found, root, 'absent', 'does not exist');
    else problem(found, root, 'unreadable', `cannot be read (${codeOf(error)})`);
  }
  const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => (a.path < b.path ? -1 : 1);
  return Promise.resolve({ files: found.files.sort(byPath), problems: found.problems.sort(byPath) });
}

interface Found {
  readonly files: SourceFile[];
  readonly problems: FileProblem[];
  readonly root: string;
  /** The root with every link resolved. */
  real: string;
  readonly from: string;
}

function walk(found: Found, folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    try {
      visit(found, entry, path);
    } catch (error) {
      problem(found, path, 'unreadable', `cannot be read (${codeOf(error)})`);
    }
  }
}

function visit(found: Found, entry: Dirent, path: string): void {
  if (entry.isSymbolicLink()) visitLink(found, path);
  else if (entry.isDirectory()) walk(found, path);
  else if (isPolicyName(path)) visitFile(found, path, lstatSync(path));
}

function visitLink(found: Found, path: string): void {
  const target = targetOf(path);
  if (target === undefined) {
    if (isPolicyName(path)) problem(found, path, 'danglingLink', 'is a link to nothing');
    return;
  }
  const inside = target === found.real || target.startsWith(found.real + sep);
  const stats = statSync(target);
  if (!inside) {
    if (stats.isDirectory() || isPolicyName(path))
      found.files.push({ path: shown(found, path), bytes: new Uint8Array(), escapes: true });
    return;
  }
  if (stats.isDirectory()) problem(found, path, 'linkedFolder', 'is a link to a folder, which is not followed');
  else if (isPolicyName(path)) visitFile(found, path, stats);
}

function targetOf(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    return undefined;
  }
}

function visitFile(found: Found, path: string, stats: Stats): void {
  if (stats.isFile()) found.files.push({ path: shown(found, path), ...contentOf(path) });
  else problem(found, path, 'notAFile', 'is not a file');
}

function contentOf(path: string): Pick<SourceFile, 'bytes' | 'size'> {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    return { bytes: size > LARGEST ? new Uint8Array() : readFileSync(file), size };
  } finally {
    closeSync(file);
  }
}

function isPolicyName(path: string): boolean {
  return /\.ya?ml$/.test(path);
}

function problem(found: Found, path: string, kind: FileProblemKind, what: string): void {
  const name = shown(found, path);
  found.problems.push({ problem: kind, path: name, summary: `\`${name}\` ${what}` });
}

function shown(found: Found, path: string): string {
  const name = relative(found.from, path);
  return (name === '' ? '.' : name).split(sep).join('/');
}
