/** The segments of a JSON pointer (RFC 6901), unescaped; '' names the whole value and has none. */
export function segmentsOf(pointer: string): readonly string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The part of a value at a path; undefined: there is none. Own keys only. */
export function partOf(value: unknown, path: readonly (string | number)[]): unknown {
  let part = value;
  for (const segment of path) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, segment)) return undefined;
    part = (part as { readonly [key: string]: unknown })[segment];
  }
  return part;
}
