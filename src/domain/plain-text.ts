/**
 * Characters that steer a terminal, reorder a line or cannot be seen: controls (C0, DEL, C1), format characters (bidi overrides and
 * isolates, zero-width and tag characters), line and paragraph separators, lone surrogates, and whatever else Unicode lets a display
 * leave out (DerivedCoreProperties: Default_Ignorable_Code_Point, which has fillers and variation selectors).
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
]);

/** `\u{202e}`: what stands in place of a character that must not reach a terminal. */
function visibleEscape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * Text from YAML, servers or the command line as one line that is safe to show: every hidden character becomes a visible escape
 * (`\n`, `\t`, `\u{1b}`, `\u{202e}`), so that no text can move the cursor, colour, reorder, or start a line of its own.
 */
export function plainText(text: string): string {
  return text.replace(HIDDEN, (character) => SHORT.get(character) ?? visibleEscape(character));
}

/** As plainText, and every character outside ASCII becomes an escape too: for terminals that do not speak UTF-8. */
export function asciiText(text: string): string {
  return plainText(text).replace(/[^\x20-\x7e]/gu, visibleEscape);
}

/**
 * JSON text in which every hidden character is written as a `\uXXXX` escape. It parses to the same value and can be shown raw: JSON itself escapes
 * C0 controls and lone surrogates only (RFC 8259 section 7), which leaves C1 controls, bidi overrides and U+2028/2029 as they are.
 */
export function escapeJson(json: string): string {
  return json.replace(HIDDEN, (character) => (character === '\n' ? character : utf16Escapes(character)));
}

function utf16Escapes(character: string): string {
  let text = '';
  for (let i = 0; i < character.length; i++) {
    text += String.raw`\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }
  return text;
}
