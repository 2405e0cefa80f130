// npm run provision: brings the real servers that the tests run against into a cache outside the checkout.
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

import { components } from './provision/components.mjs';
import { cacheFolder, componentNamed, locate } from './provision/paths.mjs';
import { provide } from './provision/provide.mjs';

const USAGE = `usage: npm run provision -- [--check] [--only NAME]...
  --check      print what is there, install nothing; exit code 1 if something is missing
  --only NAME  this component alone: ${components.map((each) => each.name).join(', ')}
The cache is $KEYTURN_CACHE, else $XDG_CACHE_HOME/keyturn, else ~/.cache/keyturn.
`;

const label = (component) => `${component.name} ${component.version}`.padEnd(20);

/** One line for one component; true if it is there. */
function check(component) {
  const { missing, files } = locate(component.name);
  process.stdout.write(missing === undefined ? `${label(component)} ready  ${files.binary}\n` : `${missing}\n`);
  return missing === undefined;
}

/** Provides one component and prints one line with the outcome; true if it is there afterwards. */
async function install(component) {
  const start = performance.now();
  const took = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  const say = (sentence) => process.stderr.write(`${label(component)} ${sentence}\n`);
  try {
    const outcome = await provide(component, { say });
    process.stdout.write(`${label(component)} ready (${outcome === 'cached' ? 'cached' : `made in ${took()}`})\n`);
    return true;
  } catch (error) {
    const next = `npm run provision -- --only ${component.name}`;
    process.stdout.write(`${label(component)} failed after ${took()}: ${error.message}; to try again: ${next}\n`);
    return false;
  }
}

function argumentsOf(argv) {
  try {
    const { values } = parseArgs({
      args: argv,
      options: { check: { type: 'boolean' }, only: { type: 'string', multiple: true }, help: { type: 'boolean' } },
    });
    return { ...values, chosen: values.only?.map(componentNamed) ?? components };
  } catch (error) {
    return { mistake: error.message };
  }
}

async function main(argv) {
  const { mistake, help, check: checkOnly, chosen } = argumentsOf(argv);
  if (mistake !== undefined) {
    process.stderr.write(`${mistake}\n${USAGE}`);
    return 64;
  }
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (checkOnly) process.stdout.write(`cache ${cacheFolder()}\n`);
  let complete = true;
  for (const component of chosen) {
    const there = checkOnly ? check(component) : await install(component);
    complete &&= there;
  }
  return complete ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
