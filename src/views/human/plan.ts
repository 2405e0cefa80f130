import type { Change, Notice, NoticeState, Plan } from '../../domain/plan.js';
import { renderDiagnostics } from './diagnostics.js';
import type { HumanOptions } from './options.js';
import { counted, penOf, shellWord, type Pen } from './pen.js';
import { detailLines } from './plan-details.js';
import * as entries from './plan-entries.js';
import { proofWarnings, stepLines } from './plan-steps.js';
import { digestLine, planSummary } from './plan-summary.js';
import { legendEntries, signOfAction, signOfVerb, type SignMeaning } from './symbols.js';
import { wrapText, wrapTokens } from './width.js';

export interface PlanOptions extends HumanOptions {
  /** Everything, for an approver: all steps, the way back, bindings, the whole digest. */
  readonly details?: boolean;
  /** One line per secret, without steps. Left out: steps are shown while the plan is short enough to be read. */
  readonly brief?: boolean;
  /** The file that the plan was saved to; a hint how to apply it follows, but not in automation. */
  readonly savedTo?: string;
}

/** Up to so many changes (and so many notices) get a block each; more get one line each, so that a plan of a thousand can be read. */
const BLOCKS = 20;

/** The riskiest last, where a person at a prompt sees them. */
const NOTICE_ORDER: readonly NoticeState[] = [
  'suspended',
  'deferred',
  'held',
  'waiting',
  'warning',
  'drift',
  'unobserved',
  'blocked',
];

interface Drawing {
  readonly plan: Plan;
  readonly options: PlanOptions;
  readonly pen: Pen;
  readonly changes: readonly { readonly change: Change; readonly entry: entries.Entry }[];
  readonly notices: readonly entries.Entry[];
  readonly columns: entries.Columns;
  /** Are the steps of the changes shown? */
  readonly steps: boolean;
}

/**
 * The plan as a person approves it: what will be done and why, what will not be done and why, the summary, and last what refuses it (a refused plan is
 * shown all the same). Ends with a line feed.
 */
export function renderPlan(plan: Plan, options: PlanOptions): string {
  const drawing = drawingOf(plan, options);
  const parts = [
    ...headlines(plan).map((text) => wrapText(text, options.width).join('\n')),
    ...changeParts(drawing),
    ...noticeParts(drawing),
    ...legendPart(drawing),
    tail(drawing),
  ];
  return `${parts.join('\n\n')}\n${refusalText(plan, options)}`;
}

function drawingOf(plan: Plan, options: PlanOptions): Drawing {
  const pen = penOf(options);
  const changes = plan.changes.map((change) => ({ change, entry: entries.entryOfChange(change, options.now, pen) }));
  const notices = inOrder(plan.notices).map((notice) => entries.entryOfNotice(notice, options.now, pen));
  const columns = entries.columnsOfEntries([...changes.map(({ entry }) => entry), ...notices], pen);
  return { plan, options, pen, changes, notices, columns, steps: showsBlocks(changes, options) };
}

function inOrder(notices: readonly Notice[]): readonly Notice[] {
  return NOTICE_ORDER.flatMap((state) => notices.filter((notice) => notice.state === state));
}

function showsBlocks(list: readonly unknown[], options: PlanOptions): boolean {
  return options.details === true || !(options.brief ?? list.length > BLOCKS);
}

function headlines(plan: Plan): readonly string[] {
  const part = plan.complete ? [] : ['This plan is not complete: some secrets could not be looked at.'];
  return [...part, headline(plan)];
}

function headline(plan: Plan): string {
  if (plan.changes.length > 0) {
    return plan.refusals.length > 0
      ? 'keyturn would perform the following actions, but this plan is refused:'
      : 'keyturn will perform the following actions:';
  }
  if (plan.notices.length > 0) return 'No changes. What follows waits, is held back or is worth knowing:';
  return plan.complete ? 'No changes. Every secret is as its policy demands.' : 'No changes.';
}

function changeParts({ changes, columns, options, pen, steps }: Drawing): readonly string[] {
  if (changes.length === 0) return [];
  if (!steps) return [changes.map(({ entry }) => entries.compactLine(entry, columns, pen)).join('\n')];
  return changes.map(({ change, entry }) => {
    const details = options.details === true ? detailLines(change, pen) : [];
    return [...entries.entryLines(entry, columns, pen), ...stepLines(change, pen), ...details].join('\n');
  });
}

function noticeParts({ notices, columns, options, pen }: Drawing): readonly string[] {
  if (notices.length === 0) return [];
  if (!showsBlocks(notices, options))
    return [notices.map((entry) => entries.compactLine(entry, columns, pen)).join('\n')];
  return notices.map((entry) => entries.entryLines(entry, columns, pen).join('\n'));
}

function legendPart(drawing: Drawing): readonly string[] {
  const { changes, pen, steps, options } = drawing;
  const used = usedSigns(drawing);
  if (used.size === 0) return [];
  const texts = legendEntries(used, pen);
  const tokens = texts.map((text, i) => (i === texts.length - 1 ? text : `${text},`));
  const hidden = `The steps of ${counted(changes.length, 'change')} are left out; --details shows them.`;
  const remark = steps || changes.length === 0 ? [] : wrapText(hidden, options.width);
  return [[...remark, ...wrapTokens(['Symbols:', ...tokens], options.width)].join('\n')];
}

function usedSigns({ changes, notices, steps }: Drawing): ReadonlySet<SignMeaning> {
  const shown = steps ? changes.map(({ change }) => change) : [];
  const warned = notices.length > 0 || shown.some((change) => proofWarnings(change).length > 0);
  return new Set<SignMeaning>([
    ...changes.map(({ change }) => signOfAction(change.action)),
    ...shown.flatMap((change) => change.steps.map((step) => signOfVerb(step.verb))),
    ...(warned ? (['notice'] as const) : []),
  ]);
}

function tail({ plan, options, pen }: Drawing): string {
  return [
    pen.paint('bold', planSummary(plan)),
    digestLine(plan, pen, options.details === true),
    ...hint(plan, options, pen),
  ].join('\n');
}

function hint(plan: Plan, options: PlanOptions, pen: Pen): readonly string[] {
  if (options.savedTo === undefined || options.automation || plan.refusals.length > 0) return [];
  const file = pen.clean(shellWord(options.savedTo));
  return ['', 'Saved. To do exactly this, or less where less is left to do:', `  keyturn apply ${file}`];
}

function refusalText(plan: Plan, options: PlanOptions): string {
  if (plan.refusals.length === 0) return '';
  const problems = renderDiagnostics(plan.refusals, new Map(), { ...options, automation: true });
  return `\n${problems}This plan is refused: apply does nothing.\n`;
}
