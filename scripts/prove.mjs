// Runs every suite that proves a promise at its full length: hours, where `npm test` takes minutes. Arguments go to the test runner.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SUITES = ['test/simulation', 'test/fuzz'];

const given = process.argv.slice(2);
const paths = given.some((argument) => !argument.startsWith('-')) ? [] : SUITES;
const runner = fileURLToPath(new URL('test.mjs', import.meta.url));
const { status, signal } = spawnSync(process.execPath, [runner, ...given, ...paths], {
  stdio: 'inherit',
  env: { ...process.env, KEYTURN_LENGTH: 'full' },
});
process.exitCode = signal === null ? (status ?? 1) : 1;
