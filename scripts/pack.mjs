// Makes dist/, the part of the package that runs: one bundle in which every package that src imports is included, so that an installed
// keyturn starts in a fraction of the time and brings no package but itself. `npm pack` and `npm publish` call it.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const dist = join(root, 'dist');
const LICENSE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

// CommonJS packages inside the bundle ask for node's own modules through `require`, which an ES module does not have.
const BANNER =
  "import { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(import.meta.url);";

async function bundle() {
  const { metafile } = await build({
    absWorkingDir: root,
    // The sandbox starts its stand-in for a workload as a process of its own, from the file next to the module that starts it.
    entryPoints: { main: 'src/main.ts', 'chunks/main': 'src/sandbox/consumer/main.ts' },
    outdir: dist,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.20',
    legalComments: 'linked',
    banner: { js: BANNER },
    metafile: true,
    logLevel: 'warning',
  });
  return Object.keys(metafile.inputs);
}

/** Folders of the packages that the bundle includes, sorted: `node_modules/yaml`. */
function packagesIn(inputs) {
  const folders = inputs.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(folders)].toSorted((a, b) => (a < b ? -1 : 1));
}

/** The licence of every included package, as its own files tell it. */
function licences(folders) {
  return folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const texts = readdirSync(join(root, folder))
      .filter((file) => LICENSE_FILE.test(file))
      .map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...texts].join('\n\n');
  });
}

rmSync(dist, { recursive: true, force: true });
const included = packagesIn(await bundle());
writeFileSync(join(dist, 'LICENSES.txt'), `${licences(included).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
