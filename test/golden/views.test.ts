import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { render, type GoldenInput } from './render.js';

/*
 * Each folder is a case: input.json (the view, "now", the data), the files that diagnostics point into, and one text per set of options, named by them:
 * `80.txt`, `60-ascii.txt`, `120-details.txt`, `80-colour.txt`. KEYTURN_WRITE_GOLDEN=1 writes the texts anew; read the difference before keeping it.
 */
const ROOT = join(process.cwd(), 'test/golden');
const WRITE = process.env['KEYTURN_WRITE_GOLDEN'] === '1';

const WORDS = {
  ascii: { unicode: false },
  colour: { colour: true },
  details: { details: true },
  brief: { brief: true },
  saved: { savedTo: 'out dir/plan.json', automation: false },
  person: { automation: false },
  live: { live: true },
} as const;

function optionsOf(name: string): Parameters<typeof render>[2] {
  const [width = '', ...words] = name.replace(/\.txt$/, '').split('-');
  const chosen = words.map((word) => WORDS[word as keyof typeof WORDS]);
  expect(chosen, `unknown word in ${name}`).not.to.include(undefined);
  return Object.assign({ width: width === 'any' ? Infinity : Number(width) }, ...chosen) as Parameters<typeof render>[2];
}

function sourcesOf(folder: string): ReadonlyMap<string, string> {
  const files = existsSync(join(folder, 'policies')) ? readdirSync(join(folder, 'policies')) : [];
  return new Map(files.sort().map((file) => [`policies/${file}`, readFileSync(join(folder, 'policies', file), 'utf8')]));
}

describe('[G] what a person sees', () => {
  const cases = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => existsSync(join(ROOT, entry.name, 'input.json')));
  it('has cases', () => {
    expect(cases.length).to.be.greaterThan(10);
  });
  for (const { name } of cases) {
    const folder = join(ROOT, name);
    const input = JSON.parse(readFileSync(join(folder, 'input.json'), 'utf8')) as GoldenInput;
    const texts = readdirSync(folder).filter((file) => file.endsWith('.txt'));
    it(`${name} has at least one text`, () => {
      expect(texts).not.to.deep.equal([]);
    });
    for (const text of texts) {
      it(`${name}/${text} is exactly what the view makes of its input`, () => {
        const shown = render(input, sourcesOf(folder), optionsOf(text));
        if (WRITE) writeFileSync(join(folder, text), shown);
        expect(shown).to.equal(readFileSync(join(folder, text), 'utf8'));
      });
    }
  }
});
