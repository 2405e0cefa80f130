import { resolve } from 'node:path';
import { readTextFile, writeFileAtomically } from '../adapters/files/text.js';
import type { Diagnostic } from '../domain/diagnostic.js';
import { isFault } from '../domain/fault.js';
import type { Plan } from '../domain/plan.js';
import { encodePlan, loadCodecs } from '../formats/codecs.js';
import { type Failure, failure } from './failure.js';
import type { Runtime } from './runtime.js';

/** Plans hold no secret: whoever may read the job's artifacts may read them. */
const PLAN_MODE = 0o644;

/** Saves a plan; the diagnostic says why it could not be. */
export async function savePlan(runtime: Runtime, file: string, plan: Plan): Promise<Diagnostic | undefined> {
  return saveText(runtime, file, encodePlan(plan), PLAN_MODE);
}

/** Writes a text; the diagnostic says why it could not be. */
export async function saveText(
  runtime: Runtime,
  file: string,
  text: string,
  mode: number,
): Promise<Diagnostic | undefined> {
  try {
    await writeFileAtomically(resolve(runtime.cwd, file), text, mode);
    return undefined;
  } catch (error) {
    if (!isFault(error)) throw error;
    return {
      severity: 'error',
      code: 'KT6003',
      summary: `\`${file}\` cannot be written: ${error.details.said}`,
      action: 'Name a file in a folder that exists and may be written to',
    };
  }
}

/** Reads a plan file, which is untrusted. */
export async function readPlan(
  runtime: Runtime,
  file: string,
): Promise<{ readonly ok: true; readonly plan: Plan } | Failure> {
  try {
    const decoded = (await loadCodecs()).decodePlan(await readTextFile(resolve(runtime.cwd, file), PLAN_SIZE));
    if (decoded.ok) return { ok: true, plan: decoded.value };
    const problems = decoded.problems
      .slice(0, 20)
      .map(({ pointer, message }) => `${pointer === '' ? 'the whole' : pointer} ${message}`);
    return failure('invalid', [unreadable(file, decoded.summary, problems.join('\n'))]);
  } catch (error) {
    if (!isFault(error)) throw error;
    return failure('invalid', [unreadable(file, error.details.said, '')]);
  }
}

const PLAN_SIZE = 32 * 1024 * 1024;

function unreadable(file: string, why: string, detail: string): Diagnostic {
  return {
    severity: 'error',
    code: 'KT6001',
    summary: `the plan file \`${file}\` cannot be used: ${why}`,
    ...(detail === '' ? {} : { detail }),
    action: 'Make one with: keyturn plan --out FILE',
  };
}
