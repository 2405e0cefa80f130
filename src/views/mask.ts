/**
 * Shapes of well-known credentials: provider keys with a prefix, Vault and GitLab tokens, AWS ids, JWTs. Digits are asked for where the prefix
 * alone could begin an ordinary name.
 */
const KNOWN = new RegExp(
  [
    String.raw`\b(?:sk|xai|pk|rk)-(?=[\w-]{0,80}\d[\w-]{0,80}\d)[\w-]{16,}`,
    String.raw`\b(?:hvs|hvb|hvr)\.[\w-]{16,}`,
    String.raw`\b[sbr]\.[A-Za-z0-9]{24,}`,
    String.raw`\bgl[a-z]{2,6}-[\w-]{16,}`,
    String.raw`\b(?:gh[opsru]|github_pat)_\w{20,}`,
    String.raw`\bxox[a-z]-[\w-]{10,}`,
    String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
    String.raw`\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?`,
  ].join('|'),
  'g',
);
/** A long unbroken run of mixed-case letters and digits is how generated values look; names of things do not look so. */
const RANDOM =
  /(?<![\w+])(?=[A-Za-z0-9+]*\d[A-Za-z0-9+]*\d)(?=[A-Za-z0-9+]*[a-z])(?=[A-Za-z0-9+]*[A-Z])[A-Za-z0-9+]{20,}={0,2}/g;
/** The password of a URL's user info (RFC 3986 section 3.2.1). */
const USER_INFO = /(?<=\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,200}:)[^\s/@]+(?=@)/gi;
const LONG_HEX = /(?<!\w)(?=[a-fA-F]*\d)[0-9a-fA-F]{32,}(?!\w)/g;

const PROSE = [USER_INFO, KNOWN, RANDOM];
const SOURCE = [...PROSE, LONG_HEX];

/** What stands in place of such a text; says nothing about its length. */
export const MASK = '[looks like a credential]';

/** A stretch of a text in UTF-16 code units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Hides what looks like a credential in prose: diagnostics may quote what a person wrote, and a value pasted into a policy by mistake must not go on
 * into a CI log. Digests and commit ids in hex stay: messages about plans name them.
 */
export function maskProse(text: string): string {
  let shown = '';
  let at = 0;
  for (const span of spansOf(text, PROSE)) {
    shown += text.slice(at, span.start) + MASK;
    at = span.end;
  }
  return shown + text.slice(at);
}

/** Where a line of source holds what looks like a credential, long hex included: a digest is never needed there, and a generated key may be hex. */
export function credentialSpans(line: string): readonly Span[] {
  return spansOf(line, SOURCE);
}

function spansOf(text: string, patterns: readonly RegExp[]): readonly Span[] {
  const found = patterns
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .map((match) => ({ start: match.index, end: match.index + match[0].length }));
  found.sort((a, b) => a.start - b.start);
  const merged: { start: number; end: number }[] = [];
  for (const span of found) {
    const last = merged.at(-1);
    if (last !== undefined && span.start < last.end) last.end = Math.max(last.end, span.end);
    else merged.push(span);
  }
  return merged;
}
