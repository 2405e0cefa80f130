// Runs the compiled tests and ends with the plain line "N passed, N failed, N skipped". What is no test but must hold
// as well (coverage, no refused network access, nothing left open, a test process that ends by itself) counts as one
// failure each, so that the line and the exit code never disagree.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { judgeCoverage, prepareCoverage } from './test/coverage.mjs';

const USAGE = `usage: npm test -- [--unit] [--grep PATTERN] [--fgrep TEXT] [--invert] [--bail] [--build DIR] [PATH]...
  --unit       test/unit and test/golden alone
  --build DIR  where the tests are compiled to, below the root; default build
  --also-failed TEXT  something that failed before this run, to be counted and named with the failures
  PATH         files whose path contains this text alone, such as test/unit/planner
KEYTURN_REQUIRE=all makes a component that is not provisioned a failure; KEYTURN_COVERAGE=1 demands coverage.
`;

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

const OPTIONS = {
  unit: { type: 'boolean', default: false },
  grep: { type: 'string', short: 'g' },
  fgrep: { type: 'string', short: 'f' },
  invert: { type: 'boolean', short: 'i', default: false },
  bail: { type: 'boolean', short: 'b', default: false },
  build: { type: 'string', default: 'build' },
  'also-failed': { type: 'string', multiple: true, default: [] },
  help: { type: 'boolean', short: 'h', default: false },
};

function settingsOf(argv) {
  const { values, positionals } = parseArgs({ args: argv, options: OPTIONS, allowPositionals: true });
  return { ...values, root, only: positionals, coverage: process.env.KEYTURN_COVERAGE === '1' };
}

/** What the test process told, added up. */
function newTally() {
  const failures = [];
  const skipped = new Map();
  const counts = { passed: 0, skipped: 0 };
  let ended = false;
  const take = {
    passed: () => (counts.passed += 1),
    failed: ({ name }) => failures.push(name),
    skipped: ({ name, reason }) => {
      counts.skipped += 1;
      const line = `${name}: ${reason}`;
      skipped.set(line, (skipped.get(line) ?? 0) + 1);
    },
    end: () => (ended = true),
  };
  return { counts, failures, skipped, hear: (message) => take[message.kind](message), hasEnded: () => ended };
}

/** Runs the test process to its end, passing signals on. */
async function runTests(settings, tally, raw) {
  const child = fork(join(root, 'scripts', 'test', 'mocha.mjs'), [JSON.stringify(settings)], {
    execArgv: ['--enable-source-maps'],
    env: { ...process.env, ...(raw === undefined ? {} : { NODE_V8_COVERAGE: raw }) },
  });
  child.on('message', tally.hear);
  const pass = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, pass);
  const [code, signal] = await once(child, 'close');
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, pass);
  if (!tally.hasEnded()) tally.failures.push(`the test process ended early, with ${signal ?? `code ${code}`}`);
}

function report({ counts, failures, skipped }) {
  if (skipped.size > 0) console.log('\nskipped:');
  for (const [line, count] of skipped) console.log(`  ${line} (${count} ${count === 1 ? 'test' : 'tests'})`);
  if (failures.length > 0) console.log('\nfailed:');
  for (const name of failures) console.log(`  ${name}`);
  console.log(`\n${counts.passed} passed, ${failures.length} failed, ${counts.skipped} skipped`);
}

async function main(argv) {
  let settings;
  try {
    settings = settingsOf(argv);
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}`);
    return 64;
  }
  if (settings.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const tally = newTally();
  const raw = settings.coverage ? prepareCoverage(root) : undefined;
  await runTests(settings, tally, raw);
  if (raw !== undefined && tally.hasEnded()) tally.failures.push(...judgeCoverage({ ...settings, raw }));
  if (tally.counts.passed + tally.failures.length + tally.counts.skipped === 0)
    tally.failures.push('no test was chosen');
  tally.failures.push(...settings['also-failed']);
  report(tally);
  return tally.failures.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
