import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { withLock } from './lock.mjs';
import { cacheFolder, isComplete, measure, pathsOf } from './paths.mjs';
import { runTool } from './tool.mjs';

/**
 * Makes sure that one component is in the cache. Resolves to 'cached' or 'built'; throws with the reason otherwise.
 *
 * A component is built in a work folder, stamped there last, and then moved into place in one rename: whatever kills
 * this process, the finished folder is either whole or absent. Two processes never build the same component, and the
 * second finds what the first has made. `say` takes sentences for a person who waits.
 */
export async function provide(component, { cache = cacheFolder(), env = process.env, say = () => {} } = {}) {
  if (isComplete(component, cache)) return 'cached';
  const problem = component.problem();
  if (problem !== undefined) throw new Error(problem);
  const paths = pathsOf(component, cache);
  return withLock(
    paths.lock,
    () => say('waiting for another provision of the same component'),
    async () => {
      if (isComplete(component, cache)) return 'cached';
      say(`being made, ${component.expect}; log ${paths.log}`);
      await make(component, paths, env);
      return 'built';
    },
  );
}

async function make(component, paths, env) {
  await sweep(component, paths.work);
  await mkdir(dirname(paths.log), { recursive: true });
  await writeFile(paths.log, '');
  const scratch = await mkdtemp(join(paths.work, `${component.name}-`));
  try {
    const folder = join(scratch, 'finished');
    await mkdir(folder);
    const run = (command, args, options) => runTool(command, args, { log: paths.log, ...options });
    await component.build({ folder, scratch, run, env });
    const sizes = measure(component, folder);
    const absent = Object.keys(sizes).filter((name) => sizes[name] === undefined);
    if (absent.length > 0) throw new Error(`the build made no ${absent.join(', ')}`);
    await writeFile(join(folder, 'stamp.json'), `${JSON.stringify({ version: component.version, sizes })}\n`);
    await rm(paths.folder, { recursive: true, force: true });
    await rename(folder, paths.folder);
  } finally {
    await remove(scratch);
  }
}

/** Deletes what killed provisions of this component have left; the lock is held, so nobody works there. */
async function sweep(component, work) {
  await mkdir(work, { recursive: true });
  for (const name of await readdir(work)) {
    if (name.startsWith(`${component.name}-`)) await remove(join(work, name));
  }
}

// A compiler that was killed a moment ago may still add a file while its folder is being deleted: hence the retries.
const remove = (folder) => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
