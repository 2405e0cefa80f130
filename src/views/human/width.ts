/**
 * Columns that a terminal gives a character: two for East Asian Wide and Fullwidth (UAX #11) and for what is drawn as an emoji by default, none for
 * combining marks and variation selectors.
 */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NONE = /[\p{Mn}\p{Me}]/u;
const ASCII = /^[\x20-\x7e]*$/;

/** Columns of one character (code point) of sanitised text. */
export function characterWidth(character: string): number {
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns of a sanitised text. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Spaces on the right until the text is `width` columns wide; longer text stays as it is. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** Cut to at most `width` columns, the last one being the mark where something was cut. */
export function cutTo(text: string, width: number, mark: string): string {
  if (textWidth(text) <= width) return text;
  const room = Math.max(0, width - textWidth(mark));
  let shown = '';
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > room) break;
    shown += character;
  }
  return shown + mark;
}

/**
 * Lines of at most `width` columns. A token is never broken, however long, so that a command or a path can be copied; one that begins with a space keeps
 * it (two spaces before a command) unless it starts a line. At least one line comes back.
 */
export function wrapTokens(tokens: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const token of tokens) {
    const joined = line === '' ? token.trimStart() : `${line} ${token}`;
    if (line !== '' && textWidth(joined) > width) {
      lines.push(line);
      line = token.trimStart();
    } else {
      line = joined;
    }
  }
  return [...lines, line];
}

/** A command as withAction writes it. */
const COMMAND = / (?<=:  )\S.*$/;

/** Words; what stands in backticks stays one token, and so does a command that withAction put at the end, so that it can be copied whole. */
export function proseTokens(text: string): readonly string[] {
  const command = COMMAND.exec(text);
  const words = (command === null ? text : text.slice(0, command.index)).match(/(?:`[^`]*`|\S)+/g) ?? [];
  return command === null ? words : [...words, command[0]];
}

/** `text: what to do`; two spaces before a command line, which is then never broken. */
export function withAction(text: string, action: string): string {
  const command = /^(?:keyturn|vault|bao|kubectl) .*[^.]$/.test(action);
  return `${text}:${command ? '  ' : ' '}${action}`;
}

/** Wraps at spaces. */
export function wrapText(text: string, width: number): readonly string[] {
  return wrapTokens(proseTokens(text), width);
}
