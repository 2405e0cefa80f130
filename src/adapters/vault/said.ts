import type { Material } from '../../domain/material.js';

/** Shorter runs of characters appear in any text by chance. */
const TELLING = 6;
const LONGEST = 240;

/**
 * What a server said, fit to be shown: its messages joined on one line, shortened, and withheld as a whole where they
 * repeat as much as six characters in a row of anything secret that the request carried, plain or encoded. Servers do echo requests.
 */
export function quotable(messages: readonly string[], secrets: readonly Material[]): string | undefined {
  const lines = messages.map((message) => message.replace(/\s+/g, ' ').trim());
  const text = lines.filter((line) => line !== '').join('; ');
  if (text === '') return undefined;
  if (secrets.some((secret) => repeats(text, secret.expose())))
    return 'its message repeats parts of the request and is not shown';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

function repeats(text: string, secret: string): boolean {
  const forms = [secret, JSON.stringify(secret).slice(1, -1), urlEncoded(secret)];
  const bytes = Buffer.from(secret, 'utf8');
  forms.push(bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex'));
  return forms.some((form) => sharesRun(text, form.replace(/\s+/g, ' ')));
}

function sharesRun(text: string, form: string): boolean {
  if (form.length < TELLING) return form !== '' && text.includes(form);
  for (let i = 0; i + TELLING <= form.length; i += 1) if (text.includes(form.slice(i, i + TELLING))) return true;
  return false;
}

/** A lone surrogate cannot be URL-encoded, so no server can echo it that way. */
function urlEncoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret;
  }
}
