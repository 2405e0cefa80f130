import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';
import { rotatorsByKind } from '../../../src/app/rotators.js';
import { loadValidator } from '../../../src/formats/validator.js';
import { parsePolicies } from '../../../src/policy/parse.js';
import { differences, generatedFiles } from '../../../scripts/generate.js';
import { lines } from '../policy/support.js';

const kinds = [...rotatorsByKind(() => '').values()];

function yamlFiles(): readonly string[] {
  return readdirSync('policies', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join('policies', name));
}

describe("[U] the repository's own policies", () => {
  it('are valid without a warning', async () => {
    const files = yamlFiles().map((path) => ({ path, bytes: readFileSync(path) }));
    const parsed = parsePolicies(files, kinds, await loadValidator(kinds));
    expect(lines(parsed)).to.deep.equal([]);
    expect(parsed.inventory?.policies.map(({ id }) => id)).to.include('ai-gateway/litellm-master-key');
  });

  it('begin with the line that tells editors their schema, and the schema is there', () => {
    for (const path of yamlFiles()) {
      const named = /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
      expect(normalize(join(dirname(path), named)), path).to.equal('schemas/policy.schema.json');
    }
    expect([...generatedFiles().keys()]).to.include('schemas/policy.schema.json');
  });
});

describe('[U] generated schemas', () => {
  it('are what the code says', () => {
    expect(differences('.').filter((path) => path.startsWith('schemas/'))).to.deep.equal([]);
  });

  it('are the same each time, and end with a line feed', () => {
    const schemas = () => [...generatedFiles()].filter(([path]) => path.startsWith('schemas/'));
    expect(schemas()).to.deep.equal(schemas());
    for (const [path, text] of schemas()) expect(text.endsWith('\n'), path).to.equal(true);
  });
});
