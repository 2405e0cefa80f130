import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The folders that decide something. They are pure, so there is no excuse for a line that no test runs. */
export const measuredFolders = ['src/domain', 'src/schedule', 'src/policy', 'src/planner', 'src/executor'];

const MEASURES = ['lines', 'branches'];
const MINIMUM = 95;

/** An empty folder for the raw coverage of one test process: the value of its NODE_V8_COVERAGE. */
export function prepareCoverage(root) {
  const raw = join(root, 'coverage', 'raw');
  rmSync(join(root, 'coverage'), { recursive: true, force: true });
  mkdirSync(raw, { recursive: true });
  return raw;
}

/**
 * Judges the raw coverage: prints one line per measured folder, with its worst files where it is below the minimum, and
 * returns one sentence per folder and measure that is.
 */
export function judgeCoverage({ root, build, raw }) {
  keepMeasured({ root, build, raw });
  const report = summarise(root, raw);
  return measuredFolders.flatMap((folder) => judgeFolder(folder, root, report));
}

/** c8 maps every script that ran back to its source, node_modules included; it is spared all but the measured ones. */
function keepMeasured({ root, build, raw }) {
  const prefixes = measuredFolders.map((folder) => `${pathToFileURL(join(root, build, folder)).href}/`);
  for (const name of readdirSync(raw)) {
    const file = join(raw, name);
    const coverage = JSON.parse(readFileSync(file, 'utf8'));
    const result = coverage.result.filter(({ url }) => prefixes.some((prefix) => url.startsWith(prefix)));
    writeFileSync(file, JSON.stringify({ ...coverage, result }));
  }
}

/** Lines and branches, covered and total, of each source file, by its path below the root. */
function summarise(root, raw) {
  const c8 = join(root, 'node_modules', 'c8', 'bin', 'c8.js');
  const folder = join(root, 'coverage');
  // prettier-ignore
  const run = spawnSync(process.execPath, [
    c8, 'report', '--temp-directory', raw, '--reports-dir', folder, '--exclude-after-remap', '--include', 'src/**',
    '--reporter', 'json-summary', '--reporter', 'lcovonly',
  ], { cwd: root, encoding: 'utf8' });
  const summary = join(folder, 'coverage-summary.json');
  if (run.status !== 0 || !existsSync(summary)) throw new Error(`c8 made no report: ${run.stderr.trim()}`);
  return Object.entries(JSON.parse(readFileSync(summary, 'utf8')))
    .filter(([path]) => path !== 'total')
    .map(([path, counts]) => ({ path: relative(root, path), counts }));
}

function judgeFolder(folder, root, report) {
  const files = report.filter(({ path }) => path.startsWith(`${folder}/`));
  if (files.length === 0) return [`coverage of ${folder}: no file of it was measured`];
  const percents = MEASURES.map((measure) => ({ measure, percent: percentOf(files, measure) }));
  const shown = percents.map(({ measure, percent }) => `${measure} ${percent.toFixed(1)} %`).join('  ');
  console.log(`  coverage  ${folder.padEnd(14)} ${shown}`);
  return percents
    .filter(({ percent }) => percent < MINIMUM)
    .map(({ measure, percent }) => {
      for (const { path, counts } of files.filter((file) => percentOf([file], measure) < MINIMUM)) {
        console.log(`    ${path}: ${measure} ${percentOf([{ counts }], measure).toFixed(1)} %`);
      }
      return `coverage of ${folder}: ${measure} ${percent.toFixed(1)} %, at least ${MINIMUM} % is demanded`;
    });
}

function percentOf(files, measure) {
  const sum = (count) => files.reduce((total, { counts }) => total + counts[measure][count], 0);
  return sum('total') === 0 ? 100 : (100 * sum('covered')) / sum('total');
}
