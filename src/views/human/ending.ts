import type { ChangeResult } from '../../domain/events.js';
import { endingLists } from '../ending-lists.js';
import { labelled, labelWidth } from './columns.js';
import type { HumanOptions } from './options.js';
import { gapTexts, OUTCOME_WORDS } from './outcome.js';
import { penOf, type Hue, type Pen } from './pen.js';

const INDENT = 2;
/** Less room than this beside the ids: every text goes below its id. */
const LEAST_TEXT = 48;

/**
 * How every apply ends: four lists that partition the run, each item with its reason, the measured gap and the exact next command, then
 * `Apply: 1 done, 0 failed, 0 not started, 0 needing attention.`, which is an interface as the plan's summary is. Ends with a line feed.
 */
export function renderEnding(results: readonly ChangeResult[], options: HumanOptions): string {
  const pen = penOf(options);
  const lists = endingLists(results);
  const width = labelWidth(results.map((result) => pen.clean(result.id))) + 1;
  const blocks = [
    listBlock('Done', 'green', lists.done, width, pen),
    listBlock('Failed', 'red', lists.failed, width, pen),
    listBlock('Not started', 'dim', lists.notStarted, width, pen),
    listBlock('Needs attention', 'yellow', lists.needsAttention, width, pen),
  ];
  const counts = [
    `${lists.done.length} done`,
    `${lists.failed.length} failed`,
    `${lists.notStarted.length} not started`,
    `${lists.needsAttention.length} needing attention`,
  ];
  return `${blocks.flat().join('\n')}\n\n${pen.paint('bold', `Apply: ${counts.join(', ')}.`)}\n`;
}

function listBlock(
  title: string,
  hue: Hue,
  results: readonly ChangeResult[],
  width: number,
  pen: Pen,
): readonly string[] {
  if (results.length === 0) return [`${title}: none`];
  return [pen.paint(hue, `${title}:`), ...results.flatMap((result) => itemLines(result, width, pen))];
}

function itemLines(result: ChangeResult, width: number, pen: Pen): readonly string[] {
  const reason = result.reason === undefined ? [] : [pen.clean(result.reason)];
  const text = [OUTCOME_WORDS[result.outcome], ...reason, ...gapTexts(result.gap)].join('; ');
  const beside = pen.width - width - INDENT >= LEAST_TEXT;
  const id = pen.clean(result.id);
  const lines = beside ? labelled(id, text, width, INDENT, pen) : [`  ${id}`, ...labelled('', text, 4, INDENT, pen)];
  const indent = ' '.repeat(INDENT + (beside ? width : 4));
  return result.next === undefined ? lines : [...lines, `${indent}next:  ${pen.clean(result.next)}`];
}
