import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CATALOGUE } from '../../../src/domain/catalogue.js';
import { EXIT_CODES } from '../../../src/domain/exit-codes.js';
import type { Json, JsonObject } from '../../../src/domain/json.js';
import { registryOf } from '../../../src/formats/registry.js';
import { projectRoot } from '../../support/real/components.js';
import { inlineCode, pageAt, pages, tableBelow } from './pages.js';

/** Where the example of docs/writing-a-rotator.md would lie if it were a kind. */
const IMAGINED: ReadonlySet<string> = new Set(['src/rotators/numeric-code']);

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** Every list of allowed words in a schema. */
function enumsOf(value: Json): readonly (readonly Json[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap((item: Json) => enumsOf(item));
  const { enum: words } = value as JsonObject;
  return Array.isArray(words) ? [words, ...below] : below;
}

describe('[U] what the documents say', () => {
  const readme = pageAt('README.md').text;

  it('names the runtime, the tarball and the scripts of package.json', () => {
    const manifest = JSON.parse(read('package.json')) as {
      version: string;
      engines: { node: string };
      scripts: { [name: string]: string };
    };
    expect(readme).to.include(`Node ${/\d+\.\d+/.exec(manifest.engines.node)?.[0] ?? '?'} or newer`);
    expect(readme).to.include(`keyturn-${manifest.version}.tgz`);
    // npm's own commands; the rest are scripts.
    const own = new Set(['ci', 'install', 'pack', 'package']);
    const named = pages().flatMap(({ text }) => [...text.matchAll(/npm (?:run )?([a-z0-9-]+)/g)]);
    const unknown = named
      .map(([, script = '']) => script)
      .filter((script) => !own.has(script) && manifest.scripts[script] === undefined);
    expect(unknown).to.deep.equal([]);
  });

  it('names the tools that .ci/run looks for', () => {
    const tools = /^tools=\(([^)]*)\)/m.exec(read('.ci/run'))?.[1] ?? '';
    const packages = new Set(
      [...tools.matchAll(/:(\S+)/g)].map(([, name = '']) => name.replace(/^python3$/, 'Python 3')),
    );
    expect(packages.size).to.be.greaterThan(3);
    expect([...packages].filter((name) => !readme.includes(name))).to.deep.equal([]);
  });

  it('names files that are there', () => {
    const named = pages().flatMap((page) =>
      inlineCode(page).filter((code) => /^(src|test|scripts|docs|schemas|demo|\.ci)\/[a-z0-9./-]+$/.test(code)),
    );
    expect(named.length).to.be.greaterThan(15);
    expect(named.filter((path) => !IMAGINED.has(path) && !existsSync(join(projectRoot, path)))).to.deep.equal([]);
  });

  it('defines every state that status shows, and no other', () => {
    const make = registryOf([]).get('output-status');
    const states = enumsOf(make?.() ?? {}).find((words) => words.includes('stuck') && words.includes('settled'));
    const defined = tableBelow(pageAt('docs/glossary.md'), 'States of a secret, as `keyturn status` shows them:');
    expect(defined.map(([name]) => name)).to.have.members([...(states ?? [])]);
  });

  it('names codes that exist', () => {
    const known = new Set(Object.keys(CATALOGUE));
    const named = pages().flatMap(({ text }) => text.match(/\bKT\d{4}\b/g) ?? []);
    expect(named.filter((code) => !known.has(code))).to.deep.equal([]);
    const exits = new Set(Object.values(EXIT_CODES).map(({ code }) => String(code)));
    const used = pages().flatMap(({ text }) => [...text.matchAll(/exit code (\d+)/g)].map(([, code = '']) => code));
    expect(used.filter((code) => !exits.has(code))).to.deep.equal([]);
  });
});
