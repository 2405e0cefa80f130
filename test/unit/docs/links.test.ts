import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../support/real/components.js';
import { type Page, pages, proseOf } from './pages.js';

/** Targets of links that do not leave the project. */
function linksOf(page: Page): readonly string[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Anchors as GitLab and GitHub make them: lower case, punctuation gone, spaces to dashes. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function brokenLinks(page: Page): readonly string[] {
  return linksOf(page).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page.path : relative('.', join(dirname(page.path), path));
    const file = join(projectRoot, target);
    if (target.startsWith('..') || !existsSync(file)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
  });
}

describe('[U] links in documents', () => {
  for (const page of pages()) {
    it(`of ${page.path} lead to a file and a heading that are there`, () => {
      expect(brokenLinks(page)).to.deep.equal([]);
    });
  }

  it('are seen by this test at all', () => {
    expect(pages().flatMap(linksOf).length).to.be.greaterThan(20);
    expect(
      brokenLinks({ path: 'docs/x.md', text: '[a](nowhere.md) [b](../README.md#no-such-heading)' }),
    ).to.have.length(2);
  });
});
