import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { differences } from '../../../scripts/generate.js';
import { projectRoot } from '../../support/real/components.js';
import { blocksOf, pageAt } from './pages.js';

describe('[U] generated files', () => {
  it('are what the program says now (npm run generate)', () => {
    expect(differences(projectRoot)).to.deep.equal([]);
  });
});

describe('[U] the README', () => {
  const shown = blocksOf(pageAt('README.md')).map(({ text }) => text);

  for (const name of [
    'vault-policy-plan.hcl',
    'vault-policy-apply.hcl',
    'kubernetes-role-plan.yaml',
    'kubernetes-role-apply.yaml',
  ]) {
    it(`shows docs/examples/${name}, whole`, () => {
      const file = readFileSync(join(projectRoot, 'docs', 'examples', name), 'utf8').trimEnd();
      expect(shown).to.include(file);
    });
  }
});
