import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rotatorsByKind } from '../src/app/rotators.js';
import { publishedSchemas } from '../src/formats/registry.js';
import { included } from './generate/included.js';
import { reference } from './generate/reference.js';

/*
 * Files that are made from the code: `node build/scripts/generate.js` writes them, `--check` names those that differ and exits 1. Run from
 * the root of the project.
 */

/** Makes all files of one folder that end in `ending`; such a file that it does not make is stale and goes. */
export interface Generator {
  readonly folder: string;
  readonly ending: string;
  /** Path, relative to the root -> text. */
  files(): ReadonlyMap<string, string>;
}

const schemas: Generator = {
  folder: 'schemas',
  ending: '.schema.json',
  files: () =>
    new Map(
      [...publishedSchemas([...rotatorsByKind(() => '').values()])].map(([name, schema]) => [
        `schemas/${name}.schema.json`,
        `${JSON.stringify(schema, null, 2)}\n`,
      ]),
    ),
};

export const GENERATORS: readonly Generator[] = [schemas, reference, included];

/** Path, relative to the root -> text. */
export function generatedFiles(): Map<string, string> {
  return new Map(GENERATORS.flatMap((generator) => [...generator.files()]));
}

/** Paths of generated files that are missing, different or stale below a root. */
export function differences(root: string): readonly string[] {
  const files = generatedFiles();
  const wrong = [...files].filter(([path, text]) => textAt(join(root, path)) !== text).map(([path]) => path);
  return [...wrong, ...staleFiles(root, files)].toSorted();
}

function staleFiles(root: string, files: ReadonlyMap<string, string>): readonly string[] {
  return GENERATORS.flatMap(({ folder, ending }) => {
    const found = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
    return found.map((name) => `${folder}/${name}`).filter((path) => path.endsWith(ending) && !files.has(path));
  });
}

function textAt(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function write(root: string): void {
  const files = generatedFiles();
  for (const path of staleFiles(root, files)) rmSync(join(root, path));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function main(args: readonly string[]): void {
  if (!args.includes('--check')) {
    write('.');
    return;
  }
  const wrong = differences('.');
  if (wrong.length === 0) return;
  process.stdout.write(`${wrong.join('\n')}\nThese differ from what the code says: npm run generate\n`);
  process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2));
