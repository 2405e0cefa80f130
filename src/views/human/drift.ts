import type { DriftReport } from '../../domain/outputs.js';
import type { HumanOptions } from './options.js';
import { counted, penOf } from './pen.js';
import { columnsOfEntries, entryLines, entryOfNotice } from './plan-entries.js';

/**
 * `keyturn drift`: only what nobody asked for, then what could not be looked at. The last line is an interface, as the plan's summary is:
 * `Drift: 1 drifted, 0 not observed; 8 looked at.` Ends with a line feed.
 */
export function renderDrift(report: DriftReport, options: HumanOptions): string {
  const pen = penOf(options);
  const entries = [...report.drift, ...report.unobserved].map((notice) => entryOfNotice(notice, options.now, pen));
  const columns = columnsOfEntries(entries, pen);
  const summary = `Drift: ${report.drift.length} drifted, ${report.unobserved.length} not observed; ${report.looked} looked at.`;
  const blocks = entries.map((entry) => entryLines(entry, columns, pen).join('\n'));
  return `${[headline(report), ...blocks, pen.paint('bold', summary)].join('\n\n')}\n`;
}

function headline(report: DriftReport): string {
  const found = report.drift.length;
  if (found > 0)
    return `${counted(found, 'secret')} differ${found === 1 ? 's' : ''} from what keyturn made and from what a policy asks for:`;
  return report.unobserved.length === 0 ? 'No drift.' : 'No drift in what could be looked at.';
}
