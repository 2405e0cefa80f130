import { expect } from 'chai';
import { type CliResult, said } from '../cli.js';

/** It ended with this code and said all of this, on whichever stream; line breaks and indentation do not count. */
export function expectEnd(result: CliResult, code: number, ...phrases: readonly string[]): void {
  expect(result.code, said(result)).to.equal(code);
  const text = (result.stdout + result.stderr).replace(/\s+/g, ' ');
  for (const phrase of phrases) expect(text.includes(phrase), `"${phrase}" in: ${said(result)}`).to.equal(true);
}
