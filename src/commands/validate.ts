import { loadPolicies, policiesFolder } from '../app/load.js';
import type { Runtime } from '../app/runtime.js';
import type { ExitReason } from '../domain/exit-codes.js';
import { renderValidation } from '../views/human/diagnostics.js';
import { jsonDocument } from '../views/json/json-text.js';
import { validateOutput } from '../views/json/outputs.js';
import { humanOptions } from './print.js';
import type { Parsed } from './table.js';

/** Checks every file of the policies folder; no network. */
export async function validateCommand(runtime: Runtime, { flags }: Parsed<'validate'>): Promise<ExitReason> {
  const { diagnostics, sources, files, secrets } = await loadPolicies(runtime, policiesFolder(runtime, flags.policies));
  const text = flags.json
    ? jsonDocument(validateOutput(diagnostics))
    : renderValidation(diagnostics, sources, { files, secrets }, humanOptions(runtime, flags, runtime.out));
  runtime.out.write(text);
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error') ? 'invalid' : 'done';
}
