import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The folders of test/, in the order in which they run: what is fast and local first. */
const GROUPS = ['unit', 'golden', 'contract', 'fuzz', 'simulation', 'integration', 'crash', 'e2e'];
const UNIT_GROUPS = new Set(['unit', 'golden']);

const FAST_MS = 20_000;
const SLOW_MS = 120_000;

const groupOf = (path) => path.split('/')[1];

/**
 * The compiled test files to run, absolute, in order. A compiled file whose source is gone is left out: tsc does not
 * delete what it once wrote. `only` keeps the files whose path below the root contains one of the given texts.
 */
export function selectTests({ root, build, unit, only }) {
  const folder = join(root, build, 'test');
  if (!existsSync(folder)) throw new Error(`${relative(root, folder)} is not there: npm run build`);
  return readdirSync(folder, { recursive: true })
    .filter((path) => path.endsWith('.test.js'))
    .map((path) => join('test', path))
    .filter((path) => existsSync(join(root, path.replace(/\.js$/, '.ts'))))
    .filter((path) => !unit || UNIT_GROUPS.has(groupOf(path)))
    .filter((path) => only.length === 0 || only.some((text) => path.replace(/\.js$/, '.ts').includes(text)))
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((path) => join(root, build, path));
}

/** The time-out in ms of a test in that file, unless it sets its own. */
export function timeoutFor(file, { root, build }) {
  return UNIT_GROUPS.has(groupOf(relative(join(root, build), file))) ? FAST_MS : SLOW_MS;
}

function rank(path) {
  const found = GROUPS.indexOf(groupOf(path));
  return found === -1 ? GROUPS.length : found;
}
