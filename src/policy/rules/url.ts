export interface ParsedUrl {
  /** Why it cannot be called, as the end of a sentence. */
  readonly problem?: string;
  readonly secure: boolean;
  /** The host is this machine itself: nothing travels. */
  readonly sameMachine: boolean;
}

const LOOPBACK = /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** An absolute http or https URL that says everything outside of user info and fragment. */
export function parseUrl(text: string): ParsedUrl {
  const nothing = { secure: false, sameMachine: false };
  if (!URL.canParse(text)) return { ...nothing, problem: 'is not one that can be called' };
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { ...nothing, problem: 'is neither http nor https' };
  if (url.username !== '' || url.password !== '')
    return { ...nothing, problem: 'holds a user or password; credentials do not belong into policies' };
  if (url.hash !== '' || text.endsWith('#')) return { ...nothing, problem: 'has a fragment, which is never sent' };
  return { secure: url.protocol === 'https:', sameMachine: LOOPBACK.test(url.hostname) };
}
