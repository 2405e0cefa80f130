// The process in which the tests run. It tells its parent (scripts/test.mjs) what happens, message by message, so that
// the parent can count to the end even if this process is killed, exits early or never ends.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import Mocha from 'mocha';

import { measuredFolders } from './coverage.mjs';
import { selectTests, timeoutFor } from './selection.mjs';

/** How long open handles may take to close by themselves after the last test: keep-alive connections idle for 5 s. */
const DRAIN_MS = 10_000;
const SLOW_SUITE_MS = 1000;

/** Set by test/support/real/require.ts on a suite that it skips. */
const REASON = Symbol.for('keyturn.skipReason');

const settings = JSON.parse(process.argv[2]);
const support = (file) => import(pathToFileURL(join(settings.root, settings.build, 'test', 'support', file)).href);

// Coverage is of this process alone: child processes that tests kill could not write theirs anyway.
delete process.env.NODE_V8_COVERAGE;
// Without a parent nobody would end this process, nor the servers that it has started.
process.on('disconnect', () => process.exit(1));
process.channel.unref();

const tell = (message) => process.send(message);

function reasonFor(test) {
  for (let suite = test.parent; suite; suite = suite.parent) {
    if (suite[REASON] !== undefined) return { name: suite.fullTitle(), reason: suite[REASON] };
  }
  for (let suite = test.parent; suite && !suite.root; suite = suite.parent) {
    if (suite.pending) return { name: suite.fullTitle(), reason: 'no reason given' };
  }
  return { name: test.fullTitle(), reason: 'no reason given' };
}

/** The reporter: counts go to the parent, slow suites get a line as a sign of life, failures are shown at the end. */
function reporterWith(setRule) {
  return function reporter(runner) {
    const failures = [];
    let started = 0;
    runner.on('suite', (suite) => {
      if (suite.file) setRule(suite.file);
      if (suite.parent?.root) started = performance.now();
    });
    runner.on('suite end', (suite) => {
      const ms = performance.now() - started;
      if (suite.parent?.root && ms > SLOW_SUITE_MS) console.log(`  ${(ms / 1000).toFixed(1)} s  ${suite.title}`);
    });
    runner.on('pass', () => tell({ kind: 'passed' }));
    runner.on('pending', (test) => tell({ kind: 'skipped', ...reasonFor(test) }));
    runner.on('fail', (test, error) => {
      test.err = error;
      failures.push(test);
      tell({ kind: 'failed', name: test.fullTitle() });
    });
    runner.on('end', () => {
      if (failures.length > 0) Mocha.reporters.Base.list(failures);
    });
  };
}

/** Loads every file; one that cannot be loaded is a failure of its own and does not hide the others. */
async function load(mocha, files, setRule) {
  for (const file of files) {
    setRule(file);
    mocha.suite.timeout(timeoutFor(file, settings));
    mocha.files = [file];
    try {
      await mocha.loadFilesAsync();
    } catch (error) {
      console.log(`\n  ${file} cannot be loaded:\n${error.stack ?? error}\n`);
      tell({ kind: 'failed', name: `loading ${file}` });
    }
  }
  mocha.files = files;
}

/** Modules that no test imports would be missing from the coverage instead of counting as uncovered. */
async function importMeasured() {
  for (const folder of measuredFolders) {
    const compiled = join(settings.root, settings.build, folder);
    for (const path of readdirSync(compiled, { recursive: true }).filter((each) => each.endsWith('.js'))) {
      await import(pathToFileURL(join(compiled, path)).href);
    }
  }
}

function mochaFor(files, hooks, setRule) {
  const mocha = new Mocha({ reporter: reporterWith(setRule), rootHooks: hooks, color: process.stdout.isTTY });
  if (settings.grep !== undefined) mocha.grep(settings.grep);
  if (settings.fgrep !== undefined) mocha.fgrep(settings.fgrep);
  if (settings.invert) mocha.invert();
  if (settings.bail) mocha.bail();
  // A forgotten `.only` would drop every other test without a word.
  mocha.forbidOnly();
  return mocha;
}

async function main() {
  const network = await support('network-refused.js');
  const { mochaHooks } = await support('hooks.js');
  const setRule = (file) => network.setNetworkRule(network.networkRuleFor(file), file);
  network.refuseNetwork();
  const files = selectTests(settings);
  const mocha = mochaFor(files, mochaHooks, setRule);
  await load(mocha, files, setRule);
  await new Promise((resolve) => mocha.run(resolve));
  for (const attempt of network.refusedAttempts()) tell({ kind: 'failed', name: `network refused: ${attempt}` });
  if (settings.coverage) await importMeasured();
  tell({ kind: 'end' });
  setTimeout(() => {
    tell({ kind: 'failed', name: `the tests left open: ${process.getActiveResourcesInfo().join(', ')}` });
    process.exit();
  }, DRAIN_MS).unref();
}

await main();
