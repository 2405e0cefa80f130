import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { planOutput, shownPlan } from '../../scripts/readme-plan.js';
import { projectRoot } from '../support/real/components.js';

/** Days, ports and digests differ from run to run; everything else has to be the same. */
function levelled(text: string | undefined): string | undefined {
  return text
    ?.replace(/\d{4}-\d\d-\d\d(T\d\d:\d\dZ)?/g, 'DAY')
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/digest [0-9a-f]{4}…[0-9a-f]{2}/g, 'DIGEST');
}

describe('[I] the plan in the README', () => {
  it('is what the command prints (node build/scripts/readme-plan.js)', async () => {
    const shown = shownPlan(readFileSync(join(projectRoot, 'README.md'), 'utf8'));
    expect(levelled(shown)).to.equal(levelled(await planOutput(Date.now())));
  });
});
