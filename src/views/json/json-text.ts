import { escapeJson } from '../../domain/plain-text.js';

/** One line of JSON with a line feed; every hidden character is an escape, so that the text can be shown raw and read by line. */
export function jsonLine(value: unknown): string {
  return `${escapeJson(JSON.stringify(value))}\n`;
}

/** Indented JSON with a line feed, for a single document that people may look at too. */
export function jsonDocument(value: unknown): string {
  return `${escapeJson(JSON.stringify(value, undefined, 2))}\n`;
}
