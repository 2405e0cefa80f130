import type { Json } from '../../src/domain/json.js';

/** Parts of a page, a blank line between them. */
export function page(...parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** A sentence with its full stop, from a fragment or a sentence. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}

/** A text, or '' for anything else. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A value as a person writes it in YAML on one line. */
export function flow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => flow(item)).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).length === 0 ? '{}' : `{ ${pairs(value as { [key: string]: Json })} }`;
  return typeof value === 'string' && !/^[A-Za-z/][A-Za-z0-9_/.%:-]*$|^\d+[wdhms]$|^\d{4}-\d\d-\d\d$/.test(value)
    ? JSON.stringify(value)
    : String(value);
}

function pairs(object: { readonly [key: string]: Json }): string {
  return Object.entries(object)
    .map(([key, value]) => `${key}: ${flow(value)}`)
    .join(', ');
}
