import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../support/real/components.js';

/** One page of the project's documents; its path is relative to the root. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

/** README, CHANGELOG and everything below docs. */
export function pages(): readonly Page[] {
  const inDocs = readdirSync(join(projectRoot, 'docs'), { recursive: true })
    .map((name) => join('docs', String(name)))
    .filter((path) => path.endsWith('.md'));
  return ['README.md', 'CHANGELOG.md', ...inDocs].map((path) => ({
    path,
    text: readFileSync(join(projectRoot, path), 'utf8'),
  }));
}

const FENCE = /^( *)```(\w*)[^\n]*\n([^]*?)\n? *```$/gm;

export function blocksOf({ path, text }: Page): readonly Block[] {
  return [...text.matchAll(FENCE)].map(([, indent = '', language = '', content = '']) => ({
    page: path,
    language,
    text: content
      .split('\n')
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
      .join('\n'),
  }));
}

/** The page without its blocks. */
export function proseOf({ text }: Page): string {
  return text.replace(FENCE, '');
}

/** Texts in single backticks outside of blocks. */
export function inlineCode(page: Page): readonly string[] {
  return [...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The cells of every row of the first table below a heading. */
export function tableBelow(page: Page, heading: string): readonly (readonly string[])[] {
  const after = page.text.split(`\n${heading}\n`)[1] ?? '';
  const lines = after.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

export function pageAt(path: string): Page {
  return { path, text: readFileSync(join(projectRoot, path), 'utf8') };
}
