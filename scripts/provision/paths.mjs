// Where the provisioned components are, and whether they are there. The provisioner, the test support and the test
// runner all ask here, so that no second place knows the layout of the cache.
//
//   <cache>/<name>-<version>-<key>/   a finished component; stamp.json in it was written last
//   <cache>/tmp/<name>-…/             work in progress; whoever holds the lock may delete it
//   <cache>/locks/<name>.lock         held by flock while one process works on the component
//   <cache>/logs/<name>.log           what the tools said the last time
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { components } from './components.mjs';

const STAMP = 'stamp.json';

/** The folder outside the checkout that holds everything provisioned. */
export function cacheFolder(env = process.env) {
  if (env.KEYTURN_CACHE) return env.KEYTURN_CACHE;
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'keyturn');
}

/** All paths of one component, by name of what they are. */
export function pathsOf(component, cache = cacheFolder()) {
  const folder = join(cache, `${component.name}-${component.version}-${component.key}`);
  return {
    folder,
    stamp: join(folder, STAMP),
    work: join(cache, 'tmp'),
    lock: join(cache, 'locks', `${component.name}.lock`),
    log: join(cache, 'logs', `${component.name}.log`),
  };
}

/** Each of the component's files that is there, with its size in bytes; `undefined` where one is not. */
export function measure(component, folder) {
  return Object.fromEntries(
    Object.entries(component.files).map(([name, path]) => {
      const file = join(folder, path);
      return [name, existsSync(file) ? statSync(file).size : undefined];
    }),
  );
}

/** Whether a folder holds the whole component: its stamp is there and every file has the size that the stamp names. */
export function isComplete(component, cache = cacheFolder()) {
  const { folder, stamp } = pathsOf(component, cache);
  if (!existsSync(stamp)) return false;
  let sizes;
  try {
    ({ sizes } = JSON.parse(readFileSync(stamp, 'utf8')));
  } catch {
    return false;
  }
  const found = measure(component, folder);
  return Object.keys(component.files).every((name) => found[name] !== undefined && found[name] === sizes?.[name]);
}

/** The component of that name; throws for a name that no component has. */
export function componentNamed(name) {
  const found = components.find((each) => each.name === name);
  if (found === undefined) {
    throw new Error(`no component is named "${name}"; there are ${components.map((each) => each.name).join(', ')}`);
  }
  return found;
}

/**
 * Where one component is: `{ name, version, files }` with absolute paths when it is complete, and with `missing`, a
 * sentence that names the reason and the command that would provide it, when it is not.
 */
export function locate(name, cache = cacheFolder()) {
  const component = componentNamed(name);
  const { folder } = pathsOf(component, cache);
  const files = Object.fromEntries(Object.entries(component.files).map(([key, path]) => [key, join(folder, path)]));
  const found = { name, version: component.version, files };
  const problem = component.problem();
  if (problem !== undefined)
    return { ...found, missing: `${name} ${component.version} cannot be used here: ${problem}` };
  if (isComplete(component, cache)) return found;
  return { ...found, missing: `${name} ${component.version} is not provisioned: npm run provision -- --only ${name}` };
}
