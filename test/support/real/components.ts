import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What can be provisioned; the table is scripts/provision/components.mjs. */
export type ComponentName = 'openbao' | 'testcluster';

/** Where a component is: absolute paths by name, and `missing`, the reason and the remedy, where it is not complete. */
export interface Located {
  readonly name: string;
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
  readonly missing?: string;
}

interface ProvisionPaths {
  readonly locate: (name: string, cache?: string) => Located;
}

/** The folder that holds package.json. Compiled tests lie one folder deeper than their sources, so it is looked for. */
export const projectRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

// The layout of the cache is known to this one script; it is plain JavaScript, because provisioning comes before npm ci.
const paths = (await import(
  pathToFileURL(join(projectRoot, 'scripts', 'provision', 'paths.mjs')).href
)) as ProvisionPaths;

/** Looks one component up in the cache; never throws for one that is absent. */
export function locate(name: ComponentName): Located {
  return paths.locate(name);
}

/** One file of a component that must be there; throws with the reason and the remedy. */
export function componentFile(name: ComponentName, file: string): string {
  const { files, missing } = locate(name);
  if (missing !== undefined) throw new Error(missing);
  const path = files[file];
  if (path === undefined) throw new Error(`${name} has no file named "${file}"`);
  return path;
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('no package.json above the test support');
  return findRoot(parent);
}
