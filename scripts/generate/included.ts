import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fenced } from './markdown.js';

/**
 * Pages that show files of the project, whole: a comment that names the file, then its text in a block. Writing anew puts the text that the
 * file has now into the block, so that no page shows another one.
 */
export const included = {
  folder: 'docs',
  ending: '.md',
  files: (): ReadonlyMap<string, string> =>
    new Map(pages().map((path) => [path, withFiles(readFileSync(path, 'utf8'))] as const)),
};

function pages(): readonly string[] {
  const inDocs = readdirSync('docs').filter((name) => name.endsWith('.md'));
  return ['README.md', ...inDocs.map((name) => `docs/${name}`)].filter((path) => existsSync(path));
}

const BLOCK = /<!-- file: (\S+) -->\n+```(\w+)\n(?:[^]*?\n)?```/g;

function withFiles(text: string): string {
  return text.replace(BLOCK, (_, path: string, language: string) => {
    const block = fenced(language, readFileSync(path, 'utf8'));
    return `<!-- file: ${path} -->\n\n${block}`;
  });
}
