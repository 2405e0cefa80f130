import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { rotatorsByKind } from '../../../src/app/rotators.js';
import type { Diagnostic } from '../../../src/domain/diagnostic.js';
import type { Validate } from '../../../src/domain/shape.js';
import { loadValidator } from '../../../src/formats/validator.js';
import { parsePolicies } from '../../../src/policy/parse.js';
import { projectRoot } from '../../support/real/components.js';
import { sha256 } from '../../support/memory-world.js';
import { type Block, blocksOf, pages } from './pages.js';
import { numericCode } from './example-rotator/rotator.js';

const KINDS = [...rotatorsByKind(sha256).values(), numericCode(sha256)];
const SETTINGS = 'apiVersion: keyturn/v1\nkind: Settings\ninventory: documents\n';
const SCHEDULES = readFileSync(join(projectRoot, 'policies', 'schedules.yaml'), 'utf8');

function isPolicy({ language, text }: Block): boolean {
  return language === 'yaml' && text.includes('apiVersion: keyturn/v1');
}

/** A block as an inventory of its own; what it does not hold itself comes from the project's policies. */
function problemsOf({ text }: Pick<Block, 'text'>, validate: Validate): readonly Diagnostic[] {
  const files = [
    ...(/^kind: Settings$/m.test(text) ? [] : [['settings.yaml', SETTINGS]]),
    ...(/^kind: Schedules$/m.test(text) ? [] : [['schedules.yaml', SCHEDULES]]),
    ['block.yaml', text],
  ].map(([path = '', content]) => ({ path, bytes: new TextEncoder().encode(content) }));
  return parsePolicies(files, KINDS, validate).diagnostics;
}

describe('[U] policies in documents', () => {
  let validate: Validate;

  before(async () => {
    validate = await loadValidator(KINDS);
  });

  for (const page of pages().filter((one) => blocksOf(one).some(isPolicy))) {
    it(`of ${page.path} are valid, without a warning`, () => {
      const problems = blocksOf(page)
        .filter(isPolicy)
        .flatMap((block) => problemsOf(block, validate));
      expect(problems).to.deep.equal([]);
    });
  }

  it('are seen by this test at all, and a wrong one is refused', () => {
    expect(pages().flatMap(blocksOf).filter(isPolicy).length).to.be.greaterThan(3);
    expect(problemsOf({ text: 'apiVersion: keyturn/v1\nkind: kv-random\nid: a\n' }, validate)).to.not.deep.equal([]);
  });
});
