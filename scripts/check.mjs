// The one gate: types, lint with its budgets, import arrows, format, generated files, unit tests with the network refused.
// `node scripts/check.mjs NAME…` runs some of them. Every part runs even if one before it failed; the exit code tells.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const bin = (name) => join('node_modules', '.bin', name);

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  return { ok: status === 0, output: `${stdout}${stderr}`.trim(), stdout };
}

function filesBelow(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** The cruiser's exit code counts violations modulo 256 and is 0 when nothing was cruised: its JSON is judged instead. */
function arrows() {
  const folders = ['src', 'demo', 'test', 'bench', 'scripts'].filter((folder) => existsSync(folder));
  const { stdout, output } = run(bin('depcruise'), [
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'json',
    ...folders,
  ]);
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    return { ok: false, output };
  }
  const { violations } = report.summary;
  const lines = violations.map((v) => `${v.rule.name}: ${v.from} -> ${v.to}`);
  const cruised = report.modules.filter((module) => module.source.startsWith('src/')).length;
  const expected = filesBelow('src', '.ts').length;
  if (cruised < expected) lines.push(`only ${cruised} of ${expected} modules of src were cruised`);
  return { ok: lines.length === 0, output: lines.join('\n'), note: `${report.modules.length} modules` };
}

/** Exemptions from the budgets: counted, each with its reason, and the number may only go down. */
function exemptions() {
  const { most, list } = JSON.parse(readFileSync('scripts/exemptions.json', 'utf8'));
  const disabled = filesBelow('src', '.ts').filter((file) =>
    /(oxlint|eslint)-disable|@ts-(ignore|expect-error|nocheck)/.test(readFileSync(file, 'utf8')),
  );
  const unlisted = disabled.filter((file) => !list.some((entry) => entry.file === file));
  const ok = unlisted.length === 0 && list.length <= most && list.every((entry) => entry.reason.length > 20);
  return {
    ok,
    output: ok ? '' : `${list.length} exemptions of at most ${most}; not listed: ${unlisted.join(', ')}`,
    note: `${list.length} of ${most}`,
  };
}

/** Every dependency has its reason written down and an exact version. */
function dependencies() {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const reasons = JSON.parse(readFileSync('docs/dependencies.json', 'utf8'));
  const all = { ...manifest.dependencies, ...manifest.devDependencies };
  const lines = Object.entries(all).flatMap(([name, version]) => [
    ...(/^(npm:(@[^@]+|[^@]+)@)?\d+\.\d+\.\d+$/.test(version) ? [] : [`${name}: ${version} is not an exact version`]),
    ...(typeof reasons[name] === 'string' && reasons[name].length > 20
      ? []
      : [`${name}: docs/dependencies.json gives no reason`]),
  ]);
  lines.push(
    ...Object.keys(reasons)
      .filter((name) => all[name] === undefined)
      .map((name) => `${name}: has a reason and is not used`),
  );
  if (/"resolved":/.test(readFileSync('package-lock.json', 'utf8')))
    lines.push('package-lock.json holds download addresses');
  return { ok: lines.length === 0, output: lines.join('\n'), note: `${Object.keys(all).length}` };
}

const parts = {
  types: () => run(bin('tsc'), ['-p', 'tsconfig.json']),
  lint: () => run(bin('oxlint'), ['--type-aware', '--deny-warnings', '.']),
  arrows,
  exemptions,
  dependencies,
  format: () => run(bin('prettier'), ['--check', '--log-level', 'warn', '.']),
  generated: () => run(process.execPath, ['build/scripts/generate.js', '--check']),
  unit: () => run(process.execPath, ['scripts/test.mjs', '--unit']),
};

const wanted = process.argv.slice(2).length > 0 ? process.argv.slice(2) : Object.keys(parts);
let failed = 0;
for (const name of wanted) {
  const started = performance.now();
  const { ok, output, note } = parts[name]();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(12)} ${seconds.padStart(5)} s${note === undefined ? '' : `  ${note}`}\n`,
  );
  if (!ok) {
    failed += 1;
    process.stdout.write(`${output}\n`);
  } else if (name === 'unit') process.stdout.write(`${output.split('\n').at(-1)}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
