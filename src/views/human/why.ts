import type { Why } from '../../domain/status.js';
import { labelled, labelWidth } from './columns.js';
import type { HumanOptions } from './options.js';
import { penOf } from './pen.js';
import { placeText } from './plan-entries.js';
import { withRelative } from './relative.js';
import { wrapTokens } from './width.js';

/** `keyturn why ID`: the arithmetic of one secret as labelled facts, and the conclusion last. Ends with a line feed. */
export function renderWhy(why: Why, options: HumanOptions): string {
  const pen = penOf(options);
  const place = why.source === undefined ? [] : [`  ${placeText(why.source, pen)}`];
  const head = wrapTokens([pen.paint('bold', pen.clean(why.id)), `  ${pen.clean(why.kind)}`, ...place], pen.width);
  const facts = why.facts.map(
    ({ label, text }) => [pen.clean(label), withRelative(pen.clean(text), options.now)] as const,
  );
  const width = labelWidth(facts.map(([label]) => label));
  const lines = facts.flatMap(([label, text]) => labelled(label, text, width, 2, pen));
  const conclusion = labelled('', pen.clean(why.conclusion), 0, 0, pen).map((line) => pen.paint('bold', line));
  return `${[...head, ...lines, '', ...conclusion].join('\n')}\n`;
}
