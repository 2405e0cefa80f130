import { spawnSync } from 'node:child_process';
import { env } from 'node:process';

import { type ComponentName, type Located, locate } from './components.js';

/** What is to become of a suite that needs something from outside the checkout. */
export type Verdict =
  | { readonly kind: 'run' }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'fail'; readonly reason: string };

/** The property of a skipped suite in which the test runner finds why; a registered symbol, as the runner is a script. */
const REASON = Symbol.for('keyturn.skipReason');

/**
 * Judges one component. Absent, its suites are skipped, with the reason and the remedy, unless `demanded` (the value of
 * KEYTURN_REQUIRE: "all" or names separated by commas) demands it: then they fail, so that CI cannot go green on
 * suites that never ran.
 */
export function judge(component: Located, demanded: string | undefined): Verdict {
  if (component.missing === undefined) return { kind: 'run' };
  const names = new Set((demanded ?? '').split(',').map((name) => name.trim()));
  const needed = names.has('all') || names.has(component.name);
  return { kind: needed ? 'fail' : 'skip', reason: component.missing };
}

/** The verdict on one component on this machine, for a suite that wants to say more than {@link describeReal} does. */
export function requireComponent(name: ComponentName): Verdict {
  return judge(locate(name), env['KEYTURN_REQUIRE']);
}

/** A suite that runs if everything that it needs is provisioned; see {@link judge} for what happens otherwise. */
export function describeReal(needs: ComponentName | readonly ComponentName[], title: string, body: () => void): void {
  const names: readonly ComponentName[] = typeof needs === 'string' ? [needs] : needs;
  const verdicts = names.map(requireComponent);
  const worst = verdicts.find((each) => each.kind === 'fail') ?? verdicts.find((each) => each.kind === 'skip');
  describeVerdict(worst ?? { kind: 'run' }, title, body);
}

/** A tool of the machine that tests call, and the Debian package that brings it. */
const TOOLS = {
  bash: { package: 'bash', question: ['--version'] },
  openssl: { package: 'openssl', question: ['version'] },
  script: { package: 'bsdutils', question: ['--version'] },
  flock: { package: 'util-linux', question: ['--version'] },
  npm: { package: 'npm', question: ['--version'] },
} as const;

export type ToolName = keyof typeof TOOLS;

/** A suite that calls tools of the machine: without them it is skipped by name, or fails where everything is required. */
export function describeTools(needs: readonly ToolName[], title: string, body: () => void): void {
  const missing = needs.filter((name) => spawnSync(name, TOOLS[name].question).status !== 0);
  if (missing.length === 0) {
    describeVerdict({ kind: 'run' }, title, body);
    return;
  }
  const packages = missing.map((name) => TOOLS[name].package).join(' ');
  const reason = `${missing.join(', ')} not found: apt-get install ${packages}`;
  describeVerdict({ kind: env['KEYTURN_REQUIRE'] === 'all' ? 'fail' : 'skip', reason }, title, body);
}

/**
 * A suite that reads the providers' published API descriptions from the folder that KEYTURN_OPENAPI_DIR names. They are
 * not part of the project, so these suites are optional whatever KEYTURN_REQUIRE says.
 */
export function describeOpenapi(title: string, body: (folder: string) => void): void {
  const folder = env['KEYTURN_OPENAPI_DIR'];
  if (folder === undefined || folder === '') {
    const reason = 'KEYTURN_OPENAPI_DIR does not name a folder with the API descriptions';
    describeVerdict({ kind: 'skip', reason }, title, () => body('not given'));
    return;
  }
  describe(title, () => body(folder));
}

/** A suite that runs, is skipped by name with its reason, or fails in one test that says why. */
export function describeVerdict(verdict: Verdict, title: string, body: () => void): void {
  if (verdict.kind === 'run') {
    describe(title, body);
  } else if (verdict.kind === 'skip') {
    const suite = describe.skip(title, body);
    if (suite !== undefined) Object.assign(suite, { [REASON]: verdict.reason });
  } else {
    describe(title, () => {
      it('has what it needs', () => {
        throw new Error(verdict.reason);
      });
    });
  }
}
