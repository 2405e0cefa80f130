import type { DiagnosticCode } from '../domain/catalogue.js';
import type { Diagnostic } from '../domain/diagnostic.js';
import { partOf, segmentsOf } from '../domain/json-pointer.js';
import type { ShapeProblem, Validate } from '../domain/shape.js';
import { aboutOf, pathText, type PolicyDocument } from './document.js';
import { suggestion } from '../domain/nearest.js';
import type { Path } from './yaml.js';

type Subject = Pick<PolicyDocument, 'role' | 'info' | 'value' | 'locate'>;

/** Checks a document against the schema of its kind; each problem gets the place of the key or value it is about. */
export function shapeDiagnostics(subject: Subject, validate: Validate): readonly Diagnostic[] {
  const about = aboutOf(subject);
  return problemsIn(subject, validate).map((problem) => ({ ...diagnosticOf(problem, subject), ...about }));
}

function problemsIn({ role, info, value }: Subject, validate: Validate): readonly ShapeProblem[] {
  if (role === 'Schedules') return validate('schedules', value);
  if (role === 'Settings') return validate('settings', value);
  const common = validate('policy-common', value).filter(
    ({ pointer, key }) => pointer !== '/kind' && !(pointer === '' && key === 'kind'),
  );
  const { spec = {} } = value;
  if (info === undefined || typeof spec !== 'object' || spec === null || Array.isArray(spec)) return common;
  const own = validate(`spec-${info.kind}`, spec).map((problem) => ({
    ...problem,
    pointer: `/spec${problem.pointer}`,
  }));
  return [...common, ...own];
}

const CODES: { readonly [type in ShapeProblem['type']]: DiagnosticCode } = {
  unknownKey: 'KT1103',
  missingKey: 'KT1104',
  value: 'KT1105',
  choice: 'KT1106',
};

function diagnosticOf(problem: ShapeProblem, subject: Subject): Diagnostic {
  const path = segmentsOf(problem.pointer);
  const severity = 'error';
  const code = CODES[problem.type];
  const within = path.length === 0 ? 'the document' : `\`${pathText(path)}\``;
  if (problem.type === 'unknownKey') return { severity, code, ...unknownKey(problem, path, subject) };
  const summary = `${within} ${problem.message}`;
  if (problem.type !== 'value') return { severity, code, summary, source: subject.locate(path, 'key') };
  const { key } = problem;
  const source = key === undefined ? subject.locate(path) : subject.locate([...path, key], 'key');
  return { severity, code, summary, ...valueAction(problem, partOf(subject.value, path)), source };
}

function unknownKey({ key = '', known = [] }: ShapeProblem, path: Path, { locate }: Subject) {
  const summary = `unknown key \`${key}\`${path.length === 0 ? '' : ` in \`${pathText(path)}\``}`;
  return { summary, ...suggestion(key, known, 'keys'), source: locate([...path, key], 'key') };
}

function valueAction({ known, message }: ShapeProblem, found: unknown): { readonly action?: string } {
  if (known !== undefined && typeof found === 'string') return suggestion(found, known, 'values');
  if (message.startsWith('must be a text, not') && (typeof found === 'number' || typeof found === 'boolean'))
    return { action: 'Put quotes around it' };
  return {};
}
