import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { projectRoot } from '../../support/real/components.js';
import { pageAt, tableBelow } from './pages.js';

interface Rule {
  readonly name: string;
  readonly from: { readonly path?: string };
  readonly to: { readonly pathNot?: string };
}

/** Folder -> what its rule lets it import, itself left out. */
async function rules(): Promise<ReadonlyMap<string, readonly string[]>> {
  const url = pathToFileURL(join(projectRoot, '.dependency-cruiser.mjs')).href;
  const { default: config } = (await import(url)) as { default: { forbidden: readonly Rule[] } };
  const arrows = config.forbidden.filter(({ name }) => name.includes('-imports-only-'));
  return new Map(
    arrows.map(({ from, to }) => {
      const folder = /\^src\/(\w+)\//.exec(from.path ?? '')?.[1] ?? '';
      const allowed = /\(([^)]*)\)/.exec(to.pathNot ?? '')?.[1]?.split('|') ?? [];
      return [folder, allowed.filter((name) => name !== folder)] as const;
    }),
  );
}

describe('[U] docs/architecture.md', () => {
  const page = pageAt('docs/architecture.md');
  const folders = tableBelow(page, '## Folders and arrows');

  it('names every folder of src', () => {
    const found = readdirSync(join(projectRoot, 'src'), { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(folders.map(([name]) => name)).to.have.members(found.map(({ name }) => name));
  });

  it('lets a folder import what the rules let it import', async () => {
    const known = await rules();
    expect(known.size).to.be.greaterThan(10);
    for (const [name = '', , imports = ''] of folders)
      expect(imports.split(', ').filter(Boolean), name).to.have.members([...(known.get(name) ?? [])]);
  });

  it('names every file that it sends a reader to', () => {
    const named = [...page.text.matchAll(/`((?:app|planner|executor|commands|views|adapters|src|test)\/[\w./-]+)`/g)];
    const missing = named
      .map(([, path = '']) => (/^(src|test)\//.test(path) ? path : `src/${path}`))
      .filter((path) => !exists(path));
    expect(missing).to.deep.equal([]);
    expect(named.length).to.be.greaterThan(10);
  });

  it('names every port', () => {
    const source = readFileSync(join(projectRoot, 'src', 'domain', 'ports.ts'), 'utf8');
    // A port has methods; the other interfaces are what its methods take and give.
    const ports = source
      .split(/^export interface /m)
      .slice(1)
      .filter((text) => /^ {2}\w+\(/m.test(text) || text.startsWith('VaultSession'))
      .map((text) => /^\w+/.exec(text)?.[0] ?? '');
    expect(tableBelow(page, '## Ports').map(([name]) => name)).to.have.members(ports);
  });
});

function exists(path: string): boolean {
  const parts = path.split('/');
  return readdirSync(join(projectRoot, ...parts.slice(0, -1))).includes(parts.at(-1) ?? '');
}
