/** A line of a suite's counts, between the lines that the reporter prints: what it tried, how much of it, from which seed. */
export function figure(text: string): void {
  process.stdout.write(`    ${text}\n`);
}
