import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { keyturn } from '../demo/keyturn.js';
import { startWorld } from '../demo/world.js';

/*
 * The plan that README.md shows is one that the command printed: `node build/scripts/readme-plan.js` writes it anew, from the root of the
 * project. It is no generated file like the others, because days, ports and digests differ from run to run.
 */

const BLOCK = /(<!-- output: plan -->\n\n```text\n)([^]*?)(\n```)/;
const DAY = 86_400_000;

/** The command line and what it prints in the world of the demo: one secret overdue, one missing. */
export async function planOutput(now: number): Promise<string> {
  const world = await startWorld(false);
  try {
    const born = new Date(now - 36 * DAY).toISOString().slice(0, 10);
    await keyturn(world, ['adopt', 'ai-gateway/litellm-master-key', '--born', born, '--auto-approve']);
    const plan = await keyturn(world, ['plan', '--detailed-exitcode']);
    if (plan.code !== 2) throw new Error(`plan ended with ${plan.code}: ${plan.stderr}`);
    return `$ keyturn plan --detailed-exitcode\n${plan.stdout.trimEnd()}`;
  } finally {
    await world.close();
  }
}

/** What a page shows between the marks. */
export function shownPlan(page: string): string | undefined {
  return BLOCK.exec(page)?.[2];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const output = await planOutput(Date.now());
  const page = readFileSync('README.md', 'utf8');
  writeFileSync(
    'README.md',
    page.replace(BLOCK, (_, before: string, _old, after: string) => `${before}${output}${after}`),
  );
}
