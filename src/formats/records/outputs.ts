import type {
  DriftOutput,
  ErrorOutput,
  HistoryOutput,
  OutputName,
  StatusOutput,
  ValidateOutput,
  VersionOutput,
  WhyOutput,
} from '../../domain/outputs.js';
import { OUTPUT_FORMATS } from '../../domain/outputs.js';
import { count, flag, listOf, objectOf, type Schema, text, time } from '../schema.js';
import { DIAGNOSTIC } from './common.js';
import { EVENT_LINE } from './events.js';
import { HISTORY_ENTRY } from './journal.js';
import { NOTICE } from './plan.js';
import { STATUS, WHY } from './status.js';

const format = (name: OutputName): Schema => ({
  type: 'string',
  const: OUTPUT_FORMATS[name],
  description: 'Format of this output.',
});
const PROBLEMS = listOf(DIAGNOSTIC, 'Problems, sorted by place.');

/** What commands print with `--json`; the compiler asks for every name of OUTPUT_FORMATS. */
export const OUTPUTS: { readonly [name in OutputName]: Schema } = {
  validate: objectOf<ValidateOutput>('`keyturn validate --json`.', {
    format: format('validate'),
    valid: flag('No errors; warnings may remain.'),
    errorCount: count('Number of errors.'),
    warningCount: count('Number of warnings.'),
    diagnostics: PROBLEMS,
  }),
  status: objectOf<StatusOutput>('`keyturn status --json`.', {
    format: format('status'),
    at: time('The instant that due dates were judged at.'),
    secrets: listOf(STATUS, 'One entry per secret.'),
  }),
  drift: objectOf<DriftOutput>('`keyturn drift --json`.', {
    format: format('drift'),
    at: time('When it was looked.'),
    drift: listOf(NOTICE, 'What nobody asked for.'),
    unobserved: listOf(NOTICE, 'What could not be looked at.'),
    looked: count('How many secrets were looked at.'),
  }),
  why: objectOf<WhyOutput>('`keyturn why ID --json`.', { format: format('why'), ...WHY }),
  history: objectOf<HistoryOutput>('`keyturn history --json`.', {
    format: format('history'),
    entries: listOf(HISTORY_ENTRY, 'Newest first.'),
  }),
  version: objectOf<VersionOutput>('`keyturn version --json`.', {
    format: format('version'),
    version: text('Version of keyturn.'),
    node: text('Version of Node.js.'),
    platform: text('Operating system and architecture.'),
  }),
  error: objectOf<ErrorOutput>('What any command prints with `--json` when it could not do its work.', {
    format: format('error'),
    exitCode: count('Exit code of the process.'),
    diagnostics: PROBLEMS,
  }),
  events: EVENT_LINE,
};
